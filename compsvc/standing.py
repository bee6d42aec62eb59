"""Where a figure stands in a PayRange, how sure that is, and what may be said of it.

A PayRange is known at five percentiles, each with an interval. Between them log
pay is linear in the normal score of the percentile; beyond P10 and P90 the last
slope goes on as far as P1 and P99. A verdict is given only where the interval of the
position lies on one side of its threshold; otherwise it is "cannot tell".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any, NamedTuple

from compsvc.features import QUANTILE_NAMES, QUANTILES

LOW, HIGH = 25.0, 75.0
EDGE_LOW, EDGE_HIGH = 1.0, 99.0
ROOM = 0.10
_NORMAL = NormalDist()
_SCORES = tuple(_NORMAL.inv_cdf(q) for q in QUANTILES)
CANNOT_TELL = "cannot-tell"


class Position(NamedTuple):
    """Percentile of a figure in the market, 1 to 99, and the interval the range's own error leaves it."""

    percentile: float
    low: float
    high: float


def percentile_of(usd: float, quantiles: Sequence[float]) -> float:
    """Percentile (1 to 99) of a figure among people whose P10, P25, P50, P75 and P90 are given, USD."""
    if usd <= 0:
        return EDGE_LOW
    logs = [math.log(q) for q in quantiles]
    x = math.log(usd)
    j = min(max(sum(x > value for value in logs) - 1, 0), len(logs) - 2)
    width = logs[j + 1] - logs[j]
    share = (x - logs[j]) / width if width > 0 else 0.5
    score = _SCORES[j] + share * (_SCORES[j + 1] - _SCORES[j])
    return min(max(100 * _NORMAL.cdf(score), EDGE_LOW), EDGE_HIGH)


def value_at(percentile: float, quantiles: Sequence[float]) -> float:
    """The figure at a percentile (1 to 99), USD: the inverse of `percentile_of`."""
    score = _NORMAL.inv_cdf(min(max(percentile, EDGE_LOW), EDGE_HIGH) / 100)
    j = min(max(sum(score > value for value in _SCORES) - 1, 0), len(_SCORES) - 2)
    share = (score - _SCORES[j]) / (_SCORES[j + 1] - _SCORES[j])
    return math.exp(math.log(quantiles[j]) + share * (math.log(quantiles[j + 1]) - math.log(quantiles[j])))


def position(usd: float, part: Mapping[str, Any]) -> Position:
    """Where a figure stands in one component of a PayRange (`pay.base`, `pay.variable` or `pay.ote`); its interval has the range's own level."""
    interval = part["interval"]
    highs, lows = ([interval[q][side] for q in QUANTILE_NAMES] for side in (1, 0))
    return Position(percentile_of(usd, [part[q] for q in QUANTILE_NAMES]), percentile_of(usd, highs), percentile_of(usd, lows))


def verdict(where: Position, low: float = LOW, high: float = HIGH) -> str:
    """`below`, `within` or `above` the market's percentiles `low` to `high`; `cannot-tell` when the interval spans one of them."""
    if where.high < low:
        return "below"
    if where.low > high:
        return "above"
    if where.low >= low and where.high <= high:
        return "within"
    return CANNOT_TELL


def possible(where: Position, low: float = LOW, high: float = HIGH) -> tuple[str, ...]:
    """Every verdict the interval leaves open, from low to high."""
    return tuple(
        name for name, open_ in (("below", where.low < low), ("within", where.low <= high and where.high >= low), ("above", where.high > high)) if open_
    )
