"""The joint distribution of base and variable pay, and what it makes of on-target earnings.

For one role, with r a person's standardised base residual and e a standardised
residual of the variable share:

    log base            = m + sd_base * r
    P(any variable | r) = logistic(log_odds + gamma * r)
    log(variable/base)  = log_share + beta * r + sd_share * e      for those who have any
    on-target earnings  = base + variable

Quantiles of a sum are not sums of quantiles, so they are taken from the joint
distribution itself: r and e on fixed nodes (midpoints of equally likely steps),
every pair weighted, sorted, read off. Deterministic: no random draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from compsvc.features import QUANTILES

BASE_NODES = 96
SHARE_NODES = 64
SD_BASE = (0.08, 0.15, 0.21, 0.27, 0.33, 0.40, 0.48, 0.60, 0.80)
LOG_ODDS = (-5.0, -3.8, -3.0, -2.3, -1.6, -1.0, -0.5, 0.0, 0.5, 1.0, 1.6, 2.3, 3.0, 3.8, 5.0)
LOG_SHARE = tuple(np.round(np.arange(-5.0, 1.01, 0.3), 2).tolist())
SD_SHARE = (0.25, 0.5, 0.75, 1.0, 1.25, 1.6)


@dataclass(frozen=True, slots=True)
class Shape:
    """Shapes of the two residuals as equally likely nodes, (BASE_NODES,) and (SHARE_NODES,), and how base moves variable pay."""

    base: np.ndarray
    share: np.ndarray
    gamma: float
    beta: float


def shape_of(base: np.ndarray, share: np.ndarray, gamma: float, beta: float) -> Shape:
    """Nodes from standardised residuals of people; base residuals are measured from their median."""
    at_base, at_share = ((np.arange(n) + 0.5) / n for n in (BASE_NODES, SHARE_NODES))
    return Shape(np.quantile(base, at_base) - np.median(base), np.quantile(share, at_share), gamma, beta)


def normal_shape(gamma: float = 0.0, beta: float = 0.0) -> Shape:
    """Normal residuals: where the shape of people's residuals is not known yet."""
    return Shape(norm.ppf((np.arange(BASE_NODES) + 0.5) / BASE_NODES), norm.ppf((np.arange(SHARE_NODES) + 0.5) / SHARE_NODES), gamma, beta)


def _weighted_quantiles(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Five quantiles of each row of weighted nodes, (n, 5), linear between the nodes' mid-ranks."""
    order = np.argsort(values, axis=1, kind="stable")
    values, weights = np.take_along_axis(values, order, 1), np.take_along_axis(weights, order, 1)
    upto = np.cumsum(weights, axis=1)
    at = (upto - weights / 2) / upto[:, -1:]
    return np.stack([np.interp(QUANTILES, at[i], values[i]) for i in range(len(values))])


def _chunks(n: int) -> list[np.ndarray]:
    return np.array_split(np.arange(n), max(1, n // 256)) if n else []


def uplift(sd_base: np.ndarray, log_odds: np.ndarray, log_share: np.ndarray, sd_share: np.ndarray, shape: Shape) -> np.ndarray:
    """Log of OTE quantile over base quantile at P10 to P90, (n, 5); never negative."""
    found = np.empty((len(sd_base), len(QUANTILES)))
    for at in _chunks(len(sd_base)):
        base = sd_base[at, None] * shape.base
        p = 1 / (1 + np.exp(-(log_odds[at, None] + shape.gamma * shape.base)))
        share = log_share[at, None, None] + shape.beta * shape.base[None, :, None] + sd_share[at, None, None] * shape.share
        total = base[:, :, None] + np.log1p(np.exp(share))
        n = len(at)
        values = np.concatenate([base, total.reshape(n, -1)], axis=1)
        some = np.broadcast_to(p[:, :, None] / len(shape.share), total.shape).reshape(n, -1)
        only_base = np.full_like(base, 1.0)
        found[at] = _weighted_quantiles(values, np.concatenate([1 - p, some], axis=1)) - _weighted_quantiles(base, only_base)
    return np.maximum(found, 0.0)


def variable_offsets(sd_base: np.ndarray, log_odds: np.ndarray, sd_share: np.ndarray, shape: Shape) -> np.ndarray:
    """Log of the variable-pay quantile, among people who have any, over (median base x median share), (n, 5)."""
    found = np.empty((len(sd_base), len(QUANTILES)))
    for at in _chunks(len(sd_base)):
        p = 1 / (1 + np.exp(-(log_odds[at, None] + shape.gamma * shape.base)))
        values = (sd_base[at, None] + shape.beta) * shape.base
        pairs = values[:, :, None] + sd_share[at, None, None] * shape.share
        weights = np.broadcast_to(p[:, :, None], pairs.shape)
        found[at] = _weighted_quantiles(pairs.reshape(len(at), -1), weights.reshape(len(at), -1))
    return found


def tables(shapes: Sequence[Shape]) -> dict[str, np.ndarray]:
    """The grids the counter interpolates in: axes, `joint_ote` over (shape, sd_base, log_odds, log_share, sd_share), `joint_variable` without log_share."""
    four = np.stack(np.meshgrid(SD_BASE, LOG_ODDS, LOG_SHARE, SD_SHARE, indexing="ij"), axis=-1).reshape(-1, 4)
    three = np.stack(np.meshgrid(SD_BASE, LOG_ODDS, SD_SHARE, indexing="ij"), axis=-1).reshape(-1, 3)
    ote = np.stack([uplift(four[:, 0], four[:, 1], four[:, 2], four[:, 3], shape) for shape in shapes])
    variable = np.stack([variable_offsets(three[:, 0], three[:, 1], three[:, 2], shape) for shape in shapes])
    n = len(QUANTILES)
    return {
        "axis_sd_base": np.array(SD_BASE),
        "axis_log_odds": np.array(LOG_ODDS),
        "axis_log_share": np.array(LOG_SHARE),
        "axis_sd_share": np.array(SD_SHARE),
        "joint_ote": ote.reshape(-1, len(SD_BASE), len(LOG_ODDS), len(LOG_SHARE), len(SD_SHARE), n).astype("float32"),
        "joint_variable": variable.reshape(-1, len(SD_BASE), len(LOG_ODDS), len(SD_SHARE), n).astype("float32"),
    }
