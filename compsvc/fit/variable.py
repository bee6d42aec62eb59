"""Variable pay in two parts: whether a role has any, and its share of base given that it has.

Each part is a pooled regression on people who stated their additional cash
(ridge = normal random effects with known variance ratio, so a thin family
borrows from all), then a statsmodels GLM and WLS of its core effects given the
pooled ones, for their standard errors. A blank answer is neither zero nor
missing for sure: how often people with and without variable pay leave the field
blank is estimated from how blanks and amounts vary together over families.

What people state is paid cash. Plans of quota-carrying families enter as cuts,
weak sources weighted so; they move the target, never what was paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import sparse
from sklearn.linear_model import Ridge

from compsvc import vocabulary
from compsvc.errors import FitDidNotConverge, TooFewRows
from compsvc.fit import joint
from compsvc.fit.gradients import one_hot

# Prior standard deviation of each block's effects on the log odds of any variable pay and on the log share.
PRIOR_SD: Mapping[str, float] = {"level": 0.5, "industry": 0.7, "group": 0.5, "family": 0.5, "occupation": 0.3}
PENALTY = 2.0
LOGIT_STEPS = 8
SMALLEST_FIT = 300
SMALLEST_CLASS = 10
SMALLEST_SPREAD_CLASS = 60
SPREAD_ROWS = 150.0
SMALLEST_SHAPE_CLASS = 200
SHAPE_GAP = 0.07
WIDTH_80 = 2 * 1.2815515655446004
SMALLEST_BLANK_CELL = 50
PUBLISHED_MIX_WEIGHT = 0.2
CUT_SD = {1: 0.35, 2: 0.25, 3: 0.15}
CUT_PEOPLE = 50.0
LARGEST_CHANCE = 0.98
FAMILY_SD = 0.3
SMALLEST_PLAN_SD = 0.35
# Managers and executives share one plan: published cuts do not tell them apart, and a step up must not cost anybody a smaller share.
PLAN_TRACK = {"P": "P", "M": "M", "E": "M"}
N_SHAPES, MIDDLE = 3, 1


@dataclass(frozen=True, slots=True)
class Stated:
    """People who stated their additional cash; every array has shape (n,).

    `residual` is the standardised base residual, `log_base` the predicted log base at the anchor
    date less the model's centre, `log_share` log of additional over base (NaN for none), `codes`
    the index of each person in every block (-1 unknown).
    """

    any: np.ndarray
    log_share: np.ndarray
    residual: np.ndarray
    log_base: np.ndarray
    later: np.ndarray
    weight: np.ndarray
    codes: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.any)


@dataclass(frozen=True, slots=True)
class Part:
    """One fitted part: constant, effect of the later survey, of the log base, of the residual, effects by block, and standard errors."""

    constant: float
    later: float
    slope: float
    on_residual: float
    effects: Mapping[str, np.ndarray]
    standard_error: Mapping[str, float]
    effective_n: Mapping[str, np.ndarray]
    information: Mapping[str, np.ndarray]
    noise_sd: float

    def error_of(self, block: str, prior_sd: float) -> np.ndarray:
        """Standard error of the predictor at each code of a block: what its people and the prior (PENALTY over its variance) tell together."""
        return np.asarray(1 / np.sqrt(self.information[block] + PENALTY / (prior_sd * self.noise_sd) ** 2))

    def predict(self, people: Stated) -> np.ndarray:
        """Linear predictor of each person at a base residual of zero, (n,)."""
        total = self.constant + self.later * people.later + self.slope * people.log_base
        for name, effect in self.effects.items():
            code = people.codes[name]
            total = total + np.where(code >= 0, effect[np.maximum(code, 0)], 0.0)
        return np.asarray(total)


@dataclass(frozen=True, slots=True)
class Variable:
    """Both parts, the spread of the log share by block, the joint shapes with the class of every code, and how blanks are read."""

    any: Part
    share: Part
    sd: float
    log_sd: Mapping[str, np.ndarray]
    shapes: tuple[joint.Shape, ...]
    shape_of: np.ndarray
    states_with: float
    states_without: float

    def sd_of(self, codes: Mapping[str, np.ndarray]) -> np.ndarray:
        """Standard deviation of the log share of each person, (n,)."""
        total = np.log(self.sd)
        for name, effect in self.log_sd.items():
            code = codes[name]
            total = total + np.where(code >= 0, effect[np.maximum(code, 0)], 0.0)
        return np.exp(total)


def _design(people: Stated, sizes: Mapping[str, int], prior_sd: Mapping[str, float]) -> sparse.csr_matrix:
    n = len(people)
    parts = [sparse.csr_matrix(np.c_[np.ones(n), people.later, people.log_base, people.residual]) * 10.0]
    for name, size in sizes.items():
        code = people.codes[name]
        enough = np.bincount(code[code >= 0], minlength=size) >= SMALLEST_CLASS
        parts.append(one_hot(code, size) @ sparse.diags(enough * prior_sd[name]))
    return sparse.hstack(parts).tocsr()


def _ridge(matrix: sparse.csr_matrix, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    model = Ridge(alpha=PENALTY, solver="lsqr", tol=1e-8, fit_intercept=False, max_iter=4000)
    coefficients = np.asarray(model.fit(matrix, target, sample_weight=weight).coef_)
    if not np.isfinite(coefficients).all():
        raise FitDidNotConverge("a pooled regression of variable pay gave a non-finite coefficient")
    return coefficients


def _logit(matrix: sparse.csr_matrix, any_pay: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Penalised logistic coefficients by iterated weighted least squares (McCullagh and Nelder 1989, 2.5)."""
    coefficients = np.zeros(matrix.shape[1])
    for _ in range(LOGIT_STEPS):
        linear = matrix @ coefficients
        p = 1 / (1 + np.exp(-linear))
        variance = np.clip(p * (1 - p), 0.01, None)
        coefficients = _ridge(matrix, linear + (any_pay - p) / variance, weight * variance)
    return coefficients


