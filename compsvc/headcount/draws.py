"""The band of a plan's cost: what is wrong about the market is wrong for everybody at once, what is personal is not.

Each factor of a price has an error. Roles priced by the same factor and code (the same
level, place, occupation) share one draw of it, so market-level error does not average
out over a team; where a person lands around the target, and how much of quota a rep
reaches, is drawn for each. Taxes follow each draw through their wage bases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from compsvc.headcount.cost import Assumptions, Months, Positions, profile_of, taxes_of

QUANTILES = (0.10, 0.50, 0.90)
CHUNK_CELLS = 250_000
SEED = 20_270_101


class Errors(NamedTuple):
    """Errors of logs: of each position's factors, `loads` (n, keys) with sd 1 a shared key; of the person, (n,); of attainment, shared and personal."""

    loads: np.ndarray
    personal: np.ndarray
    shared_attainment: float
    personal_attainment: np.ndarray


class Drawn(NamedTuple):
    """Total cost by draw and month, and by draw and team, USD."""

    by_month: np.ndarray
    by_team: np.ndarray


def loads_of(errors: Sequence[Mapping[tuple[str, str], float]]) -> np.ndarray:
    """Shared errors of positions as a matrix over their keys, (n, keys)."""
    keys = {key: i for i, key in enumerate(sorted({k for row in errors for k in row}))}
    found = np.zeros((len(errors), max(len(keys), 1)))
    for i, row in enumerate(errors):
        for key, error in row.items():
            found[i, keys[key]] = error
    return found


