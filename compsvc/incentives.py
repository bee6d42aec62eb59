"""Incentive plans of quota-carrying jobs: what a plan pays over attainment, and what that means under a distribution of attainment.

A plan is a piecewise-linear curve u(a) of attainment a (sales over quota), with
rate multipliers by tier, scaled so that it pays exactly the target variable at
100 %. Expected pay is exact: partial moments of the distribution over each
straight piece, no simulation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import NormalDist
from typing import NamedTuple

from compsvc import formulas
from compsvc.errors import FieldProblem, RequestInvalid

CURVE_UP_TO = 2.0
CURVE_STEP = 0.05
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)
_NORMAL = NormalDist()


# --- attainment ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Positively skewed attainment, `at_quota_share` of reps at or above 100 %, spread `log_sd`."""

    at_quota_share: float
    log_sd: float
    name: str = "custom"
    source: str = "the request"

    @property
    def mu(self) -> float:
        """Mean of log attainment."""
        return self.log_sd * _NORMAL.inv_cdf(self.at_quota_share)

    def moments(self, low: float, high: float) -> tuple[float, float]:
        """(P(low < a <= high), E[a; low < a <= high]) (partial moments of the log-normal)."""
        s, mu = self.log_sd, self.mu

        def z(a: float) -> float:
            return -math.inf if a <= 0 else (math.log(a) - mu) / s

        below, above = z(low), math.inf if high == math.inf else z(high)
        return _phi(above) - _phi(below), math.exp(mu + s * s / 2) * (_phi(above - s) - _phi(below - s))

    def quantile(self, q: float) -> float:
        """Attainment below which a share q of reps ends."""
        return math.exp(self.mu + self.log_sd * _NORMAL.inv_cdf(q))


@dataclass(frozen=True, slots=True)
class Observed:
    """Attainment of a team as it was, each rep counting the same."""

    values: tuple[float, ...]
    name: str = "observed"
    source: str = "the request"

    def moments(self, low: float, high: float) -> tuple[float, float]:
        """(P(low < a <= high), E[a; low < a <= high])."""
        inside = [a for a in self.values if low < a <= high]
        return len(inside) / len(self.values), sum(inside) / len(self.values)

    def quantile(self, q: float) -> float:
        """Smallest attainment that at least a share q of reps do not pass."""
        ordered = sorted(self.values)
        return ordered[max(math.ceil(q * len(ordered) - 1e-9) - 1, 0)]


Attainment = LogNormal | Observed


def _phi(z: float) -> float:
    if z in (-math.inf, math.inf):
        return 0.0 if z < 0 else 1.0
    return 0.5 * math.erfc(-z / math.sqrt(2))


_BELOW_80, _ABOVE_120 = 0.20, 0.125
_LOG_SD = (math.log(1.2) - math.log(0.8)) / (_NORMAL.inv_cdf(1 - _ABOVE_120) - _NORMAL.inv_cdf(_BELOW_80))
AS_REPORTED = LogNormal(
    1 - _NORMAL.cdf(-(math.log(1.2) - _LOG_SD * _NORMAL.inv_cdf(1 - _ABOVE_120)) / _LOG_SD),
    _LOG_SD,
    "as-reported",
    "log-normal through one in five reps below 80 % and one in eight above 120 % (Falcon Incentives: 15-25 % and 10-15 %); "
    "it puts 40 % of reps at quota, where one vendor reports 39 % (CaptivateIQ, quoted second-hand). Weak sources; replace it with your own",
)
AS_DESIGNED = LogNormal(
    0.65,
    _LOG_SD,
    "as-designed",
    "65 % of reps at or above quota (Alexander Group: a design target of 60-70 %), the spread of as-reported",
)
DISTRIBUTIONS = {d.name: d for d in (AS_REPORTED, AS_DESIGNED)}


# --- the plan --------------------------------------------------------------------


