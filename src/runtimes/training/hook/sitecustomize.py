"""On a training script's path: says where pretrained weights belong, and follows PyTorch when rules watch the job, from the moment that the script imports it."""
try:
    from smdebug import _follow

    _follow.when_imported()
except Exception as error:  # The script is the user's: whatever is wrong with ours must not end it.
    print(f"Sagebrush cannot follow this script: {error!r}", flush=True)
