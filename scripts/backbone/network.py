"""The backbone: a small residual network whose cost fits two CPU cores."""
import torch
from torch import nn


def conv_norm(inputs, outputs, stride=1, kernel=3):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs))


class Block(nn.Module):
    """Two 3x3 convolutions with a shortcut; a strided shortcut averages before it projects (ResNet-D)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = conv_norm(inputs, outputs, stride)
        self.second = conv_norm(outputs, outputs)
        nn.init.constant_(self.second[1].weight, 0.2)
        same = inputs == outputs and stride == 1
        pool = [nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False)] if stride == 2 else []
        self.shortcut = nn.Identity() if same else nn.Sequential(*pool, conv_norm(inputs, outputs, 1, 1))

    def forward(self, x):
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


class Backbone(nn.Module):
    """Maps normalised RGB [N,3,H,W] to the feature maps of its four stages (strides 2, 4, 8, 16)."""

    widths = (32, 64, 128, 256)
    depths = (1, 1, 2, 1)

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv_norm(3, 32, 2), nn.ReLU(inplace=True))
        stages, inputs = [], 32
        for index, (width, depth) in enumerate(zip(self.widths, self.depths)):
            blocks = [Block(inputs if b == 0 else width, width, 2 if b == 0 and index > 0 else 1) for b in range(depth)]
            stages.append(nn.Sequential(*blocks))
            inputs = width
        self.stages = nn.ModuleList(stages)

    def forward(self, x):
        maps, x = [], self.stem(x)
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps
