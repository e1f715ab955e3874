"""import smdebug.pytorch as smd: get_hook, Hook.create_from_json_file, register_module, register_loss, set_mode, save_scalar."""
from smdebug._follow import Hook, get_hook
from smdebug.core.modes import ModeKeys as modes

__all__ = ["Hook", "get_hook", "modes"]
