"""A small network for photographs of 32×32. It normalises by groups of channels, not by batch: what one instance computes, two compute too."""
import torch
from PIL import Image

SIZE = 32
# Of ImageNet's photographs, as everybody takes them.
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def block(into, out):
    return torch.nn.Sequential(
        torch.nn.Conv2d(into, out, 3, padding=1, bias=False), torch.nn.GroupNorm(8, out), torch.nn.ReLU(), torch.nn.MaxPool2d(2)
    )


def network(classes):
    return torch.nn.Sequential(
        block(3, 32), block(32, 64), block(64, 96), block(96, 128), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(128, classes)
    )


def read_picture(file):
    """Bytes 0 to 255 of a photograph, 3×32×32."""
    with Image.open(file) as picture:
        small = picture.convert("RGB").resize((SIZE, SIZE), Image.BILINEAR)
        return torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).view(SIZE, SIZE, 3).permute(2, 0, 1)


def normalised(pictures):
    return (pictures.to(torch.get_default_dtype()) / 255 - MEAN) / DEVIATION
