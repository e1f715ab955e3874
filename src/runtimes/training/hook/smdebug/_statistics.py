"""Numbers about tensors, small enough to be kept for every saved step."""
import math

SAMPLE = 10_000


def of(tensor):
    """Statistics of a tensor: enough for every rule that looks at values."""
    import torch

    flat = tensor.detach().reshape(-1).float()
    finite = torch.isfinite(flat)
    broken = int((~finite).sum())
    kept = flat[finite] if broken else flat
    if kept.numel() == 0:
        return {"count": flat.numel(), "broken": broken}
    sample = kept if kept.numel() <= SAMPLE else kept[:: kept.numel() // SAMPLE + 1]
    low, high = torch.quantile(sample, torch.tensor([0.05, 0.95])).tolist()
    return {
        "count": flat.numel(), "broken": broken, "meanAbs": kept.abs().mean().item(), "variance": kept.var(unbiased=False).item(),
        "p5": low, "p95": high, "zero": (kept == 0).float().mean().item(), "sum": kept.sum().item(), "squares": kept.square().sum().item(),
    }


def dead(outputs):
    """Of a ReLU's units (its second dimension) the share that is active less than 1 % of the time."""
    active = (outputs.detach() > 0).float()
    if active.dim() > 1:
        active = active.transpose(0, 1).reshape(active.shape[1], -1).mean(1)
    return (active < 0.01).float().mean().item()


def number(value):
    """As JSON has it: no infinities."""
    return value if math.isfinite(value) else None