def _part(
    people: Stated,
    coefficients: np.ndarray,
    sizes: Mapping[str, int],
    prior_sd: Mapping[str, float],
    error: Mapping[str, float],
    per_person: np.ndarray,
    noise_sd: float,
) -> Part:
    """`per_person` is each person's Fisher information about the linear predictor, (n,)."""
    effects, counts, information, at = {}, {}, {}, 4
    for name, size in sizes.items():
        effects[name] = coefficients[at : at + size] * prior_sd[name]
        code = people.codes[name]
        counts[name] = np.bincount(code[code >= 0], people.weight[code >= 0], minlength=size)
        information[name] = np.bincount(code[code >= 0], (people.weight * per_person)[code >= 0], minlength=size)
        effects[name] = np.where(np.bincount(code[code >= 0], minlength=size) >= SMALLEST_CLASS, effects[name], 0.0)
        at += size
    constant, later, slope, on_residual = (float(c) * 10.0 for c in coefficients[:4])
    return Part(constant, later, slope, on_residual, effects, error, counts, information, noise_sd)


def fit(
    people: Stated,
    sizes: Mapping[str, int],
    spread_blocks: tuple[str, ...],
    shape_people: np.ndarray,
    blank: tuple[float, float],
    prior_sd: Mapping[str, float] = PRIOR_SD,
    shape_block: str | None = None,
) -> Variable:
    """Both parts from people who stated their additional cash.

    `sizes` names the blocks and their numbers of codes, `shape_people` marks the people whose standardised
    base residuals the joint shape is made of, `blank` is `blank_rates`' answer; codes of `shape_block` fall into
    three classes by how steeply variable pay rises with base. Raises TooFewRows or FitDidNotConverge.
    """
    some = np.flatnonzero(people.any)
    if len(some) < SMALLEST_FIT:
        raise TooFewRows(f"{len(some)} people with variable pay; a fit needs at least {SMALLEST_FIT}")
    matrix = _design(people, sizes, prior_sd)
    odds = _logit(matrix, people.any.astype(float), people.weight)
    share = _ridge(matrix[some], people.log_share[some], people.weight[some])
    rest = people.log_share[some] - matrix[some] @ share
    any_error, share_error = _standard_errors(people, matrix @ odds, people.residual, matrix @ share)
    log_sd: dict[str, np.ndarray] = {}
    standard, spread_of = rest.copy(), np.zeros(len(some))
    for name in spread_blocks:
        log_sd[name] = _log_widths(standard, people.codes[name][some], sizes[name])
        code = people.codes[name][some]
        wider = np.where(code >= 0, log_sd[name][np.maximum(code, 0)], 0.0)
        standard, spread_of = standard / np.exp(wider), spread_of + wider
    sd = _width(standard) / WIDTH_80
    chance = 1 / (1 + np.exp(-(matrix @ odds)))
    any_part = _part(people, odds, sizes, prior_sd, any_error, chance * (1 - chance), 1.0)
    share_part = _part(take(people, some), share, sizes, prior_sd, share_error, 1 / (sd * np.exp(spread_of)) ** 2, sd)
    codes = people.codes[shape_block] if shape_block else np.zeros(len(people), int)
    away = rest + share_part.on_residual * people.residual[some]
    scale = sd * np.exp(spread_of)
    steepness = _steepness(away, people.residual[some], people.weight[some], codes[some], sizes[shape_block] if shape_block else 1, share_part.on_residual)
    member = np.where(codes >= 0, steepness[np.maximum(codes, 0)], MIDDLE)
    offset = matrix @ odds - any_part.on_residual * people.residual
    shapes = []
    for k in range(N_SHAPES if shape_block else 1):
        mine = member == (k if shape_block else MIDDLE)
        if mine[some].sum() < SMALLEST_SHAPE_CLASS:
            shapes.append(joint.shape_of(people.residual[shape_people], standard / sd, any_part.on_residual, share_part.on_residual))
            continue
        inside = mine[some]
        beta = _slope(away[inside], people.residual[some][inside], people.weight[some][inside])[0]
        exog = np.c_[np.ones(mine.sum()), people.residual[mine]]
        glm = sm.GLM(people.any[mine].astype(float), exog, family=sm.families.Binomial(), offset=offset[mine], freq_weights=people.weight[mine]).fit()
        shares = ((away - beta * people.residual[some]) / scale)[inside]
        shapes.append(joint.shape_of(people.residual[mine & shape_people], shares, float(glm.params[1]), beta))
    return Variable(any_part, share_part, sd, log_sd, tuple(shapes), steepness, *blank)


