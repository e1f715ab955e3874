"""Trains on folders of photographs, one folder for each breed: on SageMaker with one instance or several (torch_distributed), or on a plain machine.

    python3 train.py --data ../../dog-breeds/data --model-dir trained
"""
import argparse
import json
import os
import pathlib
import shutil
import time

import torch
import torch.distributed as dist
from torch.utils.data.distributed import DistributedSampler

from network import SIZE, network, normalised, read_picture

VALIDATION_EVERY = 5


def load(folder):
    """Pictures and labels for training and for validation: every fifth picture of a breed is held out."""
    breeds = sorted(path.name for path in pathlib.Path(folder).iterdir() if path.is_dir())
    parts = {"train": ([], []), "validation": ([], [])}
    for label, breed in enumerate(breeds):
        for number, file in enumerate(sorted((pathlib.Path(folder) / breed).glob("*.jpg"))):
            pictures, labels = parts["validation" if number % VALIDATION_EVERY == 0 else "train"]
            pictures.append(read_picture(file))
            labels.append(label)
    return breeds, {name: (torch.stack(pictures), torch.tensor(labels)) for name, (pictures, labels) in parts.items()}


def augmented(picture, index, epoch):
    """Mirrored and moved by a chance that depends on picture and epoch alone: the same on whichever host it is trained."""
    chance = torch.Generator().manual_seed(epoch * 1_000_003 + index)
    if torch.rand((), generator=chance) < 0.5:
        picture = picture.flip(-1)
    down, right = torch.randint(0, 5, (2,), generator=chance).tolist()
    return torch.nn.functional.pad(picture, (2, 2, 2, 2))[:, down : down + SIZE, right : right + SIZE]


def validate(model, pictures, labels):
    with torch.no_grad():
        scores = torch.cat([model(normalised(part)) for part in pictures.split(64)])
    return torch.nn.functional.cross_entropy(scores, labels).item(), (scores.argmax(1) == labels).float().mean().item()


def main(given):
    began = time.time()
    # Two hosts add the same numbers in another order. In single precision that alone moves the loss by 0.01 after some hundred steps.
    torch.set_default_dtype(torch.float64)
    distributed = int(os.environ.get("WORLD_SIZE", "1")) > 1
    if distributed:
        dist.init_process_group("gloo")
    rank, world = (dist.get_rank(), dist.get_world_size()) if distributed else (0, 1)
    if given.batch_size % world != 0:
        raise SystemExit(f"--batch-size {given.batch_size} is of all hosts together, and must divide among {world}")
    breeds, parts = load(given.data)
    pictures, labels = parts["train"]
    torch.manual_seed(given.seed)
    model = network(len(breeds))
    trained = torch.nn.parallel.DistributedDataParallel(model) if distributed else model
    optimizer = torch.optim.SGD(model.parameters(), lr=given.learning_rate, momentum=0.9, weight_decay=1e-4)
    # Whole batches only, and as many pictures on each host: the mean of the hosts' gradients is that of the batch.
    whole = torch.arange(len(labels) - len(labels) % given.batch_size)
    sampler = DistributedSampler(whole, num_replicas=world, rank=rank, shuffle=True, seed=given.seed, drop_last=True)
    for epoch in range(given.epochs):
        sampler.set_epoch(epoch)
        for batch in torch.tensor(list(sampler)).split(given.batch_size // world):
            inputs = torch.stack([augmented(pictures[index], index, epoch) for index in batch.tolist()])
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(trained(normalised(inputs)), labels[batch]).backward()
            optimizer.step()
        if rank == 0:
            loss, accuracy = validate(model, *parts["validation"])
            print(f"epoch {epoch + 1}: validation loss={loss:.6f}; validation accuracy={accuracy:.4f};", flush=True)
    if rank == 0:
        folder = pathlib.Path(given.model_dir)
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(model.float().state_dict(), folder / "model.pth")
        (folder / "breeds.json").write_text(json.dumps(breeds))
        # Where the serving image looks for it.
        (folder / "code").mkdir(exist_ok=True)
        for name in ("inference.py", "network.py"):
            shutil.copy(pathlib.Path(__file__).parent / name, folder / "code" / name)
        print(f"trained on {world} host{'s' if world > 1 else ''} in {time.time() - began:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=16, help="of all hosts together")
    parser.add_argument("--learning-rate", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", default=os.environ.get("SM_CHANNEL_TRAINING"))
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR", "trained"))
    main(parser.parse_args())
