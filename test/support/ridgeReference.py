# Ridge regression to classes in 64-bit floats (numpy): standardised states and a constant that is not penalised. Reads a request
# as JSON: the file of states (16-bit floats), its number of rows and dimensions, the layer's place in it, files of 32-bit numbers for
# the rows of `fit` and `report` and for the target, classes, lambda. Writes the classes that it predicts for `report`.
import json
import sys

import numpy as np

request = json.load(sys.stdin)
shape = (-1, request["rows"], request["dimensions"])
states = np.memmap(request["states"], dtype="<f2", mode="r").reshape(shape)[request["place"]]
fit = np.fromfile(request["fit"], dtype="<u4")
report = np.fromfile(request["report"], dtype="<u4")
target = np.fromfile(request["target"], dtype="<i4")

x = states[fit].astype(np.float64)
mean, deviation = x.mean(axis=0), x.std(axis=0)
scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > 1e-9)
x = (x - mean) * scale
gram = x.T @ x + request["lambda"] * np.eye(x.shape[1])
classes = target[fit]
order = np.argsort(classes, kind="stable")
starts = np.searchsorted(classes[order], np.arange(request["classes"]))
counts = np.bincount(classes, minlength=request["classes"])
products = np.zeros((request["classes"], x.shape[1]))
for c in np.flatnonzero(counts):
    products[c] = x[order[starts[c] : starts[c] + counts[c]]].sum(axis=0)
weights = np.linalg.solve(gram, products.T)
for block in np.array_split(report, max(1, len(report) // 1000)):
    values = ((states[block].astype(np.float64) - mean) * scale) @ weights + counts / len(fit)
    sys.stdout.buffer.write(values.argmax(axis=1).astype("<i4").tobytes())
