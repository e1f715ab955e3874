"""Writes the example's seeded, stratified 5-fold split as { "seed": n, "folds": [[path, ...] x 5] }."""
import argparse
import json
from pathlib import Path

import numpy as np

from evaluate import stratified_folds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", required=True, help="folder of <class>/*.jpg")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    files = sorted(Path(options.photos).glob("*/*.jpg"))
    paths = [f"{f.parent.name}/{f.name}" for f in files]
    breeds = np.array([f.parent.name for f in files])
    number = stratified_folds(breeds, 5, np.random.RandomState(options.seed))
    folds = [[p for p, n in zip(paths, number) if n == k] for k in range(5)]
    rows = ",\n".join("    " + json.dumps(fold) for fold in folds)
    Path(options.out).write_text(f'{{\n  "seed": {options.seed},\n  "folds": [\n{rows}\n  ]\n}}\n')
    print([len(fold) for fold in folds])


if __name__ == "__main__":
    main()
