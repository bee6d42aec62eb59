"""Variable pay and total cash of held-out people, through the serving model, beside the ways people usually take.

Scored on held-out people of the survey who stated their additional cash (zero or
more). Variable pay is scored among those with any, since its range is said of
them; total cash among all. Money is scored in logs, as base is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from compsvc.evaluate.baselines import boosted_quantiles, cell_quantiles
from compsvc.evaluate.scores import by_slice, pinball, roles_of, scores, slices_of
from compsvc.features import QUANTILES, SCORES, Role
from compsvc.fit import TYPICAL_SD_SHARE, Fitted, ageing, joint
from compsvc.fit import variable as earned
from compsvc.fit.gradients import SURVEY_POPULATIONS
from compsvc.fit.rows import Rows
from compsvc.paymodel import PayModel

POPULATION = "survey-2023"
CALIBRATION_BINS = 8
ZERO_USD = 1.0
INPUTS = ("log_p50", "sd_base", "log_odds", "log_share", "sd_share")
ADDED = {"zeros counted": "our own percentiles added, zeros counted", "as returned": "our own percentiles added, as returned"}
DRAWS = 400
RESAMPLES = 1_000
SEED = 7


def predicted(model: PayModel, rows: Rows, fitted: Fitted, population: str) -> dict[str, np.ndarray]:
    """Log quantiles of base, variable (among those with any) and total, (n_rows, 5) each, and the joint model's inputs, (n_rows,)."""
    q = len(QUANTILES)
    found = {name: np.zeros((len(rows), q)) for name in ("base", "variable", "total")}
    inputs = {name: np.zeros(len(rows)) for name in ("log_p50", "sd_base", "log_odds", "log_share", "sd_share", "p_any", "shape")}
    for i, role in enumerate(roles_of(model, rows, fitted)):
        located = model.locate(role, float(rows.year[i]), population, model.families.get(rows.family[i]))
        variable, ote = _earned(model, role, located, rows.family[i])
        base = np.log(model.quantiles(located))
        found["base"][i] = base
        found["total"][i] = base + np.array(ote.uplift)
        found["variable"][i] = located.log_p50 + variable.log_share + np.array(ote.offsets)
        for name, value in (("log_p50", located.log_p50), ("sd_base", located.sd), ("p_any", variable.p_any)):
            inputs[name][i] = value
        for name in ("log_odds", "log_share", "sd_share", "shape"):
            inputs[name][i] = getattr(variable, name)
    return found | inputs


def _earned(model: PayModel, role: Any, located: Any, family: str) -> Any:
    found = model.earnings(role, located, family or None)
    assert found is not None
    return found


def earnings_card(model: PayModel, fitted: Fitted, area_names: Mapping[str, str]) -> dict[str, Any]:
    """Everything published about variable pay and total cash, as plain JSON."""
    rows, spec = fitted.rows, fitted.spec
    inside = rows.held_out & ~rows.unusual & (rows.source == spec.populations.index(POPULATION))
    stated = np.isfinite(rows.additional_usd)
    test = rows.take(np.flatnonzero(inside & stated))
    found = predicted(model, test, fitted, POPULATION)
    some = np.flatnonzero(test.additional_usd > 0)
    log_total = np.log(np.exp(test.log_base) + test.additional_usd)
    log_variable = np.log(test.additional_usd[some])
    slices = slices_of(test, fitted, area_names)
    guesses = _baselines(test, fitted, found)
    exact = np.zeros_like(found["total"])
    for k, shape in enumerate(fitted.variable.shapes):
        mine = found["shape"] == k
        exact[mine] = joint.uplift(found["sd_base"][mine], found["log_odds"][mine], found["log_share"][mine], found["sd_share"][mine], shape)
    return {
        "on": POPULATION,
        "people": {"held_out": int(inside.sum()), "stated": len(test), "with_any": len(some), "blank": int((inside & ~stated).sum())},
        "blank": {"stated_by_those_with": round(fitted.variable.states_with, 4), "stated_by_those_without": round(fitted.variable.states_without, 4)},
        "any": _any_scores(found["p_any"], test.additional_usd > 0, float((_train(fitted).additional_usd > 0).mean())),
        "variable": {
            "overall": scores(log_variable, found["variable"][some]),
            "slices": by_slice(log_variable, found["variable"][some], slices.iloc[some]),
            "calibration": _calibration(log_variable, found["variable"][some]),
        },
        "base": {"overall": scores(test.log_base, found["base"]), "calibration": _calibration(test.log_base, found["base"])},
        "total": {
            "overall": scores(log_total, found["total"]),
            "slices": by_slice(log_total, found["total"], slices),
            "calibration": _calibration(log_total, found["total"]),
            "baselines": {name: scores(log_total, guess) for name, guess in guesses.items()},
            "against_added": _against_added(log_total, found, guesses, fitted),
        },
        "by_year": _by_year(fitted),
        "grid": {
            "largest_log_difference": round(float(np.abs(exact - (found["total"] - found["base"])).max()), 5),
            "median": round(float(np.median(np.abs(exact - (found["total"] - found["base"])))), 6),
        },
        "reconciliation": reconciliation(model, fitted),
    }


