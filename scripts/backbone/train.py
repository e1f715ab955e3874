"""Trains the backbone. Phase `general` (CIFAR-10, clothing), then phase `pets` from its checkpoint; see README.md."""
import argparse
import copy
import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from network import Backbone
from pictures import Batches, load_folder

SMALL = {"area": (0.45, 1.0), "ratio": 1.3, "rotation": 0.1, "colour": 0.25, "erase": 0.0}
LARGE = {"area": (0.25, 1.0), "ratio": 1.5, "rotation": 0.25, "colour": 0.4, "erase": 0.3}
PHASES = {  # per step and data set: pictures, their side in pixels (in equal parts of the run), weight of the loss
    "general": {"rate": 0.2, "spread": False, "mix": {"cifar": (96, (48,), 0.8), "clothing": (16, (64,), 0.2)}},
    "pets": {"rate": 0.1, "spread": True,
             "mix": {"pets": (40, (64, 80, 96), 0.55), "cifar": (64, (48,), 0.35), "clothing": (8, (64,), 0.1)}},
}
FOLDERS = {"cifar": "train", "clothing": "clothing10-96px", "pets": "pets25-96px"}


class Learner(nn.Module):
    """The backbone under one linear head per data set, on the last maps' means and, where `spread`, standard deviations."""

    def __init__(self, classes, spread):
        super().__init__()
        self.backbone, self.spread = Backbone(), spread
        width = Backbone.widths[-1] * (2 if spread else 1)
        self.heads = nn.ModuleDict({name: nn.Linear(width, count) for name, count in classes.items()})

    def forward(self, views, name):
        last = self.backbone(views)[-1]
        rows = last.mean((2, 3))
        if self.spread:
            rows = torch.cat([rows, (last.var((2, 3), unbiased=False) + 1e-4).sqrt()], 1)
        return self.heads[name](rows)


def mix_pictures(views, labels, classes, generator):
    """CutMix on half of the calls, mixup on the other half; gives views and soft labels."""
    soft = F.one_hot(labels, classes).float()
    order = torch.randperm(len(labels), generator=generator)
    share = float(torch.rand(1, generator=generator))
    if torch.rand(1, generator=generator) < 0.5:
        size = views.shape[-1]
        side = int(size * (1 - share) ** 0.5)
        top, left = (int(v) for v in torch.randint(0, size - side + 1, (2,), generator=generator))
        views = views.clone(memory_format=torch.channels_last)
        views[:, :, top:top + side, left:left + side] = views[order, :, top:top + side, left:left + side]
        share = 1 - side * side / (size * size)
    else:
        share = 0.5 + share / 2
        views = views * share + views[order] * (1 - share)
    return views, soft * share + soft[order] * (1 - share)


def rate_at(progress, peak):
    """Linear warm-up over 5 % of the run, then linear to zero."""
    return peak * (progress / 0.05 if progress < 0.05 else (1 - progress) / 0.95)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder holding train/, clothing10-96px/, pets25-96px/")
    parser.add_argument("--out", required=True, help="checkpoint to write")
    parser.add_argument("--phase", choices=sorted(PHASES), required=True)
    parser.add_argument("--init", help="checkpoint to start from")
    parser.add_argument("--minutes", type=float, help="length by the clock")
    parser.add_argument("--steps", type=int, help="length in steps; repeats a run exactly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--exclude", help="JSON list of sha256 to leave out (check_disjoint.py --hits)")
    parser.add_argument("--hold-out", default="", help="pet breeds left out, comma-separated, to try recipes on")
    parser.add_argument("--rate", type=float)
    return parser.parse_args()


def load_sets(options, names, generator):
    excluded = frozenset(json.loads(Path(options.exclude).read_text())) if options.exclude else frozenset()
    held = set(filter(None, options.hold_out.split(",")))
    sets, classes = {}, {}
    for name in names:
        pictures, labels, labelled = load_folder(Path(options.data) / FOLDERS[name], excluded)
        if name == "pets" and held:
            kept = torch.tensor([labelled[label] not in held for label in labels.tolist()])
            pictures, labels = pictures[kept], labels[kept]
        sets[name], classes[name] = Batches(pictures, labels, generator), labelled
    return sets, classes


def main():
    options = parse()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(options.seed)
    phase = PHASES[options.phase]
    mix, peak = dict(phase["mix"]), options.rate or phase["rate"]
    sets, classes = load_sets(options, mix, generator)
    counts = {name: len(labelled) for name, labelled in classes.items()}
    learner = Learner(counts, phase["spread"]).to(memory_format=torch.channels_last)
    if options.init:
        state = torch.load(options.init)["learner"]
        learner.load_state_dict({k: v for k, v in state.items() if k.startswith("backbone.")}, strict=False)
    averaged = copy.deepcopy(learner).eval()
    decayed = [p for p in learner.parameters() if p.ndim > 1]
    plain = [p for p in learner.parameters() if p.ndim <= 1]
    optimiser = torch.optim.SGD([{"params": decayed, "weight_decay": 5e-4}, {"params": plain, "weight_decay": 0}],
                                lr=peak, momentum=0.9, nesterov=True)
    started, step, seen = time.time(), 0, {name: [0.0, 0.0] for name in mix}
    while True:
        progress = step / options.steps if options.steps else (time.time() - started) / (options.minutes * 60)
        if progress >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate_at(progress, peak)
        optimiser.zero_grad(set_to_none=True)
        for name, (count, sizes, weight) in mix.items():
            size = sizes[int(progress * len(sizes))]
            views, labels = sets[name].draw(count, size, LARGE if name == "pets" else SMALL)
            target = labels
            if name == "pets" and torch.rand(1, generator=generator) < 0.5:
                views, target = mix_pictures(views, labels, len(classes[name]), generator)
            scores = learner(views, name)
            loss = F.cross_entropy(scores, target)
            (loss * weight).backward()
            hit = (scores.argmax(1) == labels).float().mean().item()
            seen[name] = [0.98 * seen[name][0] + 0.02 * loss.item(), 0.98 * seen[name][1] + 0.02 * hit]
        nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
        optimiser.step()
        step += 1
        if step % 4 == 0:
            keep = min(0.99, step / (step + 40))  # every 4 steps: an average over the last few hundred
            with torch.no_grad():
                for mean, now in zip(averaged.state_dict().values(), learner.state_dict().values()):
                    mean.mul_(keep).add_(now, alpha=1 - keep) if mean.is_floating_point() else mean.copy_(now)
        if step % 200 == 0:
            shown = {name: [round(v, 3) for v in values] for name, values in seen.items()}
            print(f"{step} {time.time() - started:.0f}s {progress:.2f} {shown}", flush=True)
        if step % 500 == 0:
            torch.save({"learner": averaged.state_dict(), "classes": classes, "step": step}, options.out + ".part")
    seconds = round(time.time() - started)
    torch.save({"learner": averaged.state_dict(), "classes": classes, "step": step, "seconds": seconds}, options.out)
    print(f"done: {step} steps, {seconds} s", flush=True)


if __name__ == "__main__":
    main()
