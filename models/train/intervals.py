"""Intervals for the figures of the model card."""

from __future__ import annotations

import math

import numpy as np

DRAWS, SEED = 2000, 1


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson score)."""
    if trials == 0:
        return 0.0, 1.0
    p, spread = successes / trials, z * z / trials
    middle = (p + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(p * (1 - p) / trials + spread / (4 * trials))
    return middle - half, middle + half


def bootstrap_mean(values, weights=None) -> tuple[float, float, float]:
    """(mean, low, high): 95 % bootstrap interval of the mean, or of the ratio sum(values) / sum(weights)."""
    values = np.asarray(values, dtype=float)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    draws = np.random.default_rng(SEED).integers(0, len(values), (DRAWS, len(values)))
    means = values[draws].sum(1) / weights[draws].sum(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(values.sum() / weights.sum()), float(low), float(high)