class Tier(NamedTuple):
    """Above attainment `above`, sales pay `multiplier` times the base rate: an accelerator above 1, a decelerator below."""

    above: float
    multiplier: float


class Piece(NamedTuple):
    """One straight piece of the curve: for low < a <= high it pays intercept + slope a, in units of the base rate times quota."""

    low: float
    high: float
    intercept: float
    slope: float


class Spif(NamedTuple):
    """A one-off bonus on top of the plan and outside OTE, paid when attainment reaches `at`."""

    usd: float
    at: float


@dataclass(frozen=True)
class IncentivePlan:
    """Yearly terms; attainment is sales over quota, 1.0 is 100 %.

    `tier_type`: `marginal`, a tier's rate pays sales within it; `retroactive`, reaching a tier pays all sales at its rate.
    Below `threshold` nothing is paid; once it is passed, sales pay from the first dollar (`from_first_dollar`) or only those above it.
    `cap` is the largest payout over the target variable.
    """

    target_variable_usd: float
    quota_usd: float | None = None
    threshold: float = 0.0
    from_first_dollar: bool = True
    tiers: tuple[Tier, ...] = ()
    tier_type: str = "marginal"
    cap: float | None = None
    spifs: tuple[Spif, ...] = ()

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The curve before scaling, from 0 to infinity, cap left out."""
        steps = [Tier(0.0, 1.0), *sorted(self.tiers)]
        if len(steps) > 1 and steps[1].above == 0:
            steps.pop(0)
        found: list[Piece] = []
        paid = 0.0
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            low, high = step.above, after.above if after else math.inf
            if self.tier_type == "retroactive":
                found.append(Piece(low, high, 0.0, step.multiplier))
            else:
                found.append(Piece(low, high, paid - step.multiplier * low, step.multiplier))
                paid += step.multiplier * (high - low) if after else 0.0
        return self._above_threshold(found)

    def _above_threshold(self, pieces: list[Piece]) -> tuple[Piece, ...]:
        t = self.threshold
        if t <= 0:
            return tuple(pieces)
        below = next(p.intercept + p.slope * t for p in pieces if p.low < t <= p.high)

        def skipped(p: Piece) -> float:
            """What sales up to the threshold would have paid at this piece's rates, when they are not paid."""
            return 0.0 if self.from_first_dollar else p.slope * t if self.tier_type == "retroactive" else below

        kept = [Piece(max(p.low, t), p.high, p.intercept - skipped(p), p.slope) for p in pieces if p.high > t]
        return (Piece(0.0, t, 0.0, 0.0), *kept)

    @cached_property
    def scale_usd(self) -> float:
        """USD of variable pay for one unit of the curve, such that 100 % attainment pays exactly the target."""
        return self.target_variable_usd / self._unit(1.0)

    def _unit(self, a: float) -> float:
        for p in self.pieces:
            if p.low < a <= p.high:
                return p.intercept + p.slope * a
        return 0.0

    @property
    def rate(self) -> float | None:
        """Base commission rate: USD per USD sold in the tier with multiplier 1; None without a quota."""
        return None if self.quota_usd is None else self.scale_usd / self.quota_usd

    def variable_usd(self, attainment: float) -> float:
        """What the plan pays at an attainment, USD, capped, SPIFs left out; exactly the target at 1.0."""
        if attainment == 1.0:
            return self.target_variable_usd
        paid = self.scale_usd * self._unit(attainment)
        return paid if self.cap is None else min(paid, self.cap * self.target_variable_usd)

    def spif_usd(self, attainment: float) -> float:
        """SPIFs earned at an attainment, USD."""
        return sum(s.usd for s in self.spifs if attainment >= s.at)

    def attainment_paying(self, usd: float) -> float | None:
        """Smallest attainment at which the plan pays at least `usd` (its limit from above where the curve jumps); None when it never does."""
        if usd <= 0:
            return 0.0
        if self.cap is not None and usd > self.cap * self.target_variable_usd * (1 + 1e-12):
            return None
        unit = usd / self.scale_usd
        for p in self.pieces:
            top = math.inf if p.high == math.inf and p.slope > 0 else p.intercept + p.slope * p.high if p.high != math.inf else p.intercept
            if unit <= top * (1 + 1e-12):
                start = p.intercept + p.slope * p.low
                return p.low if unit <= start else (unit - p.intercept) / p.slope
        return None

    @cached_property
    def bounded_pieces(self) -> tuple[Piece, ...]:
        """The curve with its cap, as straight pieces from 0 to infinity."""
        if self.cap is None:
            return self.pieces
        limit = self.cap * self.target_variable_usd / self.scale_usd
        out: list[Piece] = []
        for p in self.pieces:
            start = p.intercept + p.slope * p.low
            end = math.inf if p.high == math.inf and p.slope > 0 else p.intercept + p.slope * (p.high if p.high != math.inf else p.low)
            if start >= limit:
                out.append(Piece(p.low, p.high, limit, 0.0))
            elif end > limit:
                cross = (limit - p.intercept) / p.slope
                out += [Piece(p.low, cross, p.intercept, p.slope), Piece(cross, p.high, limit, 0.0)]
            else:
                out.append(p)
        return tuple(out)


