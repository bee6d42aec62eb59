"""An offer beside people already paid for the same work: parity with peers, inversion against more senior people.

The people are pay records a workspace has entered; whatever yields PayRecords may
stand behind them later. What is shown of a group follows `disclosure`: those who
may not read single records see no group under six people, and smoothed figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from compsvc import disclosure, vocabulary

PARITY_ROOM = 0.05
SENIOR_QUANTILE = 0.25


class PayRecord(NamedTuple):
    """Pay of one person in the workspace, USD per year."""

    reference: str
    family: str
    level: str
    area: str
    base_usd: float
    variable_usd: float
    paid_on: str


class Peers(NamedTuple):
    """The workspace's records, and whether whoever asks may read them one by one."""

    records: Sequence[PayRecord]
    sees_rows: bool


def _group(records: Sequence[PayRecord], family: str, levels: Sequence[str], area: str, sees_rows: bool) -> tuple[list[PayRecord], str]:
    """People of a family and levels in the area, or anywhere when too few of them are there."""
    everywhere = [r for r in records if r.family == family and r.level in levels]
    near = [r for r in everywhere if r.area == area]
    return (near, "here") if near and disclosure.may_show_own_group(len(near), sees_rows) else (everywhere, "anywhere")


def _levels_above(level: str) -> list[str]:
    codes = list(vocabulary.levels())
    return [code for code in codes[codes.index(level) + 1 :] if code[0] == level[0]]


def read(base_usd: float, family: str | None, level: str | None, area: str, peers: Peers) -> dict[str, Any]:
    """Parity and inversion of a base pay, as answered; says why when it cannot tell."""
    if family is None or level is None:
        return {"parity": _unsure("the role has no family or level to find peers by"), "inversion": _unsure("the role has no family or level")}
    return {"parity": _parity(base_usd, *_group(peers.records, family, [level], area, peers.sees_rows), peers.sees_rows)} | {
        "inversion": _inversion(base_usd, *_group(peers.records, family, _levels_above(level), area, peers.sees_rows), peers.sees_rows)
    }


def _unsure(why: str) -> dict[str, Any]:
    return {"verdict": "cannot-tell", "why": why}


def _too_few(sees_rows: bool) -> str:
    return "no such people are entered" if sees_rows else f"fewer than {disclosure.SMALLEST_OWN_GROUP} such people are entered"


def _parity(base_usd: float, group: list[PayRecord], where: str, sees_rows: bool) -> dict[str, Any]:
    if not disclosure.may_show_own_group(len(group), sees_rows):
        return _unsure(_too_few(sees_rows))
    middle = disclosure.shown_quantile([r.base_usd for r in group], 0.5, sees_rows)
    ratio = base_usd / middle
    side = "like peers" if abs(ratio - 1) <= PARITY_ROOM else "above peers" if ratio > 1 else "below peers"
    return {
        "verdict": side.replace(" ", "-"),
        "why": f"base is {ratio:.2f} of the median of people of the same family and level {where}",
        "ratio": {"value": round(ratio, 3), "denominator": f"median base of peers {where}"},
        "peers": where,
    }


def _inversion(base_usd: float, group: list[PayRecord], where: str, sees_rows: bool) -> dict[str, Any]:
    if not disclosure.may_show_own_group(len(group), sees_rows):
        return _unsure(_too_few(sees_rows))
    lower = disclosure.shown_quantile([r.base_usd for r in group], SENIOR_QUANTILE, sees_rows)
    found = base_usd > lower
    return {
        "verdict": "inverted" if found else "in-order",
        "why": f"base is {'above' if found else 'not above'} the lower quartile of more senior people of the family {where}",
        "peers": where,
    }
