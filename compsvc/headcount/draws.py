"""The band of a plan's cost: what is wrong about the market is wrong for everybody at once, what is personal is not.

Each factor of a price has an error. Roles priced by the same factor and code (the same
level, place, occupation) share one draw of it, so market-level error does not average
out over a team; so do families whose variable pay is the market's. Where a person lands
around the target, and how much of quota a rep reaches, is drawn for each. Taxes follow
each draw through their wage bases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from compsvc.features import SCORES
from compsvc.formulas import monthly_attrition
from compsvc.headcount.cost import Assumptions, Months, Positions, Profile, profile_of, total_of

QUANTILES = (0.10, 0.50, 0.90)
QUANTILE_NAMES = ("p10", "p50", "p90")
CHUNK_CELLS = 250_000
SEED = 20_270_101


class Shared(NamedTuple):
    """Errors that positions share: of each, a few keys (n, k) and its load on each, in logs; sd 1 a key, `keys` of them."""

    key: np.ndarray
    load: np.ndarray
    keys: int

    @classmethod
    def of(cls, errors: Sequence[Mapping[Hashable, float]]) -> Shared:
        """From each position's error by key."""
        known = {key: i for i, key in enumerate(dict.fromkeys(key for row in errors for key in row))}
        most = max((len(row) for row in errors), default=0)
        index, load = np.zeros((len(errors), most), dtype=np.int32), np.zeros((len(errors), most))
        for i, row in enumerate(errors):
            for k, (key, error) in enumerate(row.items()):
                index[i, k], load[i, k] = known[key], error
        return cls(index, load, len(known))

    def moved(self, some: slice, normals: np.ndarray) -> np.ndarray:
        """What shared normals (keys, draws) move some positions by, in logs, (people, draws)."""
        found = np.zeros((some.stop - some.start, normals.shape[1]))
        for index, load in zip(self.key[some].T, self.load[some].T, strict=True):
            found += load[:, None] * normals[index]
        return found

    def towards(self, slopes: np.ndarray) -> np.ndarray:
        """How the total moves with each key, (keys,), where it moves by `slopes` (n,) with each position's log."""
        if not self.keys:
            return np.zeros(0)
        return np.bincount(self.key.ravel(), weights=(slopes[:, None] * self.load).ravel(), minlength=self.keys)

    @property
    def variance(self) -> np.ndarray:
        """Variance of each position's log, (n,)."""
        return np.asarray((self.load**2).sum(axis=1))


class Errors(NamedTuple):
    """Errors of logs: of each position's pay and of its variable pay alone, shared; of the person, (n,); of attainment, shared and personal."""

    loads: Shared
    variable_loads: Shared
    personal: np.ndarray
    shared_attainment: float
    personal_attainment: np.ndarray


class Drawn(NamedTuple):
    """Total cost by draw and month, and by draw and team, USD."""

    by_month: np.ndarray
    by_team: np.ndarray