def draw(
    positions: Positions,
    teams: np.ndarray,
    months: Months,
    a: Assumptions,
    errors: Errors,
    draws: int,
    seed: int = SEED,
    progress: Callable[[int], None] | None = None,
) -> Drawn:
    """Cost of the whole plan in each of `draws` futures; the same seed gives the same futures. Memory is bounded by CHUNK_CELLS whatever the plan's size.

    All normal draws together are moved a little along the direction that the total depends on most, so that this
    one combination of them is spread as evenly as `draws` allow: the band of a thousand futures is near that of a million.
    """
    n, m = len(positions.base_usd), len(months.year)
    size = max(1, CHUNK_CELLS // (draws * m))
    chunks = [slice(at, min(at + size, n)) for at in range(0, n, size)]
    pay, variable = _slopes(positions, months, a)
    carries = errors.personal_attainment > 0
    towards = Direction(
        np.append((errors.loads * pay[:, None]).sum(axis=0), errors.shared_attainment * variable[carries].sum()),
        errors.personal * pay,
        errors.personal_attainment * variable,
    )
    shared = np.random.default_rng(seed).standard_normal((len(towards.shared), draws))
    shift = _evened(towards, shared, chunks, draws, seed)
    shared = shared + towards.shared[:, None] * shift
    by_month, by_team = np.zeros((draws, m)), np.zeros((draws, int(teams.max()) + 1))
    hazard = 1 - (1 - a.attrition) ** (1 / 12) if a.attrition else 0.0
    for i, some in enumerate(chunks):
        p = profile_of(positions.take(some), months, a)
        own, reached = _personal(seed, i, some, draws)
        personal = errors.personal[some, None]
        level = np.exp(errors.loads[some] @ shared[:-1] + personal * (own + towards.personal[some, None] * shift) - 0.5 * personal**2)
        spread = errors.personal_attainment[some, None]
        luck = spread * (reached + towards.attainment[some, None] * shift) + errors.shared_attainment * shared[-1:]
        attained = level * np.where(spread > 0, np.exp(luck - 0.5 * (spread**2 + errors.shared_attainment**2)), 1.0)
        base, target = level[:, :, None] * p.base[:, None, :], attained[:, :, None] * p.variable[:, None, :]
        cash = base + target
        prior = level * p.prior_base[:, None] + attained * p.prior_variable[:, None]
        taxes = sum(taxes_of(cash + p.sign_on[:, None, :], prior, months, a).values())
        cost = cash * (1 + a.benefits_load) + taxes + (p.sign_on + p.equity + p.one_time + p.overhead)[:, None, :]
        if hazard:
            last = np.floor(np.maximum(p.start, 0.0))[:, None] + np.random.default_rng([seed, i, 1]).geometric(hazard, (len(p.base), draws)) - 1
            cost *= np.arange(m)[None, None, :] <= last[:, :, None]
        by_month += cost.sum(axis=0)
        np.add.at(by_team.T, teams[some], cost.sum(axis=2))
        if progress is not None:
            progress(len(p.base))
    return Drawn(by_month, by_team)


class Direction(NamedTuple):
    """How much the total moves with each standard normal draw: shared ones, each person's landing, each rep's attainment; USD."""

    shared: np.ndarray
    personal: np.ndarray
    attainment: np.ndarray


def _personal(seed: int, chunk: int, some: slice, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Each person's two normal draws, (people, draws) each; the same whenever asked for again."""
    found = np.random.default_rng([seed, chunk]).standard_normal((2, some.stop - some.start, draws))
    return found[0], found[1]


def _evened(towards: Direction, shared: np.ndarray, chunks: Sequence[slice], draws: int, seed: int) -> np.ndarray:
    """What to add to every normal draw, times its own slope, so that their combination takes evenly spread values in its own order, (draws,)."""
    along = towards.shared @ shared
    length = float((towards.shared**2).sum() + (towards.personal**2).sum() + (towards.attainment**2).sum())
    for i, some in enumerate(chunks):
        own, reached = _personal(seed, i, some, draws)
        along = along + towards.personal[some] @ own + towards.attainment[some] @ reached
    if length == 0:
        return np.zeros(draws)
    rank = np.argsort(np.argsort(along, kind="stable"), kind="stable")
    normal = NormalDist()
    even = np.array([normal.inv_cdf((r + 0.5) / draws) for r in range(draws)])[rank] * math.sqrt(length)
    return np.asarray((even - along) / length)


def _slopes(positions: Positions, months: Months, a: Assumptions) -> tuple[np.ndarray, np.ndarray]:
    """How the expected total of each position moves with its log pay, and with its log variable pay alone, (n,) each, USD."""
    step = 1e-4
    here = _totals(positions, months, a, 0.0, 0.0)
    return (_totals(positions, months, a, step, step) - here) / step, (_totals(positions, months, a, 0.0, step) - here) / step


def analytic(positions: Positions, months: Months, a: Assumptions, errors: Errors) -> tuple[float, float, float]:
    """P10, P50 and P90 of the total by the delta method: a check beside the draws. A log-normal with the variance of shared and personal errors, marginal taxes at the plan's own figure."""
    pay, variable = _slopes(positions, months, a)
    total = float(_totals(positions, months, a, 0.0, 0.0).sum())
    shared = float(((errors.loads * pay[:, None]).sum(axis=0) ** 2).sum())
    carries = errors.personal_attainment > 0
    attainment = errors.shared_attainment**2 * float(variable[carries].sum()) ** 2
    personal = float(((errors.personal * pay) ** 2).sum() + ((errors.personal_attainment * variable) ** 2).sum())
    hazard = float(_leaving(positions, months, a)) if a.attrition else 0.0
    curve = 0.5 * float(((errors.loads**2).sum(axis=1) * pay).sum())
    mean = total + curve
    if mean <= 0:
        return 0.0, 0.0, 0.0
    sd = math.sqrt(shared + attainment + personal + hazard) / mean
    log_sd = math.sqrt(math.log1p(sd * sd))
    middle = mean * math.exp(-log_sd * log_sd / 2)
    return middle * math.exp(-1.2815515655446004 * log_sd), middle, middle * math.exp(1.2815515655446004 * log_sd)


def _totals(positions: Positions, months: Months, a: Assumptions, base_log: float, variable_log: float) -> np.ndarray:
    """Expected cost of each position over the plan, (n,), with base and variable moved a little in logs."""
    p = profile_of(positions, months, a)
    base, variable = p.base * math.exp(base_log), p.variable * math.exp(variable_log)
    prior = p.prior_base * math.exp(base_log) + p.prior_variable * math.exp(variable_log)
    taxes = sum(taxes_of(base + variable + p.sign_on, prior, months, a).values())
    cost = (base + variable) * (1 + a.benefits_load) + taxes + p.sign_on + p.equity + p.one_time + p.overhead
    return np.asarray((cost * p.stays).sum(axis=1))


def _leaving(positions: Positions, months: Months, a: Assumptions) -> float:
    """Variance of the total that comes of who leaves when, each alone."""
    p = profile_of(positions, months, a)
    cash = p.base + p.variable
    taxes = sum(taxes_of(cash + p.sign_on, p.prior_base + p.prior_variable, months, a).values())
    cost = cash * (1 + a.benefits_load) + taxes + p.sign_on + p.equity + p.one_time + p.overhead
    upto = np.cumsum(cost, axis=1)
    stays = p.stays
    leaves = np.concatenate([stays[:, :-1] - stays[:, 1:], stays[:, -1:]], axis=1)
    mean = (leaves * upto).sum(axis=1)
    return float((leaves * (upto - mean[:, None]) ** 2).sum())
