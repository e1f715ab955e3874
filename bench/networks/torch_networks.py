"""The networks of networks.ts in PyTorch: torch_networks.py NAME THREADS STEPS prints images per second."""
import sys
import time

import torch
from torch import nn

name, threads, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(1)


def block(inputs, maps):
    return [nn.Conv2d(inputs, maps, 3, padding=1, bias=False), nn.BatchNorm2d(maps), nn.ReLU(), nn.MaxPool2d(2)]


def resnet18():
    import torchvision
    return torchvision.models.resnet18(num_classes=10)


networks = {
    "cnn": ((3, 32, 32), 64, 10, lambda: nn.Sequential(*block(3, 32), *block(32, 64), nn.Flatten(), nn.Linear(4096, 10))),
    "resnet18": ((3, 224, 224), 16, 10, resnet18),
    "head": ((2048,), 64, 133, lambda: nn.Linear(2048, 133)),
}
dims, batch, classes, build = networks[name]
model = build()
optimiser = (torch.optim.Adam(model.parameters(), lr=0.001) if name == "head"
             else torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9, nesterov=True, weight_decay=1e-4))
x, labels = torch.rand(batch, *dims) * 2 - 1, torch.arange(batch) % classes


def step():
    optimiser.zero_grad()
    nn.functional.cross_entropy(model(x), labels).backward()
    optimiser.step()


step()
started = time.time()
for _ in range(steps):
    step()
print(batch * steps / (time.time() - started))
