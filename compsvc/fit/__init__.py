"""From recoded tables to a fitted model: anchors -> rows -> gradients -> spread -> variable pay -> tables -> swings.

`fit_model` does it all and returns the parts an artifact is written from; it is
deterministic (rows sorted, no randomness) and runs on one core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compsvc import sources
from compsvc.features import FeatureSpec
from compsvc.fit import ageing, anchors, assemble, gradients, joint, sizes, spread, swing
from compsvc.fit import variable as earned
from compsvc.fit.rows import SMALLEST_WORD_ROWS, Rows, fold_of, make_rows, make_spec, read_frames
from compsvc.paymodel import SLOPE_CENTRE

__all__ = ["SMALLEST_WORD_ROWS", "Fitted", "fit_model"]

CROSS_FIT_FOLDS = 5
TYPICAL_SD_SHARE = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """Everything the artifact and the accuracy card are made from."""

    spec: FeatureSpec
    official: assemble.Official
    rows: Rows
    row_anchors: gradients.Anchors
    gradients: gradients.Gradients
    spread: spread.Spread
    sizes: sizes.SizeCurve
    tables: dict[str, np.ndarray]
    base_shares: dict[str, dict[str, float]]
    residual: np.ndarray
    variable: earned.Variable
    plans: dict[tuple[str, str], earned.Plan]
    reconciled: dict[tuple[str, str], earned.Reconciled]
    swings: dict[str, dict[str, float]]
    plan_sd: float


def official_tables(datasets: Path, spec: FeatureSpec, rows: Rows) -> assemble.Official:
    """Official anchors from every cell; areas weigh as many people of the surveys live there."""
    nation = anchors.national(datasets)
    cells = anchors.area_cells(datasets)
    tables = anchors.fit_areas(cells, np.ones(len(cells.soc), bool), spec.area_states)
    area = anchors.area_effects(cells, tables, nation.log_mean)
    weights = np.bincount(rows.area[rows.area >= 0], minlength=len(spec.areas)) + 2.0
    codes, by_state = anchors.state_effects(area, spec.area_states, weights)
    state = np.zeros((len(spec.socs), len(spec.states)))
    for i, code in enumerate(spec.states):
        state[:, i] = by_state[:, codes.index(code)] if code in codes else 0.0
    sector_cells = anchors.sector_cells(datasets)
    fitted = anchors.fit_sectors(sector_cells, np.ones_like(sector_cells.hidden))
    sector = anchors.sector_effects(sector_cells, fitted, nation.log_median)
    error = np.sqrt((nation.mean_prse / 100.0) ** 2 + np.where(nation.published, 0.0, 0.05) ** 2 + 0.01**2)
    return assemble.Official(nation.log_median, nation.log_spread, error, area, state, sector, weights)


def quota_plans(datasets: Path, rows: Rows, spec: FeatureSpec) -> dict[tuple[str, str], earned.Plan]:
    """What people of the surveys state and what published plans promise, by quota-carrying family and track."""
    stated = rows.take(np.flatnonzero(_surveyed(rows, spec) & ~rows.held_out & ~rows.unusual))
    some = stated.additional_usd > 0
    log_share = np.where(some, np.log(np.maximum(stated.additional_usd, 1.0)) - stated.log_base, np.nan)
    states_with, _ = earned.blank_rates(stated.family, np.isnan(stated.additional_usd), some)
    return earned.plans(stated.family, _plan_tracks(stated, spec), some, log_share, sources.read(datasets, "mix", "cuts"), states_with)


def reconciliations(
    plans: dict[tuple[str, str], earned.Plan], rows: Rows, official: assemble.Official, spec: FeatureSpec, published_weight: float = earned.PUBLISHED_MIX_WEIGHT
) -> dict[tuple[str, str], earned.Reconciled]:
    """Base share and spread ratio of every quota-carrying family and track, at the official spread of its people's occupations."""
    tracks, shape = _plan_tracks(rows, spec), joint.normal_shape()
    spread_of = (rows.soc_weight * official.log_spread[np.maximum(rows.soc, 0)]).sum(axis=1) / np.maximum(rows.soc_weight.sum(axis=1), 1e-9)
    quota = np.isin(rows.family, sorted({family for family, _ in plans}))
    found = {}
    for (family, track), plan in plans.items():
        mine = (rows.family == family) & (tracks == earned.PLAN_TRACK[track])
        sd = float(np.median(spread_of[mine if mine.sum() >= earned.SMALLEST_CLASS else quota]))
        found[family, track] = earned.reconcile(plan, sd, TYPICAL_SD_SHARE, shape, published_weight)
    return found


def _surveyed(rows: Rows, spec: FeatureSpec) -> np.ndarray:
    return np.isin(rows.source, [spec.populations.index(p) for p in gradients.SURVEY_POPULATIONS])


def _tracks(rows: Rows, spec: FeatureSpec) -> np.ndarray:
    return np.array([spec.levels[i][0] if i >= 0 else "P" for i in rows.level])


def _plan_tracks(rows: Rows, spec: FeatureSpec) -> np.ndarray:
    return np.array([earned.PLAN_TRACK[track] for track in _tracks(rows, spec)])


