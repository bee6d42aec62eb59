"""Grants and how they vest: by month, with a cliff, refreshers on top, in whole dollars that add up to the grant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.formulas import MONTHS

EVERY = {"monthly": 1, "quarterly": 3, "annually": 12}
LONGEST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Grant:
    """An equity award worth `usd` when granted, in month `from_month` after the start (0 for the new-hire grant).

    It vests over `vest_years`: nothing before `cliff_months`, then what has accrued, then by `every`. `year_shares`
    (one a year, adding to 1) vests unequal years, such as 10/20/30/40; equal years otherwise.
    """

    usd: float
    vest_years: int = 4
    cliff_months: int = 12
    every: str = "monthly"
    year_shares: tuple[float, ...] = ()
    from_month: int = 0

    def vested_share(self, months: int) -> float:
        """Share of the grant vested so many months after it was made; 1 from the last month on."""
        if months < self.cliff_months or months <= 0:
            return 0.0
        step = EVERY[self.every]
        counted = min(max(months // step * step, self.cliff_months), self.vest_years * MONTHS)
        if counted >= self.vest_years * MONTHS:
            return 1.0
        if not self.year_shares:
            return counted / (self.vest_years * MONTHS)
        year, rest = divmod(counted, MONTHS)
        return sum(self.year_shares[:year]) + self.year_shares[year] * rest / MONTHS

    def vested_usd(self, months: int) -> int:
        """Whole USD vested so many months after the start of the job; differences of it add up to the grant exactly."""
        return round(self.usd * self.vested_share(months - self.from_month))


def checked(grant: Grant, pointer: str) -> Grant:
    """The grant, when its terms fit together; RequestInvalid naming the field otherwise."""
    if grant.cliff_months > grant.vest_years * MONTHS:
        raise _refused(
            f"{pointer}/cliff_months", f"a cliff of {grant.cliff_months} months is longer than the vest of {grant.vest_years} years", "at most the vest"
        )
    if grant.year_shares and (len(grant.year_shares) != grant.vest_years or abs(sum(grant.year_shares) - 1) > 1e-6):
        raise _refused(
            f"{pointer}/year_shares", f"{len(grant.year_shares)} shares adding to {sum(grant.year_shares):g}", f"{grant.vest_years} shares adding to 1"
        )
    return grant


def _refused(pointer: str, detail: str, allowed: str) -> RequestInvalid:
    return RequestInvalid(f"{detail[0].upper()}{detail[1:]}.", (FieldProblem(pointer, detail, allowed),))


def vest_by_year(grants: Sequence[Grant], years: int, growth: float = 0.0) -> list[int]:
    """Whole USD vesting in each year of the job, month by month, each at the value when granted times (1 + growth) for every full year since the grant.

    At growth 0 the sum over a vest is the grant exactly.
    """
    found = []
    for year in range(years):
        total = 0.0
        for g in grants:
            for month in range(MONTHS * year + 1, MONTHS * (year + 1) + 1):
                vesting = g.vested_usd(month) - g.vested_usd(month - 1)
                if vesting:
                    total += vesting * (1 + growth) ** ((month - g.from_month) // MONTHS)
        found.append(round(total))
    return found
