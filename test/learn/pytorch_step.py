"""One step of a residual network in PyTorch, from given weights: what test/learn/pytorch.long.test.ts compares with. Usage: pytorch_step.py FOLDER"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision

folder = Path(sys.argv[1])
plan = json.loads((folder / "plan.json").read_text())


def read(name, dims):
    return torch.from_numpy(np.fromfile(folder / name, dtype="<f4").reshape(dims).copy())




def run(dtype):
    """Trains in one precision; writes every tensor afterwards as NAME.PRECISION and gives the losses."""
    torch.manual_seed(0)
    model = getattr(torchvision.models, plan["model"])(num_classes=plan["classes"])
    state = {name: read(f"{name}.bin", dims) for name, dims in plan["tensors"].items()}
    state["fc.weight"] = state["fc.weight"].t().contiguous()
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)
    model = model.to(dtype)
    plain = [p for p in model.parameters() if p.ndim == 1]
    decayed = [p for p in model.parameters() if p.ndim > 1]
    optimiser = torch.optim.SGD([{"params": decayed, "weight_decay": plan["weight_decay"]}, {"params": plain}], lr=plan["rate"], momentum=0.9, nesterov=True)
    views, labels = read("views", plan["views"]).to(dtype), torch.tensor(plan["labels"])
    losses = []
    for _ in range(plan["steps"]):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(views), labels, label_smoothing=plan["smoothing"])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        scores = model(views)
    precision = {torch.float32: "single", torch.float64: "double"}[dtype]
    after = model.state_dict()
    after["fc.weight"] = after["fc.weight"].t().contiguous()
    for name in plan["tensors"]:
        after[name].numpy().astype("<f4").tofile(folder / f"{name}.{precision}")
    scores.numpy().astype("<f4").tofile(folder / f"scores.{precision}")
    return losses


print(json.dumps({"single": run(torch.float32), "double": run(torch.float64)}))
