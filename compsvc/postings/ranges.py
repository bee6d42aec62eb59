"""The range to post: the employer's own words of base as far as they go, else the market's middle half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from compsvc.postings import Reading
from compsvc.postings.pay import Stated
from compsvc.postings.pay_words import COMMISSION_ONLY

SYSTEM_UNITS = ("year", "month", "week", "day", "hour")
AS_STATED, BY_COMMISSION = "as stated", "commission alone, as stated"


class Range(NamedTuple):
    """The range to post, of base, per `unit`; None for an end that nobody has stated, both None where pay is commission alone."""

    low: float | None
    high: float | None
    currency: str
    unit: str
    what: str

    @property
    def width(self) -> float | None:
        """High over low."""
        return self.high / self.low if self.low and self.high else None


def own_base(stated: Sequence[Stated]) -> Stated | None:
    """The employer's own statement of base: the first closed range, else the first figure, else the first end of an open one."""
    closed = [s for s in stated if s.low and s.high]
    return next((s for s in closed if s.kind == "range"), closed[0] if closed else stated[0] if stated else None)


def range_of(reading: Reading, own: Stated | None, market: Mapping[str, Any] | None) -> Range | None:
    """The range to post; None where there is neither a stated range nor a market's.

    It is the employer's own where it states base, or on-target earnings and base's share of them; none where pay is commission alone; else the market's middle half.
    """
    return of_statement(own) if own else _of_target(reading) or _of_commission(reading) or _of_market(market)


def of_statement(own: Stated) -> Range:
    """The range that a statement of base is."""
    if own.unit in SYSTEM_UNITS:
        return Range(own.low, own.high, own.currency, own.unit, AS_STATED)
    return Range(*own.a_year(), own.currency, "year", f"{AS_STATED}, by the year")


def _of_target(reading: Reading) -> Range | None:
    """Base as the stated share of stated on-target earnings."""
    ote = next((s for s in reading.pay if s.basis == "ote" and s.kind != "average" and s.unit == "year"), None)
    if ote is None or reading.base_share is None:
        return None
    least, most = reading.base_share.value
    low, high = (None if end is None else round(end * share) for end, share in ((ote.low, least), (ote.high, most)))
    return Range(low, high, ote.currency, "year", "stated on-target earnings times the stated share of base")


def _of_commission(reading: Reading) -> Range | None:
    """No base at all, where the posting says that pay is commission alone."""
    if not COMMISSION_ONLY.search(reading.document.text):
        return None
    currency = next((s.currency for s in reading.pay), "USD")
    return Range(None, None, currency, "year", BY_COMMISSION)


def _of_market(market: Mapping[str, Any] | None) -> Range | None:
    if market is None:
        return None
    base = market["pay"]["base"]
    return Range(float(base["p25"]), float(base["p75"]), market["currency"], "year", "market P25 to P75 of base")


def whole(amount: float | None) -> float | int | None:
    """An amount without a fraction where it has none."""
    return int(amount) if amount is not None and float(amount).is_integer() else amount


def variable_of(reading: Reading, market: Mapping[str, Any] | None, currency: str) -> dict[str, Any] | None:
    """Variable pay and on-target earnings as the posting states them, or as the market has them where most people in the role have any."""
    for basis, unit in (("ote", "year"), ("variable", "year"), ("variable", "quarter")):
        for s in reading.pay:
            if s.basis == basis and s.unit == unit and s.kind != "average":
                return {"basis": basis, "low": s.low, "high": s.high, "unit": unit, "a_year": s.a_year(), "what": AS_STATED}
    if reading.bonus_percent:
        low, high = reading.bonus_percent.value
        return {"basis": "bonus_percent", "low": low, "high": high, "what": AS_STATED}
    if market is not None and currency == market["currency"]:
        ote, variable = market["pay"]["ote"], market["pay"]["variable"]
        if ote["pay_basis"] == "ote" and ote["method"] != "withheld" and variable["p_any"] > 0.5:
            return {"basis": "ote", "low": float(ote["p25"]), "high": float(ote["p75"]), "what": "market P25 to P75"}
    return None


def own_range(reading: Reading) -> Stated | None:
    """The first statement of pay that is of base, or says nothing of its basis, and is no average."""
    return next((s for s in reading.pay if s.basis in ("base", "unstated", "total") and s.kind != "average"), None)