def _train(fitted: Fitted) -> Rows:
    rows, spec = fitted.rows, fitted.spec
    surveys = [spec.populations.index(p) for p in SURVEY_POPULATIONS]
    return rows.take(np.flatnonzero(~rows.held_out & ~rows.unusual & np.isin(rows.source, surveys) & np.isfinite(rows.additional_usd)))


def _any_scores(p: np.ndarray, any_pay: np.ndarray, constant: float) -> dict[str, Any]:
    """Log loss of the chance of any variable pay, beside one chance for all, and predicted against seen by equal parts."""

    def loss(chance: np.ndarray) -> float:
        return round(float(-np.log(np.where(any_pay, chance, 1 - chance)).mean()), 4)

    parts = np.array_split(np.argsort(p, kind="stable"), CALIBRATION_BINS)
    return {
        "log_loss": loss(p),
        "log_loss_one_chance_for_all": loss(np.full_like(p, constant)),
        "calibration": [{"predicted": round(float(p[part].mean()), 3), "seen": round(float(any_pay[part].mean()), 3), "n": len(part)} for part in parts],
    }


def _calibration(log_pay: np.ndarray, guess: np.ndarray) -> list[dict[str, float]]:
    """Share of people at or below each predicted quantile."""
    return [{"nominal": q, "seen": round(float((log_pay <= guess[:, j]).mean()), 4)} for j, q in enumerate(QUANTILES)]


