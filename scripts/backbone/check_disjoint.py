"""Proves that none of the example's photos is among the backbone's training pictures.

Three tests, each looser about bytes: sha256 of the file; sha256 of the decoded pixels brought to 32x32; and the nearest pair
by perceptual hash (64-bit DCT hash of the grey picture and of its mirror image). A pair within `NEAR_BITS` by hash is a hit
only if the 16x16 colour thumbnails agree too, for a hash of 64 bits meets strangers among 30 million pairs.
"""
import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

NEAR_BITS = 8  # of 64: 143 photos at 96 px, re-encoded at quality 80, every other one mirrored, moved by at most 4
NEAR_COLOUR = 12.0  # root mean square over 16x16x3 thumbnails, of 255: the same copies stayed under 2.6


def cosine_rows(size, kept):
    rows = np.cos(np.pi * (np.arange(size) + 0.5)[None, :] * np.arange(kept)[:, None] / size)
    return rows.astype(np.float32)


ROWS = cosine_rows(32, 9)


def dct_bits(grey):
    """64 low frequencies of a 32x32 grey picture, without the constant row and column, against their median."""
    low = (ROWS @ grey @ ROWS.T)[1:, 1:].ravel()
    return low > np.median(low)


def describe(file):
    data = file.read_bytes()
    picture = Image.open(file).convert("RGB")
    small = picture.resize((32, 32), Image.BOX)
    grey = np.asarray(small.convert("L"), dtype=np.float32)
    return {
        "file": file,
        "sha256": hashlib.sha256(data).hexdigest(),
        "pixels": hashlib.sha256(small.tobytes()).hexdigest(),
        "bits": [dct_bits(grey), dct_bits(grey[:, ::-1])],
        "thumb": np.asarray(picture.resize((16, 16), Image.BOX), dtype=np.float32),
    }


def describe_all(root):
    files = sorted(f for f in Path(root).rglob("*") if f.suffix.lower() in (".jpg", ".jpeg", ".png"))
    return [describe(f) for f in files]


def signs(pictures, side):
    return np.stack([p["bits"][side] for p in pictures]).astype(np.float32) * 2 - 1


def nearest_pairs(training, example):
    """Yields (distance in bits, training, example, mirrored) for each example's near pairs, the nearest always included."""
    base = signs(training, 0)
    for mirrored in (False, True):
        distance = (64 - base @ signs(example, int(mirrored)).T) / 2
        for column, picture in enumerate(example):
            order = np.argsort(distance[:, column])[:200]
            for rank, row in enumerate(order):
                if rank == 0 or distance[row, column] <= NEAR_BITS:
                    yield int(distance[row, column]), training[row], picture, mirrored


def colour_distance(one, other, mirrored):
    thumb = other["thumb"][:, ::-1] if mirrored else other["thumb"]
    return float(np.sqrt(((one["thumb"] - thumb) ** 2).mean()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--training", required=True, help="folder with the backbone's training pictures, unpacked")
    parser.add_argument("--example", required=True, help="the example's pictures (dogs12)")
    parser.add_argument("--hits", help="write the sha256 of training pictures to drop as a JSON list (train.py --exclude)")
    options = parser.parse_args()
    training, example = describe_all(options.training), describe_all(options.example)
    hits = {}
    for kind in ("sha256", "pixels"):
        known = {p[kind] for p in example}
        same = [p for p in training if p[kind] in known]
        hits.update({p["sha256"]: p["file"] for p in same})
        print(f"{kind}: {len(same)} of {len(training)} training pictures equal one of {len(example)} example pictures")
    pairs = list(nearest_pairs(training, example))
    near = [pair for pair in pairs if pair[0] <= NEAR_BITS]
    scored = [(bits, colour_distance(one, other, mirrored), one, other, mirrored) for bits, one, other, mirrored in near]
    copies = [pair for pair in scored if pair[1] <= NEAR_COLOUR]
    hits.update({one["sha256"]: one["file"] for _, _, one, _, _ in copies})
    print(f"perceptual hash: nearest pair differs in {min(pair[0] for pair in pairs)} of 64 bits; {len(near)} pairs within "
          f"{NEAR_BITS} bits, {len(copies)} of them also alike in colour (rms <= {NEAR_COLOUR} of 255)")
    for bits, colour, one, other, mirrored in sorted(scored, key=lambda pair: pair[1])[:5]:
        side = " (mirrored)" if mirrored else ""
        print(f"  nearest by colour: {bits} bits, rms {colour:.1f}: {one['file'].parent.name}/{one['file'].name} ~ "
              f"{other['file'].parent.name}/{other['file'].name}{side}")
    if options.hits:
        Path(options.hits).write_text(json.dumps(sorted(hits)) + "\n")
    print(f"training pictures to drop: {len(hits)}")
    sys.exit(1 if hits and not options.hits else 0)


if __name__ == "__main__":
    main()
