"""Follows one model through its training: steps, losses, and on saved steps statistics of gradients, weights and ReLUs."""
import atexit
import importlib.abc
import importlib.util
import json
import os
import sys
import time
import types

from smdebug import _statistics, _weights
from smdebug.core.modes import ModeKeys

DEFAULT_INTERVAL = 500
FLUSH_SECONDS = 1.0


def _configuration():
    text = os.environ.get("SAGEBRUSH_HOOK")
    return json.loads(text) if text else None


class Writer:
    """Lines of JSON, appended as they come; the server reads behind."""

    def __init__(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self._file = open(path, "a", buffering=1)
        self._pid = os.getpid()

    def write(self, line):
        # Workers that load data are copies of this process, and speak for nobody.
        if os.getpid() == self._pid:
            self._file.write(json.dumps(line) + "\n")


class Hook:
    """As smdebug's Hook, as far as scripts use it. Without a configuration it accepts everything and keeps nothing."""

    _one = None

    def __init__(self, *_, **__):
        self._config = _configuration()
        self._collections = (self._config or {}).get("collections", {})
        self._writer = Writer(self._config["file"]) if self._config else None
        self._mode = None
        self._root = None
        self._names = {}
        self._seen = []
        self._steps = {"TRAIN": -1, "EVAL": -1}
        self._handles = []
        self._detecting = None
        self._classes = {}
        self._durations = []
        self._last_step = None
        self._last_flush = time.monotonic()
        self._in_loss = False
        atexit.register(self._flush)

    @classmethod
    def create_from_json_file(cls, *_, **__):
        return singleton()

    @classmethod
    def hook_from_config(cls, *_, **__):
        return singleton()

    # What scripts call.

    def set_mode(self, mode):
        self._mode = "TRAIN" if mode in (ModeKeys.TRAIN, "TRAIN") else "EVAL"

    def register_module(self, module):
        if self._writer and self._root is None:
            self._follow(module)

    register_hook = register_module

    def register_loss(self, loss):
        """Every loss module is followed anyway."""

    def save_scalar(self, name, value, sm_metric=False):
        if self._writer:
            self._writer.write({"kind": "scalar", "name": name, "mode": self._now(), "step": max(self._steps.values()), "value": _statistics.number(float(value))})

    def record_tensor_value(self, tensor_name, tensor_value):
        self.save_scalar(tensor_name, tensor_value)

    def close(self):
        self._flush()

    def get_collection(self, name):
        return types.SimpleNamespace(include=lambda *_: None, include_regex=None, name=name)

    def add_collection(self, *_):
        pass

    # What the followed model does.

    def _now(self):
        if self._mode is not None:
            return self._mode
        return "TRAIN" if self._root is None or self._root.training else "EVAL"

    def _saves(self, collection, mode, step):
        settings = self._collections.get(collection)
        if settings is None or step < 0:
            return False
        every = int(settings.get(f"{mode.lower()}.save_interval") or settings.get("save_interval") or DEFAULT_INTERVAL)
        return step % every == 0

    def _before_forward(self, module, inputs):
        mode = self._now()
        self._steps[mode] += 1
        if mode == "TRAIN" and self._saves("relu_output", mode, self._steps[mode]):
            import torch

            for name, part in module.named_modules():
                if isinstance(part, (torch.nn.ReLU, torch.nn.ReLU6)):
                    self._handles.append(part.register_forward_hook(self._after_relu(name, self._steps[mode])))

    def _after_relu(self, name, step):
        def keep(_module, _inputs, output):
            self._writer.write({"kind": "relu", "name": f"{name}_relu_output_0", "step": step, "dead": _statistics.dead(output)})

        return keep

    def _follow(self, module):
        self._root = module
        self._names = {id(parameter): name[7:] if name.startswith("module.") else name for name, parameter in module.named_parameters()}
        module.register_forward_pre_hook(self._before_forward)
        if self._detecting is not None:
            self._detecting.remove()
            self._detecting = None

    def detect(self, torch):
        """Until the first optimizer step, remembers which modules are called from outside any other."""

        def before(module, _inputs):
            if self._root is None and not isinstance(module, torch.nn.modules.loss._Loss) and all(module is not part for seen in self._seen for part in seen.modules()):
                self._seen.append(module)

        self._detecting = torch.nn.modules.module.register_module_forward_pre_hook(before)

    def before_step(self, optimizer):
        if self._writer is None:
            return
        if self._root is None:
            owned = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
            roots = sorted(self._seen, key=lambda module: -sum(id(parameter) in owned for parameter in module.parameters()))
            if roots:
                self._follow(roots[0])
                self._steps["TRAIN"] = 0
            self._seen = []
        for handle in self._handles:
            handle.remove()
        self._handles = []
        step = self._steps["TRAIN"]
        for collection in ("gradients", "weights", "biases"):
            if self._saves(collection, "TRAIN", step):
                self._keep(collection, step)

    def _keep(self, collection, step):
        for name, parameter in self._root.named_parameters():
            name = self._names.get(id(parameter), name)
            if collection == "gradients":
                if parameter.grad is not None:
                    self._writer.write({"kind": "tensor", "collection": collection, "name": f"gradient/{name}", "step": step, **_plain(_statistics.of(parameter.grad))})
            elif name.endswith("bias") == (collection == "biases"):
                self._writer.write({"kind": "tensor", "collection": collection, "name": name, "step": step, **_plain(_statistics.of(parameter))})

    def after_step(self):
        if self._writer is None:
            return
        now = time.monotonic()
        if self._last_step is None:
            self._writer.write({"kind": "first-step"})
        else:
            self._durations.append(round(now - self._last_step, 6))
        self._last_step = now
        if now - self._last_flush >= FLUSH_SECONDS:
            self._flush()

    def after_loss(self, module, inputs, output):
        if self._writer is None:
            return
        mode = self._now()
        step = max(0, self._steps[mode]) if self._root is not None else 0
        if self._config.get("classes") and mode == "TRAIN" and len(inputs) > 1:
            self._count(inputs[0], inputs[1])
        if self._saves("losses", mode, step) and output.numel() == 1:
            self._writer.write({"kind": "loss", "name": f"{type(module).__name__}_output_0", "mode": mode, "step": step, "value": _statistics.number(output.item())})

    def _count(self, scores, labels):
        if scores.dim() != 2 or labels.dim() != 1 or labels.is_floating_point():
            return
        right = (scores.detach().argmax(1) == labels).tolist()
        for label, good in zip(labels.tolist(), right):
            seen = self._classes.setdefault(label, [0, 0])
            seen[0] += 1
            seen[1] += good

    def _flush(self):
        self._last_flush = time.monotonic()
        if self._writer is None:
            return
        if self._durations:
            self._writer.write({"kind": "steps", "durations": self._durations[-500:], "count": len(self._durations)})
            self._durations = []
        if self._classes:
            self._writer.write({"kind": "classes", "counts": {str(label): seen for label, seen in self._classes.items()}})


def _plain(statistics):
    return {name: _statistics.number(float(value)) for name, value in statistics.items()}


def singleton():
    if Hook._one is None:
        Hook._one = Hook()
    return Hook._one


def get_hook(hook_type=None, json_config_path=None, create_if_not_exists=False):
    """None where the job has no DebugHookConfig, as on AWS."""
    return singleton() if _configuration() else None


def _patch(torch):
    hook = singleton()
    hook.detect(torch)

    optimizer_class = torch.optim.Optimizer
    original = optimizer_class.__init__

    def followed(self, *arguments, **named):
        original(self, *arguments, **named)
        step = self.step

        def stepping(_self, *step_arguments, **step_named):
            hook.before_step(self)
            result = step(*step_arguments, **step_named)
            hook.after_step()
            return result

        # Bound, as schedulers expect it.
        self.step = types.MethodType(stepping, self)

    optimizer_class.__init__ = followed

    loss_class = torch.nn.modules.loss._Loss
    call = torch.nn.Module.__call__

    def calling(self, *inputs, **named):
        if hook._in_loss:
            return call(self, *inputs, **named)
        hook._in_loss = True
        try:
            output = call(self, *inputs, **named)
        finally:
            hook._in_loss = False
        hook.after_loss(self, inputs, output)
        return output

    loss_class.__call__ = calling


def _prepare(torch):
    _weights.say_where(torch)
    if os.environ.get("SAGEBRUSH_HOOK"):
        _patch(torch)


class _Finder(importlib.abc.MetaPathFinder):
    """Steps in once, when the script imports torch."""

    def find_spec(self, name, path=None, target=None):
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            try:
                _prepare(module)
            except Exception as error:  # As in sitecustomize: never the script's end.
                print(f"Sagebrush cannot follow PyTorch for the job's rules: {error!r}", flush=True)

        spec.loader.exec_module = exec_module
        return spec


def when_imported():
    if "torch" in sys.modules:
        _prepare(sys.modules["torch"])
    else:
        sys.meta_path.insert(0, _Finder())