def _baselines(test: Rows, fitted: Fitted, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Log quantiles of total cash the usual ways, (n_test, 5) each."""
    train = _train(fitted)
    year = float(test.year[0])
    growth = ageing.log_growth(train.year, year)
    q = np.asarray(QUANTILES)
    base, extra = np.exp(train.log_base + growth), train.additional_usd * np.exp(growth)
    with_zeros = _variable_with_zeros(found, fitted)

    def added(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return np.asarray(np.logaddexp(first, second))

    def usd(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(np.maximum(values, ZERO_USD)))

    return {
        ADDED["zeros counted"]: added(found["base"], with_zeros),
        ADDED["as returned"]: added(found["base"], found["variable"]),
        "cell percentiles added": added(cell_quantiles(train, test, np.log(base), q), cell_quantiles(train, test, usd(extra), q)),
        "LightGBM percentiles added": added(boosted_quantiles(train, test, np.log(base), fitted, q), usd(boosted_quantiles(train, test, extra, fitted, q))),
        "LightGBM quantiles of total cash": boosted_quantiles(train, test, np.log(base + extra), fitted, q),
    }


def _variable_with_zeros(found: Mapping[str, np.ndarray], fitted: Fitted) -> np.ndarray:
    """Log quantiles of variable pay among everybody, those without it at ZERO_USD, (n, 5)."""
    inputs = np.stack([found[name] for name in INPUTS], axis=1)
    return np.stack([_with_zeros(fitted.variable.shapes[int(k)], row) for k, row in zip(found["shape"], inputs, strict=True)])


def _with_zeros(shape: joint.Shape, row: np.ndarray) -> np.ndarray:
    """Log quantiles of variable pay in one role, those without it at ZERO_USD, (5,); `row` holds INPUTS."""
    log_p50, sd, odds, share, sd_share = row
    p = 1 / (1 + np.exp(-(odds + shape.gamma * shape.base)))
    log_usd = log_p50 + share + (sd + shape.beta) * shape.base[:, None] + sd_share * shape.share
    values = np.concatenate([np.zeros(1), log_usd.ravel()])
    weights = np.concatenate([[(1 - p).sum()], np.repeat(p / len(shape.share), len(shape.share))])
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(weights[order]) / weights.sum()
    return np.asarray(values[order][np.searchsorted(upto, QUANTILES)])


def drawn_losses(rng: np.random.Generator, shape: joint.Shape, inputs: np.ndarray) -> np.ndarray:
    """Summed pinball losses of joint percentiles and of percentiles added, zeros counted and as returned, over people drawn from the joint distribution, (3,).

    `inputs` (n, 5) holds INPUTS, a role a row.
    """
    losses = np.zeros(3)
    for row in inputs:
        log_p50, sd, odds, share, sd_share = row
        r, e = rng.choice(shape.base, DRAWS), rng.choice(shape.share, DRAWS)
        some = rng.random(DRAWS) < 1 / (1 + np.exp(-(odds + shape.gamma * r)))
        base = log_p50 + sd * r
        total = np.where(some, np.logaddexp(base, log_p50 + share + (sd + shape.beta) * r + sd_share * e), base)
        at_sd, at_odds, at_share, at_width = (np.array([value]) for value in row[1:])
        quantiles = np.quantile(sd * shape.base, QUANTILES) + log_p50
        returned = log_p50 + share + joint.variable_offsets(at_sd, at_odds, at_width, shape)[0]
        right = quantiles + joint.uplift(at_sd, at_odds, at_share, at_width, shape)[0]
        for k, guess in enumerate((right, np.logaddexp(quantiles, _with_zeros(shape, row)), np.logaddexp(quantiles, returned))):
            losses[k] += pinball(total, np.broadcast_to(guess, (DRAWS, len(QUANTILES)))).mean()
    return losses


def _against_added(log_total: np.ndarray, found: Mapping[str, np.ndarray], guesses: Mapping[str, np.ndarray], fitted: Fitted) -> dict[str, dict[str, float]]:
    """Loss of the joint percentiles over that of our own added ones, less one: measured, with a 90 % interval by resampling people, and expected were the model exactly right."""
    rng = np.random.default_rng(SEED)
    inputs = np.stack([found[name] for name in INPUTS], axis=1)
    drawn = np.sum([drawn_losses(rng, shape, inputs[found["shape"] == k]) for k, shape in enumerate(fitted.variable.shapes)], axis=0)
    ours = pinball(log_total, found["total"])
    again = rng.integers(0, len(ours), (RESAMPLES, len(ours)))
    result = {}
    for k, (way, name) in enumerate(ADDED.items(), start=1):
        theirs = pinball(log_total, guesses[name])
        low, high = np.quantile(ours[again].sum(axis=1) / theirs[again].sum(axis=1) - 1, (0.05, 0.95))
        gains = {"measured": ours.sum() / theirs.sum() - 1, "low": low, "high": high, "were_the_model_right": drawn[0] / drawn[k] - 1}
        result[way] = {what: round(float(value), 4) for what, value in gains.items()}
    return result


def _by_year(fitted: Fitted) -> dict[str, dict[str, float | int]]:
    """Cross-fitted error of base pay by source and the year its people spoke, rows that are not held out."""
    rows = fitted.rows.take(np.flatnonzero(~fitted.rows.held_out & ~fitted.rows.unusual))
    years = pd.Series(np.floor(rows.year).astype(int))
    error = pd.Series(np.abs(np.expm1(-fitted.residual)))
    source = pd.Series([fitted.spec.populations[i] for i in rows.source])
    table = pd.DataFrame({"source": source, "year": years, "error": error}).groupby(["source", "year"])["error"]
    return {
        f"{name} {year}": {"n": int(n), "mdape": round(float(m), 4)}
        for (name, year), n, m in zip(table.size().index, table.size(), table.median(), strict=True)
        if n >= 50
    }


def reconciliation(model: PayModel, fitted: Fitted) -> dict[str, dict[str, dict[str, float]]]:
    """Served base with commissions paid on top over official wages, at P10, P50 and P90 of each quota-carrying family and track, nation.

    The official distribution is the log-normal of the family's occupations, the paid one lies between what people state and what plans promise.
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    for (family, track), plan in fitted.plans.items():
        mixture = model.titles.family_mixture(family, track, None)
        share, width = model.base_of(family, track)
        level = min(i for i, code in enumerate(fitted.spec.levels) if code[0] == track)
        role = Role(mixture=mixture, level=level, base_share=share, base_spread=width)
        located = model.locate(role, model.anchor_year, None, model.families[family])
        odds, paid_share = earned.paid(plan)
        up = joint.uplift(
            np.array([located.sd]), np.array([odds]), np.array([paid_share]), np.array([TYPICAL_SD_SHARE]), fitted.variable.shapes[earned.MIDDLE]
        )[0]
        base = np.log(model.quantiles(located)) - located.parts["level"]
        weight = {o: w for o, w in mixture}
        official = sum(w * fitted.official.log_median[o] for o, w in weight.items())
        spread = sum(w * fitted.official.log_spread[o] for o, w in weight.items())
        ratio = np.exp((base + up)[[0, 2, 4]] - official - spread * np.array([SCORES[0], SCORES[2], SCORES[4]]))
        found.setdefault(family, {})[track] = {name: round(float(value), 4) for name, value in zip(("p10", "p50", "p90"), ratio, strict=True)}
    return found
