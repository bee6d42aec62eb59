"""Two gates of every component: are there enough people of its own to speak of (privacy), and which percentiles do they carry (reliability).

What fails is flagged, not withheld: every source is public, and what few people say is pooled with related jobs. No people means nothing
passes. The floors are customs of the field, never a legal claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import ceil, floor
from typing import NamedTuple

from compsvc.features import QUANTILE_NAMES, QUANTILES

SMALLEST_PEOPLE = 10
CONFIDENCE = 0.95


class Gates(NamedTuple):
    """People behind a component (rounded down to tens), whether they are enough to speak of, and which percentiles they carry."""

    n_people: int
    privacy: bool
    reliable: tuple[bool, ...]


@cache
def smallest_n(quantile: float, confidence: float = CONFIDENCE) -> int:
    """Fewest people for which two order statistics enclose a quantile with this confidence, whatever the distribution.

    The widest such interval, smallest to largest, holds it with chance 1 - q^n - (1-q)^n (David and Nagaraja 2003, 7.1).
    """
    n = 2
    while 1 - quantile**n - (1 - quantile) ** n < confidence:
        n += 1
    return n


@cache
def gates(n_people: int) -> Gates:
    """Both gates for a number of people."""
    return Gates(n_people, n_people >= SMALLEST_PEOPLE, tuple(n_people >= smallest_n(q) for q in QUANTILES))


@cache
def as_json(n_people: int) -> dict[str, object]:
    """The gates as answered: `thin` names the percentiles that rest on the model more than on people."""
    found = gates(n_people)
    return {"n_people": n_people, "privacy": found.privacy, "thin": [name for name, ok in zip(QUANTILE_NAMES, found.reliable, strict=True) if not ok]}


SMALLEST_OWN_GROUP = 6
NEIGHBOURS = 5
ROUND_TO_USD = 1000


def may_show_own_group(n_people: int, sees_rows: bool) -> bool:
    """Whether a statistic of a workspace's own people may be shown: always to who may read the rows, else from six people (EntgTranspG 12(3))."""
    return n_people >= 1 if sees_rows else n_people >= SMALLEST_OWN_GROUP


def shown_quantile(values: Sequence[float], quantile: float, sees_rows: bool) -> float:
    """A quantile of a group's pay, USD: exact for who may read the rows, else the mean of five or six neighbouring people rounded to thousands, so that it is nobody's own pay."""
    ordered = sorted(values)
    at = quantile * (len(ordered) - 1)
    if sees_rows:
        low = int(at)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (at - low) * (ordered[high] - ordered[low])
    first = max(min(floor(at - NEIGHBOURS // 2), len(ordered) - NEIGHBOURS), 0)
    last = min(max(ceil(at + NEIGHBOURS // 2), first + NEIGHBOURS - 1), len(ordered) - 1)
    near = ordered[first : last + 1]
    return round(sum(near) / len(near) / ROUND_TO_USD) * ROUND_TO_USD