class Direction(NamedTuple):
    """How much the total moves with each standard normal draw: shared ones, each person's landing, each rep's attainment; USD."""

    shared: np.ndarray
    personal: np.ndarray
    attainment: np.ndarray


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
    """Cost of the whole plan in each of `draws` futures; the same seed gives the same futures.

    Futures are drawn for CHUNK_CELLS cells at a time, so that memory is that of the plan's own (n, m) table whatever `draws` is.
    All normal draws together are moved a little along the direction that the total depends on most, so that this
    one combination of them is spread as evenly as `draws` allow: the band of a thousand futures is near that of a million.
    """
    whole = profile_of(positions, months, a)
    n, m = whole.base.shape
    size = max(1, CHUNK_CELLS // (draws * m))
    chunks = [slice(at, min(at + size, n)) for at in range(0, n, size)]
    pay, variable = _slopes(whole, months, a)
    towards = _direction(pay, variable, errors)
    shared = np.random.default_rng([seed, 1]).standard_normal((len(towards.shared), draws))
    shift = _evened(towards, shared, chunks, draws, seed)
    shared = shared + towards.shared[:, None] * shift
    market, market_variable, together = np.split(shared, np.cumsum([errors.loads.keys, errors.variable_loads.keys]))
    by_month, by_team = np.zeros((draws, m)), np.zeros((draws, int(teams.max()) + 1))
    hazard = monthly_attrition(a.attrition)
    for i, some in enumerate(chunks):
        p = whole.take(some)
        own, reached = _personal(seed, i, some, draws)
        personal, spread = errors.personal[some, None], errors.personal_attainment[some, None]
        level = np.exp(errors.loads.moved(some, market) + personal * (own + towards.personal[some, None] * shift) - 0.5 * personal**2)
        luck = spread * (reached + towards.attainment[some, None] * shift) + errors.shared_attainment * together
        attained = level * np.exp(errors.variable_loads.moved(some, market_variable))
        attained = attained * np.where(spread > 0, np.exp(luck - 0.5 * (spread**2 + errors.shared_attainment**2)), 1.0)
        cash = level[:, :, None] * p.base[:, None, :] + attained[:, :, None] * p.variable[:, None, :]
        cost = total_of(p, cash, level * p.prior_base[:, None] + attained * p.prior_variable[:, None], months, a)
        if hazard:
            last = np.floor(np.maximum(p.start, 0.0))[:, None] + np.random.default_rng([seed, 3, i]).geometric(hazard, (len(p.base), draws)) - 1
            cost *= np.arange(m)[None, None, :] <= last[:, :, None]
        by_month += cost.sum(axis=0)
        np.add.at(by_team.T, teams[some], cost.sum(axis=2))
        if progress is not None:
            progress(len(p.base))
    return Drawn(by_month, by_team)


def _direction(pay: np.ndarray, variable: np.ndarray, errors: Errors) -> Direction:
    carries = errors.personal_attainment > 0
    together = errors.shared_attainment * variable[carries].sum()
    shared = np.concatenate([errors.loads.towards(pay), errors.variable_loads.towards(variable), [together]])
    return Direction(shared, errors.personal * pay, errors.personal_attainment * variable)


def _personal(seed: int, chunk: int, some: slice, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Each person's two normal draws, (people, draws) each; the same whenever asked for again."""
    found = np.random.default_rng([seed, 2, chunk]).standard_normal((2, some.stop - some.start, draws))
    return found[0], found[1]


def _evened(towards: Direction, shared: np.ndarray, chunks: Sequence[slice], draws: int, seed: int) -> np.ndarray:
    """What to add to every normal draw, times its own slope, so that their combination takes evenly spread values in its own order, (draws,)."""
    along = towards.shared @ shared
    length = sum(float((slopes**2).sum()) for slopes in towards)
    for i, some in enumerate(chunks):
        own, reached = _personal(seed, i, some, draws)
        along = along + towards.personal[some] @ own + towards.attainment[some] @ reached
    if length == 0:
        return np.zeros(draws)
    rank = np.argsort(np.argsort(along, kind="stable"), kind="stable")
    even = _normal_scores(draws)[rank] * math.sqrt(length)
    return np.asarray((even - along) / length)


def _normal_scores(n: int) -> np.ndarray:
    """Normal scores of n evenly spread ranks, (n,)."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((r + 0.5) / n) for r in range(n)])


def _slopes(p: Profile, months: Months, a: Assumptions) -> tuple[np.ndarray, np.ndarray]:
    """How the expected total of each position moves with its log pay, and with its log variable pay alone, (n,) each, USD."""
    step = 1e-4
    here = _totals(p, months, a)
    return (_totals(p, months, a, step, step) - here) / step, (_totals(p, months, a, 0.0, step) - here) / step


def analytic(positions: Positions, months: Months, a: Assumptions, errors: Errors) -> tuple[float, float, float]:
    """P10, P50 and P90 of the total by the delta method: a check beside the draws. A log-normal with the variance of shared and personal errors, marginal taxes at the plan's own figure."""
    p = profile_of(positions, months, a)
    pay, variable = _slopes(p, months, a)
    variance = sum(float((slopes**2).sum()) for slopes in _direction(pay, variable, errors)) + (_leaving(p, months, a) if a.attrition else 0.0)
    curve = 0.5 * float(errors.loads.variance @ pay + errors.variable_loads.variance @ variable)
    mean = float(_totals(p, months, a).sum()) + curve
    if mean <= 0:
        return 0.0, 0.0, 0.0
    log_sd = math.sqrt(math.log1p(variance / mean**2))
    middle = mean * math.exp(-log_sd * log_sd / 2)
    return middle * math.exp(SCORES[0] * log_sd), middle, middle * math.exp(SCORES[-1] * log_sd)


def _totals(p: Profile, months: Months, a: Assumptions, base_log: float = 0.0, variable_log: float = 0.0) -> np.ndarray:
    """Expected cost of each position over the plan, (n,), with base and variable moved a little in logs."""
    up, more = math.exp(base_log), math.exp(variable_log)
    cost = total_of(p, p.base * up + p.variable * more, p.prior_base * up + p.prior_variable * more, months, a)
    return np.asarray((cost * p.stays).sum(axis=1))


def _leaving(p: Profile, months: Months, a: Assumptions) -> float:
    """Variance of the total that comes of who leaves when, each alone."""
    upto = np.cumsum(total_of(p, p.base + p.variable, p.prior_base + p.prior_variable, months, a), axis=1)
    leaves = np.concatenate([p.stays[:, :-1] - p.stays[:, 1:], p.stays[:, -1:]], axis=1)
    mean = (leaves * upto).sum(axis=1)
    return float((leaves * (upto - mean[:, None]) ** 2).sum())