def log_base_share(rows: Rows, shares: dict[str, dict[str, float]], spec: FeatureSpec) -> np.ndarray:
    """Log share of official wages that is base, for every row's family and track, (n_rows,)."""
    return np.log([shares[f][t] if f in shares else 1.0 for f, t in zip(rows.family, _tracks(rows, spec), strict=True)])


def stated_people(
    rows: Rows, residual: np.ndarray, known: np.ndarray, scale: spread.Spread, growth: np.ndarray, spec: FeatureSpec
) -> tuple[earned.Stated, dict[str, int]]:
    """(survey people who stated their additional cash, sizes of their blocks) among fitted rows with cross-fitted residuals, whole and with what empty fields add taken out, (n_rows,)."""
    at = np.flatnonzero(_surveyed(rows, spec) & np.isfinite(rows.additional_usd))
    chosen = rows.take(at)
    some = chosen.additional_usd > 0
    groups = np.array(spec.group_of())
    main = chosen.soc[:, 0]
    families = gradients.family_codes()
    codes = {
        "level": chosen.level,
        "industry": chosen.industry,
        "group": np.where(main >= 0, groups[np.maximum(main, 0)], -1),
        "family": np.array([families.get(f, -1) for f in chosen.family]),
        "occupation": main,
    }
    sizes = {"level": len(spec.levels), "industry": len(spec.industries), "group": len(spec.groups), "family": len(families), "occupation": len(spec.socs)}
    people = earned.Stated(
        any=some,
        log_share=np.where(some, np.log(np.maximum(chosen.additional_usd, 1.0)) - chosen.log_base, np.nan),
        residual=known[at] / np.exp(0.5 * spread.log_variance(chosen, scale, spec)),
        log_base=chosen.log_base - residual[at] - growth[at] - SLOPE_CENTRE,
        later=(chosen.source == spec.populations.index(gradients.SURVEY_POPULATIONS[-1])).astype(float),
        weight=chosen.weight.astype(float),
        codes=codes,
    )
    return people, sizes


def fit_model(datasets: Path, own: Sequence[str] = (), report: Callable[[str], None] = lambda _: None) -> Fitted:
    """Fit on every row that is not held out; `own` names datasets added with `compsvc data add`."""
    frames = read_frames(datasets, own)
    spec = make_spec(datasets, frames)
    rows = make_rows(frames, spec)
    report("official anchors")
    official = official_tables(datasets, spec, rows)
    plans = quota_plans(datasets, rows, spec)
    reconciled = reconciliations(plans, rows, official, spec)
    shares: dict[str, dict[str, float]] = {}
    for (family, track), made in reconciled.items():
        shares.setdefault(family, {})[track] = made.base_share
    growth = ageing.log_growth(ageing.decimal_year(anchors.ANCHOR_ON), rows.year)
    row_anchors = assemble.anchors_of(rows, official, growth, log_base_share(rows, shares, spec))
    fitting = np.flatnonzero(~rows.held_out & ~rows.unusual)
    train, train_anchors = rows.take(fitting), row_anchors.take(fitting)
    residual = np.zeros(len(train))
    fold = fold_of(train, CROSS_FIT_FOLDS)
    for k in range(CROSS_FIT_FOLDS):
        report(f"cross-fitting, fold {k + 1} of {CROSS_FIT_FOLDS}")
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        found = gradients.fit(train.take(inside), train_anchors.take(inside), spec)
        test = train.take(outside)
        residual[outside] = test.log_base - gradients.population_log_pay(test, train_anchors.take(outside), found, spec)
    report("gradients")
    found = gradients.fit(train, train_anchors, spec)
    report("spread and calibration")
    people = np.flatnonzero(np.isin(train.source, [i for i, p in enumerate(spec.populations) if p not in gradients.FILINGS]))
    variances = assemble.centred(train.take(people), found, official, spec).variances
    known = spread.known_residual(residual, assemble.unknown_variance(train, variances))
    scale = spread.fit(train, known, spec)
    tables = assemble.pay_tables(train.take(people), found, scale, official, spec)
    report("variable pay")
    stated, block_sizes = stated_people(train, residual, known, scale, growth[fitting], spec)
    surveyed = train.take(np.flatnonzero(_surveyed(train, spec)))
    blank = earned.blank_rates(surveyed.family, np.isnan(surveyed.additional_usd), surveyed.additional_usd > 0)
    part = earned.fit(stated, block_sizes, ("industry",), stated.later > 0, blank, shape_block="industry")
    tables |= assemble.variable_tables(train.take(people), part, spec) | joint.tables(part.shapes)
    moved, swings = swing.fit(train, train_anchors, found, tables, scale, official, spec, report)
    tables |= moved | swing.variable_swings(stated, block_sizes, part, spec, gradients.SURVEY_POPULATIONS)
    report("company size")
    curve = sizes.fit(datasets)
    plan_sd = earned.plan_sd(sources.read(datasets, "mix", "cuts"))
    return Fitted(spec, official, rows, row_anchors, found, scale, curve, tables, shares, residual, part, plans, reconciled, swings, plan_sd)
