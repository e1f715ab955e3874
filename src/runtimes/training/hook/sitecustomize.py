"""Put on a training script's path when rules watch its job: PyTorch is followed from the moment that the script imports it."""
import os

if os.environ.get("SAGEBRUSH_HOOK"):
    try:
        from smdebug import _follow

        _follow.when_imported()
    except Exception as error:  # The script is the user's: whatever is wrong with ours must not end it.
        print(f"Sagebrush cannot follow this script for its rules: {error!r}", flush=True)