def _slope(y: np.ndarray, x: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """(slope, its standard error) of y on x."""
    found = sm.WLS(y, sm.add_constant(x), weights=weight).fit()
    return float(found.params[1]), float(found.bse[1])


def _steepness(y: np.ndarray, residual: np.ndarray, weight: np.ndarray, code: np.ndarray, size: int, pooled: float) -> np.ndarray:
    """Class of each code by its shrunken slope of log share on the base residual: 0 flatter than all people's by SHAPE_GAP, 1 like them, 2 steeper."""
    found = np.full(size, MIDDLE)
    slopes = {c: _slope(y[code == c], residual[code == c], weight[code == c]) for c in range(size) if (code == c).sum() >= SMALLEST_SHAPE_CLASS}
    if len(slopes) < 3:
        return found
    values, errors = (np.array(v) for v in zip(*slopes.values(), strict=True))
    between = max(float(values.var() - (errors**2).mean()), 1e-6)
    shrunk = pooled + (values - pooled) * between / (between + errors**2)
    for c, slope in zip(slopes, shrunk, strict=True):
        found[c] = 0 if slope < pooled - SHAPE_GAP else 2 if slope > pooled + SHAPE_GAP else MIDDLE
    return found


def take(people: Stated, at: np.ndarray) -> Stated:
    """Some of the people, in order."""
    one = {name: getattr(people, name)[at] for name in ("any", "log_share", "residual", "log_base", "later", "weight")}
    return Stated(**one, codes={name: code[at] for name, code in people.codes.items()})


def _width(values: np.ndarray) -> float:
    low, high = np.quantile(values, (0.1, 0.9))
    return float(high - low)


def _log_widths(values: np.ndarray, code: np.ndarray, size: int) -> np.ndarray:
    """Log of the middle 80 %'s width in each class over that of all, shrunk by SPREAD_ROWS; 0 under SMALLEST_SPREAD_CLASS."""
    out, whole = np.zeros(size), _width(values)
    for c in range(size):
        inside = values[code == c]
        if len(inside) >= SMALLEST_SPREAD_CLASS:
            out[c] = np.log(_width(inside) / whole) * len(inside) / (len(inside) + SPREAD_ROWS)
    return out


def _standard_errors(people: Stated, log_odds: np.ndarray, residual: np.ndarray, log_share: np.ndarray) -> tuple[dict[str, float], dict[str, float]]:
    """Standard errors of constant, log-base slope and residual slope, given the pooled effects as offset (statsmodels GLM and WLS); of those that vary."""
    columns = {"constant": np.ones(len(people)), "slope": people.log_base, "on_residual": residual}
    columns = {name: column for name, column in columns.items() if name == "constant" or np.ptp(column) > 0}
    exog = np.column_stack(list(columns.values()))
    glm = sm.GLM(people.any.astype(float), exog, family=sm.families.Binomial(), offset=log_odds, freq_weights=people.weight).fit()
    if not glm.converged:
        raise FitDidNotConverge("the model of any variable pay did not converge")
    some = people.any
    wls = sm.WLS((people.log_share - log_share)[some], exog[some], weights=people.weight[some]).fit()
    return dict(zip(columns, map(float, glm.bse), strict=True)), dict(zip(columns, map(float, wls.bse), strict=True))


def blank_rates(family: np.ndarray, blank: np.ndarray, any_pay: np.ndarray) -> tuple[float, float]:
    """(chance that somebody with variable pay states it, chance that somebody without states zero).

    If both chances are the same everywhere, the blank rate of a family is a straight line in its rate
    of stated amounts: blank = (1 - b) + amounts * (b - a) / a. Fitted by weighted least squares over
    families of SMALLEST_BLANK_CELL people or more; (1, 1) where there are fewer than three.
    """
    frame = (
        pd.DataFrame({"family": family, "blank": blank, "some": any_pay})
        .groupby("family")
        .agg(n=("blank", "size"), blank=("blank", "mean"), some=("some", "mean"))
    )
    frame = frame[(frame["n"] >= SMALLEST_BLANK_CELL) & (frame.index != "")]
    if len(frame) < 3:
        return 1.0, 1.0
    line = sm.WLS(frame["blank"], sm.add_constant(frame["some"]), weights=frame["n"]).fit().params
    b = float(np.clip(1 - line["const"], 0.05, 1.0))
    a = float(np.clip(b / (1 + line["some"]), 0.05, 1.0)) if line["some"] > -1 else 1.0
    return a, b


@dataclass(frozen=True, slots=True)
class Plan:
    """One quota-carrying family and track: what people were paid and what plans promise, as chance of any and log variable over base."""

    p_stated: float
    log_share_stated: float
    p_target: float
    log_share_target: float
    error: float


def plans(
    family: np.ndarray, track: np.ndarray, any_pay: np.ndarray, log_share: np.ndarray, cuts: pd.DataFrame, states_with: float = 1.0
) -> dict[tuple[str, str], Plan]:
    """The plan of every quota-carrying family and track.

    `any_pay` is stated amounts; people with variable pay state it with chance `states_with`. Shares are shrunk to the
    mean of all quota-carrying people. A published mix says that the job as such carries variable pay: it counts as
    CUT_PEOPLE people with a plan for each point of its quality.
    A cut's log share is the family's target plus noise by its quality; targets are stated shares plus a
    common understatement plus a family's own deviation (sd FAMILY_SD), so a family without cuts gets the common one.
    """
    quota = {c for c, f in vocabulary.families().items() if f.quota_carrying}
    inside = np.isin(family, sorted(quota))
    pool_p, pool_share = float(any_pay[inside].mean()) / states_with, float(np.nanmean(log_share[inside & any_pay]))
    stated: dict[tuple[str, str], tuple[float, float, int]] = {}
    for code in sorted(quota):
        for letter in sorted(set(PLAN_TRACK.values())):
            here = (family == code) & (track == letter)
            some = here & any_pay
            p = min((any_pay[here].sum() / states_with + 20 * pool_p) / (here.sum() + 20), LARGEST_CHANCE)
            share = (np.nansum(log_share[some]) + 20 * pool_share) / (some.sum() + 20)
            stated[code, letter] = float(p), float(share), int(here.sum())
    cuts = cuts.dropna(subset=["base_share_low"]).copy()
    middle = (cuts["base_share_low"] + cuts["base_share_high"]) / 2
    cuts["log_share"] = np.log((1 - middle) / middle)
    cuts["sd"] = cuts["quality"].map(CUT_SD)
    cuts["above"] = [v - stated[f, PLAN_TRACK[lv[0]]][1] for f, lv, v in zip(cuts["family"], cuts["level"], cuts["log_share"], strict=True)]
    weight = 1 / (cuts["sd"] ** 2 + FAMILY_SD**2)
    common = float((cuts["above"] * weight).sum() / weight.sum())
    common_error = float(weight.sum() ** -0.5)
    found = {}
    for (code, letter), (p, share, n) in stated.items():
        mine = cuts[cuts["family"].eq(code)]
        near = mine[mine["level"].str[0].map(PLAN_TRACK).eq(letter)]
        used = near if len(near) else mine
        precision = float((1 / used["sd"] ** 2).sum()) + 1 / FAMILY_SD**2
        own = float(((used["above"] - common) / used["sd"] ** 2).sum()) / precision
        promised = CUT_PEOPLE * float(used["quality"].sum())
        target = min((p * n + promised + pool_p) / (n + promised + 1.0), LARGEST_CHANCE)
        error = float(np.sqrt(1 / precision + common_error**2))
        found[code, letter] = Plan(p, share, target, max(share + common + own, share), error)
    return {(code, letter): found[code, PLAN_TRACK[letter]] for code, _ in found for letter in PLAN_TRACK}


def plan_sd(cuts: pd.DataFrame) -> float:
    """Spread of the log target share between plans of one family: published ranges read as quartiles, and gaps between cuts."""
    cuts = cuts.dropna(subset=["base_share_low"])
    low, high = cuts["base_share_low"], cuts["base_share_high"]
    width = np.log((1 - low) / low) - np.log((1 - high) / high)
    middle = np.log((1 - (low + high) / 2) / ((low + high) / 2))
    between = (middle - middle.groupby(cuts["family"]).transform("mean")) ** 2
    return float(max(SMALLEST_PLAN_SD, np.sqrt((width.mean() / 1.349) ** 2 + between.mean())))


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What makes base plus commissions paid the official distribution: base over official wage at the median, and spread of log base over the official one."""

    base_share: float
    spread_ratio: float


def paid(plan: Plan, published_weight: float = PUBLISHED_MIX_WEIGHT) -> tuple[float, float]:
    """(log odds, log share) of variable pay that was paid: between what people state and what plans promise, which count `published_weight`."""
    share = (1 - published_weight) * plan.log_share_stated + published_weight * plan.log_share_target
    return float(np.log(plan.p_stated / (1 - plan.p_stated))), share


def reconcile(plan: Plan, sd_official: float, sd_share: float, shape: joint.Shape, published_weight: float = PUBLISHED_MIX_WEIGHT) -> Reconciled:
    """Base share and spread ratio of one family and track whose official wages spread by `sd_official` in logs.

    Official wages hold base and commissions paid (OEWS technical notes), so base is what commissions leave of them:
    the base spread whose total is as wide from P10 to P90 as official wages, and the base median that puts the total's there.
    """
    odds, share = paid(plan, published_weight)
    tried = np.linspace(0.3, 1.0, 29) * sd_official
    up = joint.uplift(tried, np.full(29, odds), np.full(29, share), np.full(29, sd_share), shape)
    low, high = np.quantile(shape.base, (0.1, 0.9))
    widths = tried * (high - low) + up[:, 4] - up[:, 0]
    sd_base = float(np.interp(sd_official * (high - low), widths, tried))
    middle = float(np.interp(sd_base, tried, up[:, 2]))
    return Reconciled(round(float(np.exp(-middle)), 4), round(sd_base / sd_official, 4))