def checked(plan: IncentivePlan, pointer: str = "/plan") -> IncentivePlan:
    """The plan, when it pays something at 100 % and never pays less for selling more; RequestInvalid naming the field otherwise."""
    if plan.target_variable_usd <= 0:
        raise _refused(f"{pointer[:-5]}/variable_usd", "a plan needs a target variable", "more than 0")
    above = [t.above for t in plan.tiers]
    if len(set(above)) != len(above):
        raise _refused(f"{pointer}/tiers", "two tiers start at the same attainment", "one tier for each starting attainment")
    if plan.threshold >= 1:
        raise _refused(f"{pointer}/threshold", f"a threshold of {plan.threshold:.0%} leaves nothing to pay at 100 %", "less than 1")
    pieces = plan.pieces
    if plan._unit(1.0) <= 0:
        raise _refused(f"{pointer}/tiers", "the tiers pay nothing at 100 % attainment", "a multiplier above 0 somewhere below 100 %")
    for before, after in pairwise(pieces):
        falls = (before.intercept + before.slope * before.high) - (after.intercept + after.slope * after.low)
        if falls > 1e-9:
            raise _refused(
                f"{pointer}/tiers",
                f"pay falls when attainment passes {after.low:.0%}: a retroactive decelerator takes back what was earned",
                "rising multipliers, or tier_type marginal",
            )
    if plan.cap is not None and plan.cap < 1:
        raise _refused(f"{pointer}/cap", f"a cap of {plan.cap:.0%} of target cuts pay at 100 %", "1 or more")
    return plan


def _refused(pointer: str, detail: str, allowed: str) -> RequestInvalid:
    return RequestInvalid(f"{detail[0].upper()}{detail[1:]}.", (FieldProblem(pointer, detail, allowed),))


def curve(plan: IncentivePlan, base_usd: float) -> list[dict[str, float]]:
    """Pay over attainment from 0 to 200 % in steps of 5 points, with every bend and jump of the plan and its SPIFs; at a jump both values are there."""
    grid = {round(i * CURVE_STEP, 4) for i in range(int(CURVE_UP_TO / CURVE_STEP) + 1)}
    bends = {p.low for p in plan.bounded_pieces if 0 < p.low < CURVE_UP_TO} | {s.at for s in plan.spifs if s.at < CURVE_UP_TO}
    rows = []
    for a in sorted(grid | bends):
        seen: list[tuple[int, int]] = []
        for near in (math.nextafter(a, 0.0), a, math.nextafter(a, math.inf)):
            pair = (round(plan.variable_usd(near)), round(plan.spif_usd(near)))
            if near >= 0 and pair not in seen and (near == a or not seen or sum(pair) > sum(seen[-1])):
                seen.append(pair)
        rows += [{"attainment": round(a, 6), "variable_usd": v, "spif_usd": s, "pay_usd": round(base_usd) + v + s} for v, s in seen]
    return rows


