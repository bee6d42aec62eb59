"""From recoded tables to a fitted model: anchors -> rows -> gradients -> spread -> tables.

`fit_model` does it all and returns the parts an artifact is written from; it is
deterministic (rows sorted, no randomness) and runs on one core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from compsvc import sources, vocabulary
from compsvc.features import FeatureSpec
from compsvc.fit import ageing, anchors, assemble, gradients, sizes, spread
from compsvc.fit.rows import SMALLEST_WORD_ROWS, Rows, fold_of, make_rows, make_spec, read_frames

__all__ = ["SMALLEST_WORD_ROWS", "Fitted", "fit_model"]

CROSS_FIT_FOLDS = 5
PUBLISHED_MIX_WEIGHT = 0.2
FILLED_CELL_ERROR = 0.06


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


def base_shares(datasets: Path, rows: Rows, spec: FeatureSpec) -> dict[str, dict[str, float]]:
    """Share of official wages that is base, by quota-carrying family and track; 1 for every other family.

    Published plan mixes are weak sources and count PUBLISHED_MIX_WEIGHT; what people
    state (base over base plus additional cash, blanks left out) counts the rest: plans
    overstate commissions in a whole occupation, self-reports understate them.
    """
    cuts = sources.read(datasets, "mix", "cuts").dropna(subset=["base_share_low"])
    stated = _stated_base_share(datasets)
    shares: dict[str, dict[str, float]] = {}
    for code, family in vocabulary.families().items():
        if not family.quota_carrying:
            continue
        shares[code] = {}
        for track in "PME":
            mine = cuts[cuts["family"].eq(code)]
            near = mine[mine["level"].str[0].eq(track)]
            used = near if len(near) else mine if len(mine) else cuts[cuts["family"].eq("account-management")]
            plan = float(np.average((used["base_share_low"] + used["base_share_high"]) / 2, weights=used["quality"]))
            people = stated.get((code, track), stated.get((code, "P"), 0.9))
            shares[code][track] = round(float(np.exp(PUBLISHED_MIX_WEIGHT * np.log(plan) + (1 - PUBLISHED_MIX_WEIGHT) * np.log(people))), 4)
    return shares


def _stated_base_share(datasets: Path) -> dict[tuple[str, str], float]:
    frames = [sources.read(datasets, source, "rows") for source in gradients.SURVEY_POPULATIONS]
    rows = pd.concat([f[~f["held_out"] & f["unusual"].eq("") & f["additional_usd"].notna()] for f in frames])
    share = rows["base_usd"] / (rows["base_usd"] + rows["additional_usd"].clip(lower=0))
    log_share = np.log(share.clip(lower=0.2))
    grouped = log_share.groupby([rows["family"], rows["level"].str[0]])
    return {key: float(np.exp(value)) for key, value in grouped.mean()[grouped.size() >= 15].items()}


def log_base_share(rows: Rows, shares: dict[str, dict[str, float]], spec: FeatureSpec) -> np.ndarray:
    """Log share of official wages that is base, for every row's family and track, (n_rows,)."""
    tracks = [spec.levels[i][0] if i >= 0 else "P" for i in rows.level]
    return np.log([shares[f][t] if f in shares else 1.0 for f, t in zip(rows.family, tracks, strict=True)])


def fit_model(datasets: Path, own: Sequence[str] = (), report: Callable[[str], None] = lambda _: None) -> Fitted:
    """Fit on every row that is not held out; `own` names datasets added with `compsvc data add`."""
    frames = read_frames(datasets, own)
    spec = make_spec(datasets, frames)
    rows = make_rows(frames, spec)
    report("official anchors")
    official = official_tables(datasets, spec, rows)
    shares = base_shares(datasets, rows, spec)
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
    scale = spread.fit(train, residual, spec)
    people = np.flatnonzero(np.isin(train.source, [i for i, p in enumerate(spec.populations) if p not in gradients.FILINGS]))
    tables = assemble.pay_tables(train.take(people), found, scale, official, spec)
    report("company size")
    curve = sizes.fit(datasets)
    return Fitted(spec, official, rows, row_anchors, found, scale, curve, tables, shares, residual)
