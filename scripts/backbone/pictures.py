"""Loads the three data sets as uint8 tensors and augments whole batches with one affine sampling each."""
import hashlib
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def load_folder(root, excluded=frozenset()):
    """Reads <root>/<class>/*.jpg; files whose sha256 is in `excluded` are dropped. Gives pictures, labels, class names."""
    names = sorted(entry.name for entry in Path(root).iterdir() if entry.is_dir())
    pictures, labels = [], []
    for label, name in enumerate(names):
        for file in sorted((Path(root) / name).iterdir()):
            if file.suffix not in (".jpg", ".jpeg"):
                continue
            if excluded and hashlib.sha256(file.read_bytes()).hexdigest() in excluded:
                continue
            pictures.append(np.asarray(Image.open(file).convert("RGB")))
            labels.append(label)
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
    return stacked, torch.tensor(labels), names


def uniform(generator, count, low, high):
    return torch.rand(count, generator=generator) * (high - low) + low


def sample_views(pictures, size, recipe, generator):
    """Random resized crop, mirror and rotation of each picture, sampled to size x size, values 0..1."""
    count = pictures.shape[0]
    area = uniform(generator, count, *recipe["area"])
    ratio = torch.exp(uniform(generator, count, -1, 1) * math.log(recipe["ratio"]) / 2)
    width, height = (area.sqrt() * ratio).clamp(max=1), (area.sqrt() / ratio).clamp(max=1)
    shift_x = uniform(generator, count, -1, 1) * (1 - width)
    shift_y = uniform(generator, count, -1, 1) * (1 - height)
    mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    angle = uniform(generator, count, -1, 1) * recipe["rotation"]
    cos, sin = torch.cos(angle), torch.sin(angle)
    theta = torch.stack([
        torch.stack([width * cos * mirror, -width * sin, shift_x], 1),
        torch.stack([height * sin * mirror, height * cos, shift_y], 1)], 1)
    grid = F.affine_grid(theta, (count, 3, size, size), align_corners=False)
    return F.grid_sample(pictures.float() / 255, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def jitter_colour(views, strength, generator):
    """Brightness, contrast, saturation and a slight tint, drawn for each picture."""
    count = views.shape[0]
    draw = lambda spread: (1 + uniform(generator, count, -spread, spread)).view(-1, 1, 1, 1)
    grey = views.mean(1, keepdim=True)
    views = grey + (views - grey) * draw(strength)
    mean = views.mean((1, 2, 3), keepdim=True)
    views = (mean + (views - mean) * draw(strength)) * draw(strength)
    tint = 1 + (torch.rand(count, 3, 1, 1, generator=generator) - 0.5) * 0.2 * strength / 0.4
    return (views * tint).clamp(0, 1)


def erase(views, share, generator):
    """Greys out one random square in the given share of the pictures."""
    count, _, size, _ = views.shape
    side = (uniform(generator, count, 0.2, 0.45) * size).long()
    for index in torch.nonzero(torch.rand(count, generator=generator) < share).flatten().tolist():
        s = int(side[index])
        top, left = (int(v) for v in torch.randint(0, size - s + 1, (2,), generator=generator))
        views[index, :, top:top + s, left:left + s] = 0.45
    return views


def normalise(views):
    return ((views - MEAN) / STD).contiguous(memory_format=torch.channels_last)


class Batches:
    """Endless shuffled batches of one data set."""

    def __init__(self, pictures, labels, generator):
        self.pictures, self.labels, self.generator = pictures, labels, generator
        self.order, self.at = torch.randperm(len(labels), generator=generator), 0

    def draw(self, count, size, recipe):
        if self.at + count > len(self.order):
            self.order, self.at = torch.randperm(len(self.labels), generator=self.generator), 0
        chosen = self.order[self.at:self.at + count]
        self.at += count
        views = sample_views(self.pictures[chosen], size, recipe, self.generator)
        views = jitter_colour(views, recipe["colour"], self.generator)
        if recipe["erase"]:
            views = erase(views, recipe["erase"], self.generator)
        return normalise(views), self.labels[chosen]