class Expected(NamedTuple):
    """Variable pay under a distribution of attainment: mean with and without SPIFs, percentiles of what is paid, chances; USD per year."""

    variable_usd: float
    spif_usd: float
    p_ote: float
    p_any: float
    p_capped: float
    mean_attainment: float
    quantiles: tuple[float, ...]


def expected(plan: IncentivePlan, attainment: Attainment) -> Expected:
    """Exact expectation of the plan's payout: sum over straight pieces of intercept P(piece) + slope E[a; piece]."""
    total = 0.0
    for p in plan.bounded_pieces:
        chance, mean = attainment.moments(p.low, p.high)
        total += p.intercept * chance + p.slope * mean
    spif = sum(s.usd * (1.0 if s.at <= 0 else attainment.moments(math.nextafter(s.at, 0.0), math.inf)[0]) for s in plan.spifs)
    everyone = attainment.moments(0.0, math.inf)
    return Expected(
        plan.scale_usd * total,
        spif,
        _reaching(plan, attainment, plan.target_variable_usd),
        _reaching(plan, attainment, 1e-9),
        0.0 if plan.cap is None else _reaching(plan, attainment, plan.cap * plan.target_variable_usd),
        everyone[1],
        tuple(plan.variable_usd(attainment.quantile(q)) + plan.spif_usd(attainment.quantile(q)) for q in QUANTILES),
    )


def _reaching(plan: IncentivePlan, attainment: Attainment, usd: float) -> float:
    """Chance that the plan pays at least `usd`; an attainment just at a jump counts when the payout there suffices."""
    at = plan.attainment_paying(usd)
    if at is None:
        return 0.0
    inclusive = plan.variable_usd(at) >= usd * (1 - 1e-12)
    low = at * (1 - 1e-12) if inclusive and usd > 1e-6 else at
    return attainment.moments(low, math.inf)[0]


# --- the first year --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ramp:
    """The first months of a new rep: quota as a share of the full month's, by month; `full_target` pays the full monthly target at the reduced quota."""

    quota_shares: tuple[float, ...] = ()
    full_target: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """An advance on commissions: `usd` a month for `months`; a recoverable one is paid back out of later commissions."""

    usd: float = 0.0
    months: int = 0
    recoverable: bool = True


class Month(NamedTuple):
    """One month of the first year, USD: what the plan earns, what is paid, and what is still owed on the draw at its end."""

    month: int
    quota_share: float
    earned_usd: float
    paid_usd: float
    owed_usd: float


def first_year(plan: IncentivePlan, ramp: Ramp, draw: Draw, attainment: float) -> list[Month]:
    """Twelve months at a constant attainment of each month's own quota.

    A ramping month earns its quota share of the full month's payout, or the whole of it when the ramp keeps the full target.
    Draw months pay the larger of earnings and draw; what a recoverable draw paid above earnings is owed and is paid back from later earnings.
    """
    monthly = plan.variable_usd(attainment) / formulas.MONTHS
    owed = 0.0
    months = []
    for m in range(1, formulas.MONTHS + 1):
        share = ramp.quota_shares[m - 1] if m <= len(ramp.quota_shares) else 1.0
        earned = monthly if ramp.full_target and share > 0 else monthly * share
        if m <= draw.months:
            paid = max(earned, draw.usd)
            if draw.recoverable:
                back = min(owed, max(earned - draw.usd, 0.0))
                owed += max(draw.usd - earned, 0.0) - back
                paid -= back
        else:
            back = min(owed, earned)
            owed -= back
            paid = earned - back
        months.append(Month(m, share, earned, paid, owed))
    return months


def attainment_from(values: Sequence[float]) -> Observed:
    """The distribution of a team's own attainments."""
    return Observed(tuple(float(v) for v in values))
