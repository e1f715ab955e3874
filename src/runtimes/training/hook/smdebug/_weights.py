"""torchvision's pretrained=True: weights come from TORCH_HOME, which the user fills; what is missing is named, with the place where it belongs."""
import functools
import os
from urllib.parse import urlparse


def say_where(torch):
    original = torch.hub.load_state_dict_from_url

    @functools.wraps(original)
    def load(url, model_dir=None, *arguments, **named):
        try:
            return original(url, model_dir, *arguments, **named)
        except OSError as error:  # no network, no such address, a folder that may only be read
            name = named.get("file_name") or os.path.basename(urlparse(url).path)
            folder = os.environ.get("SAGEBRUSH_TORCH_HOME")
            place = f"{folder}/hub/checkpoints/{name}" if folder else f"$TORCH_HOME/hub/checkpoints/{name}, with TORCH_HOME set in the environment of sagebrush serve"
            missing = FileNotFoundError(f"the pretrained weights {name} are not here and cannot be downloaded ({error}). Put the file of {url} to {place}")
        # Alone, and by a short line: of a failure's words the first thousand are kept.
        raise missing from None

    torch.hub.load_state_dict_from_url = load
