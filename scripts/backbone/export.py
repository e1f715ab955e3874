"""Writes one portable ONNX file from a checkpoint: all views and pooling in the graph, a pet-breed classifier at its end."""
import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from network import Backbone
from pictures import load_folder, normalise

FOLDER = "pets25-96px"


def fused(conv, norm):
    """The convolution with its batch norm folded in, so that views in the graph share one copy of the weights."""
    with torch.no_grad():
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        whole = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding)
        whole.weight.copy_(conv.weight * scale.view(-1, 1, 1, 1))
        whole.bias.copy_(norm.bias - norm.running_mean * scale)
    return whole


def fuse(module):
    for name, child in module.named_children():
        fuse(child)
        if isinstance(child, nn.Sequential):
            kept, items = [], list(child)
            while items:
                item = items.pop(0)
                follows = bool(items) and isinstance(item, nn.Conv2d) and isinstance(items[0], nn.BatchNorm2d)
                kept.append(fused(item, items.pop(0)) if follows else item)
            setattr(module, name, nn.Sequential(*kept))
    return module


class Features(nn.Module):
    """Pooled maps of the last stages over the given sizes and mirror images; standardised by the training pictures' statistics."""

    def __init__(self, backbone, divisors, blocks):
        super().__init__()
        self.backbone, self.divisors, self.blocks = backbone, divisors, blocks
        width = sum(backbone.widths[stage] for stage, _ in blocks) * len(divisors)
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))

    def pooled(self, views):
        maps, rows = self.backbone(views), []
        for stage, how in self.blocks:
            one = maps[stage].mean((2, 3))
            if how == "spread":
                one = ((maps[stage] - one[:, :, None, None]).square().mean((2, 3)) + 1e-4).sqrt()
            rows.append(one.view(2, -1, one.shape[1]).mean(0))
        return torch.cat(rows, 1)

    def raw(self, pictures):
        rows = []
        for divisor in self.divisors:
            views = pictures if divisor == 1 else F.avg_pool2d(pictures, divisor)
            rows.append(self.pooled(torch.cat([views, views.flip(3)])))
        return torch.cat(rows, 1)

    def forward(self, pictures):
        return (self.raw(pictures) - self.mean) * self.scale


class Exported(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.features, self.classifier = features, nn.Linear(features.mean.numel(), classes)

    def forward(self, pictures):
        return self.classifier(self.features(pictures))


def pet_features(features, pictures, size):
    rows = []
    with torch.no_grad():
        for at in range(0, len(pictures), 64):
            resized = F.interpolate(pictures[at:at + 64].float() / 255, size=(size, size), mode="bilinear", align_corners=False)
            rows.append(features.raw(normalise(resized)))
    return torch.cat(rows)


def fit_classifier(linear, rows, labels):
    """Softmax regression with a little weight decay; the head that a user's own head replaces."""
    optimiser = torch.optim.LBFGS(linear.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = F.cross_entropy(linear(rows), labels) + 3e-3 * (linear.weight ** 2).sum()
        loss.backward()
        return loss
    optimiser.step(closure)


def stamp(file, properties):
    """Appends metadata_props (field 14 of ModelProto) to an ONNX file: protobuf lets a repeated field come last."""
    text = lambda number, value: bytes([number << 3 | 2, len(value)]) + value.encode()
    entries = [text(1, key) + text(2, value) for key, value in properties.items()]
    with open(file, "ab") as out:
        for entry in entries:  # every length stays under 128, one byte of varint
            out.write(bytes([14 << 3 | 2, len(entry)]) + entry)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--size", type=int, default=160, help="recommended side in pixels of the square input")
    parser.add_argument("--divisors", default="1,2", help="views: the input as it is (1), averaged over 2x2 (2), ...")
    parser.add_argument("--blocks", default="3:spread", help="stage:pooling (mean, spread), comma-separated")
    options = parser.parse_args()
    torch.manual_seed(1)
    backbone = Backbone()
    state = torch.load(options.checkpoint, map_location="cpu")["learner"]
    backbone.load_state_dict({k[9:]: v for k, v in state.items() if k.startswith("backbone.")})
    backbone = fuse(backbone.eval())
    blocks = [(int(b.split(":")[0]), b.split(":")[1]) for b in options.blocks.split(",")]
    features = Features(backbone, [int(d) for d in options.divisors.split(",")], blocks).eval()
    pictures, labels, names = load_folder(Path(options.data) / FOLDER)
    rows = pet_features(features, pictures, options.size)
    features.mean.copy_(rows.mean(0))
    features.scale.copy_(1 / (rows.std(0) + 1e-4))
    whole = Exported(features, len(names)).eval()
    fit_classifier(whole.classifier, (rows - features.mean) * features.scale, labels)
    sample = torch.randn(2, 3, options.size, options.size)
    axes = {"input": {0: "N", 2: "H", 3: "W"}, "scores": {0: "N"}}
    torch.onnx.export(whole, sample, options.out, opset_version=13, input_names=["input"], output_names=["scores"],
                      dynamic_axes=axes)
    stamp(options.out, {"image_size": str(options.size), "features": str(rows.shape[1]),
                        "input": "RGB 0..1, ImageNet mean and std, NCHW", "classes": str(len(names)) + " pet breeds"})
    print(f"{options.out}: {Path(options.out).stat().st_size} bytes, {rows.shape[1]} features, size {options.size}")


if __name__ == "__main__":
    main()
