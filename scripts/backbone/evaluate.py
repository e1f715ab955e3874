"""Measures an exported backbone on a folder of classes: frozen features, softmax head, folds x seeds.

In each training part a stratified fifth chooses the weight decay and the epoch to stop at. Two figures are printed: `stopped`
keeps the head trained without that fifth; `refitted` trains once more on the whole training part for as many epochs.
Test photos choose nothing. The standard error is over the folds x seeds accuracies.
"""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def stratified_folds(labels, count, random):
    """A fold number for each item; each class is spread evenly."""
    folds = np.zeros(len(labels), int)
    for offset, label in enumerate(np.unique(labels)):
        items = np.flatnonzero(labels == label)
        random.shuffle(items)
        folds[items] = (np.arange(len(items)) + offset) % count
    return folds


def pixels(file, size):
    picture = Image.open(file).convert("RGB").resize((size, size), Image.BILINEAR)
    return ((np.asarray(picture, np.float32) / 255 - MEAN) / STD).transpose(2, 0, 1)


def feature_session(model, threads):
    """A session that answers the input of the model's last Gemm; needs `onnx` only to cut the graph."""
    import onnx
    graph = onnx.load(model)
    last = [node for node in graph.graph.node if node.op_type in ("Gemm", "MatMul")][-1]
    del graph.graph.output[:]
    graph.graph.output.append(onnx.helper.make_tensor_value_info(last.input[0], onnx.TensorProto.FLOAT, ["N", None]))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    size = {entry.key: entry.value for entry in graph.metadata_props}.get("image_size", "224")
    return onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"]), int(size)


def extract(session, files, size, batch=8):
    """Features of the files, and seconds per photo: on the clock, and of processor time over all threads."""
    started, busy, rows = time.time(), time.process_time(), []
    for at in range(0, len(files), batch):
        rows.append(session.run(None, {"input": np.stack([pixels(f, size) for f in files[at:at + batch]])})[0])
    return np.concatenate(rows), [(time.time() - started) / len(files), (time.process_time() - busy) / len(files)]


class Head:
    """Softmax regression by mini-batch Adam with decoupled weight decay on standardised features."""

    def __init__(self, features, labels, classes, recipe):
        self.mean, self.scale = features.mean(0), features.std(0) + 1e-5
        self.x, self.y = self.standard(features), np.eye(classes, dtype=np.float32)[labels]
        smooth = recipe["smoothing"]
        self.y = self.y * (1 - smooth) + smooth / classes
        self.recipe, self.random = recipe, np.random.RandomState(recipe["seed"])
        self.w, self.b = np.zeros((features.shape[1], classes), np.float32), np.zeros(classes, np.float32)
        self.moments = [[np.zeros_like(p), np.zeros_like(p)] for p in (self.w, self.b)]
        self.step = 0

    def standard(self, features):
        return ((features - self.mean) / self.scale).astype(np.float32)

    def scores(self, features):
        return self.standard(features) @ self.w + self.b

    def epoch(self):
        order = self.random.permutation(len(self.x))
        for at in range(0, len(order), self.recipe["batch"]):
            x, y = self.x[order[at:at + self.recipe["batch"]]], self.y[order[at:at + self.recipe["batch"]]]
            s = x @ self.w + self.b
            p = np.exp(s - s.max(1, keepdims=True))
            d = (p / p.sum(1, keepdims=True) - y) / len(x)
            self.step += 1
            rate = self.recipe["rate"]
            self.w *= 1 - rate * self.recipe["decay"]
            for value, slope, (m, v) in zip((self.w, self.b), (x.T @ d, d.sum(0)), self.moments):
                m += 0.1 * (slope - m)
                v += 0.001 * (slope * slope - v)
                value -= rate * (m / (1 - 0.9 ** self.step)) / (np.sqrt(v / (1 - 0.999 ** self.step)) + 1e-8)


def cross_entropy(scores, labels):
    s = scores - scores.max(1, keepdims=True)
    return float((np.log(np.exp(s).sum(1)) - s[np.arange(len(labels)), labels]).mean())


def fit_stopped(x, y, inner, classes, recipe):
    """Trains on the items outside `inner`; gives (validation loss, epochs, head as it stood at the best epoch)."""
    head = Head(x[~inner], y[~inner], classes, recipe)
    best = (np.inf, 0, None)
    for epoch in range(1, recipe["epochs"] + 1):
        head.epoch()
        loss = cross_entropy(head.scores(x[inner]), y[inner])
        if loss < best[0]:
            best = (loss, epoch, (head.w.copy(), head.b.copy()))
        if epoch - best[1] >= recipe["patience"]:
            break
    head.w, head.b = best[2]
    return best[0], best[1], head


def one_fold(x, y, test, recipe, decays):
    classes, train = int(y.max()) + 1, ~test
    inner = stratified_folds(y[train], 5, np.random.RandomState(recipe["seed"])) == 0
    tried = [(*fit_stopped(x[train], y[train], inner, classes, {**recipe, "decay": decay}), decay) for decay in decays]
    _, epochs, stopped, decay = min(tried, key=lambda t: t[0])
    refitted = Head(x[train], y[train], classes, {**recipe, "decay": decay})
    for _ in range(epochs):
        refitted.epoch()
    return [float((h.scores(x[test]).argmax(1) == y[test]).mean()) for h in (stopped, refitted)], decay, epochs


def protocol(x, y, seeds, recipe, decays, shipped=None):
    """`shipped` is a fold number for each item, used for the first seed."""
    results = []
    for seed in range(seeds):
        folds = shipped if shipped is not None and seed == 0 else stratified_folds(y, 5, np.random.RandomState(100 + seed))
        results += [one_fold(x, y, folds == k, {**recipe, "seed": seed * 5 + k}, decays) for k in range(5)]
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--photos", required=True, help="folder of <class>/*.jpg")
    parser.add_argument("--folds", help="folds.json for the first seed")
    parser.add_argument("--size", type=int, help="instead of the size the model recommends")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    recipe = {"rate": 3e-4, "batch": 32, "smoothing": 0.1, "epochs": 200, "patience": 20}
    root = Path(options.photos)
    files = sorted(root.glob("*/*.jpg"))
    names = sorted({f.parent.name for f in files})
    y = np.array([names.index(f.parent.name) for f in files])
    session, size = feature_session(options.model, options.threads)
    x, seconds = extract(session, files, options.size or size)
    shipped = None
    if options.folds:
        folds = json.loads(Path(options.folds).read_text())["folds"]
        number = {name: k for k, fold in enumerate(folds) for name in fold}
        shipped = np.array([number[f"{f.parent.name}/{f.name}"] for f in files])
    results = protocol(x, y, options.seeds, recipe, (0.0, 1.0, 10.0), shipped)
    print(f"{len(files)} photos, {len(names)} classes, size {options.size or size}, {x.shape[1]} features, "
          f"{seconds[0] * 1000:.1f} ms per photo ({options.threads} threads; "
          f"{seconds[1] * 1000:.1f} ms of processor time), decoding included")
    for column, kind in enumerate(("stopped", "refitted")):
        a = np.array([r[0][column] for r in results])
        print(f"{kind}: {100 * a.mean():.2f} % +- {100 * a.std(ddof=1) / np.sqrt(len(a)):.2f} (standard error, {len(a)} trainings)")
    print("chosen (weight decay, epochs):", [(r[1], r[2]) for r in results])


if __name__ == "__main__":
    main()
