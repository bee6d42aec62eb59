"""Gradients: how level, experience, industry, place, work mode, title words and source move pay around the anchor.

One sparse least-squares problem with a prior per block (ridge = normal random
effects with known variance ratio, so a thin cell borrows from its parents),
Huber weights against misreported pay, then a WLS of the core effects (level,
experience, work mode, source) given the pooled ones, for their standard errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import sparse
from sklearn.linear_model import Ridge

from compsvc import vocabulary
from compsvc.errors import FitDidNotConverge, TooFewRows
from compsvc.features import EXPERIENCE_KNOTS, FeatureSpec
from compsvc.fit.rows import Rows
from compsvc.paymodel import SLOPE_CENTRE, phrase_industry_key

# Prior standard deviation of each block relative to the residual (chosen by cross-validation on rows that are not held out).
BLOCKS: Mapping[str, float] = {
    "population": 2.0,
    "anchor_slope": 1.5,
    "level": 1.0,
    "experience": 1.0,
    "mode": 0.7,
    "industry": 0.35,
    "area": 0.25,
    "soc": 0.7,
    "word": 0.6,
    "level_soc": 0.5,
    "industry_group": 0.4,
    "industry_soc": 0.5,
    "experience_industry": 0.15,
    "mode_group": 0.3,
    "area_group": 0.3,
    "state_industry": 0.15,
    "family_industry": 0.2,
    "phrase": 0.25,
    "phrase_industry": 0.3,
    "word_sector": 0.2,
    "population_group": 0.5,
    "population_level": 0.4,
    "population_soc": 0.4,
}
PENALTY = 1.5
HUBER_WIDTH = 2.0
HUBER_STEPS = 2
SMALLEST_FIT = 500
SMALLEST_PHRASE_ROWS = 3
SURVEY_POPULATIONS = ("survey-2021", "survey-2023")
KEYED = ("phrase", "phrase_industry")
FILINGS = ("lca", "aijobs")


@dataclass(frozen=True, slots=True)
class Anchors:
    """Parts of each row's official anchor in log pay, (n_rows,): nation, area, sector, ageing."""

    national: np.ndarray
    area: np.ndarray
    sector: np.ndarray
    ageing: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Log official pay of each row's role at the row's date."""
        return self.national + self.area + self.sector + self.ageing

    def take(self, at: np.ndarray) -> Anchors:
        """The anchors of some rows."""
        return Anchors(self.national[at], self.area[at], self.sector[at], self.ageing[at])


@dataclass(frozen=True, slots=True)
class Gradients:
    """Fitted effects by block: arrays indexed by the spec's codes, and `phrase_industry` by 64-bit key."""

    tables: dict[str, np.ndarray]
    phrases: dict[int, float]
    standard_errors: dict[str, np.ndarray]
    n_rows: int


class Design:
    """Sparse columns of every block for a set of rows, with the layout to read coefficients back."""

    def __init__(self, rows: Rows, anchors: Anchors, spec: FeatureSpec) -> None:
        self.spec = spec
        self._rows = rows
        n = len(rows)
        groups = np.array(spec.group_of())
        n_group, n_level, n_knot, n_mode = len(spec.groups), len(spec.levels), len(EXPERIENCE_KNOTS), len(spec.modes)
        n_industry, n_area, n_soc, n_sector, n_pop = len(spec.industries), len(spec.areas), len(spec.socs), len(spec.sectors), len(spec.populations)
        families = family_codes()
        survey = np.isin(rows.source, [i for i, p in enumerate(spec.populations) if p not in FILINGS])
        area = np.where(survey, rows.area, -1)
        family = np.array([families.get(f, -1) for f in rows.family])
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.parts: dict[str, sparse.csr_matrix] = {}
        slopes = np.c_[anchors.national - SLOPE_CENTRE, anchors.area, anchors.sector] * survey[:, None]
        self._add("population", one_hot(rows.source, n_pop), (n_pop,))
        self._add("anchor_slope", sparse.csr_matrix(slopes), (3,))
        self._add("level", one_hot(rows.level, n_level), (n_level,))
        self._add("experience", one_hot(rows.knot, n_knot), (n_knot,))
        self._add("mode", one_hot(rows.mode, n_mode), (n_mode,))
        self._add("industry", one_hot(rows.industry, n_industry), (n_industry,))
        self._add("area", one_hot(area, n_area), (n_area,))
        self._add("soc", self._mix(None, 1, None), (n_soc,))
        self._add("word", self._words(None, 1), (len(spec.words),))
        self._add("level_soc", self._mix(rows.level, n_level, None), (n_soc, n_level))
        self._add("industry_group", self._mix(rows.industry, n_industry, groups), (n_group, n_industry))
        self._add("industry_soc", self._mix(rows.industry, n_industry, None), (n_soc, n_industry))
        self._add("experience_industry", _cross(rows.industry, rows.knot, n_industry, n_knot), (n_industry, n_knot))
        self._add("mode_group", self._mix(rows.mode, n_mode, groups), (n_group, n_mode))
        self._add("area_group", self._mix(area, n_area, groups), (n_group, n_area))
        self._add("state_industry", _cross(np.where(survey, rows.state, -1), rows.industry, len(spec.states), n_industry), (len(spec.states), n_industry))
        self._add("family_industry", _cross(family, rows.industry, len(families), n_industry), (len(families), n_industry))
        self._add("word_sector", self._words(rows.sector, n_sector), (len(spec.words), n_sector))
        self._add("population_group", self._mix(rows.source, n_pop, groups), (n_group, n_pop))
        self._add("population_level", _cross(rows.source, rows.level, n_pop, n_level), (n_pop, n_level))
        self._add("population_soc", self._mix(rows.source, n_pop, None), (n_soc, n_pop))
        self.keys: dict[str, np.ndarray] = {}
        self._keyed("phrase", rows.phrase)
        self._keyed("phrase_industry", phrase_keys(rows))
        assert all(part.shape[0] == n for part in self.parts.values())

    def _add(self, name: str, matrix: sparse.csr_matrix, shape: tuple[int, ...]) -> None:
        self.parts[name] = matrix
        self.shapes[name] = shape

    def _keyed(self, name: str, keys: np.ndarray) -> None:
        counts = pd.Series(keys).map(pd.Series(keys).value_counts()).to_numpy()
        known, codes = np.unique(np.where(counts < SMALLEST_PHRASE_ROWS, 0, keys).astype("uint64"), return_inverse=True)
        if len(known) and known[0] == 0:
            known, codes = known[1:], codes - 1
        self.keys[name] = known
        self._add(name, one_hot(codes, len(known)), (len(known),))

    def _mix(self, code: np.ndarray | None, size: int, groups: np.ndarray | None) -> sparse.csr_matrix:
        rows = self._rows
        n, k = rows.soc.shape
        at = np.repeat(np.arange(n), k)
        soc, weight = rows.soc.ravel(), rows.soc_weight.ravel()
        key = soc if groups is None else np.where(soc >= 0, groups[np.maximum(soc, 0)], -1)
        n_key = len(self.spec.socs) if groups is None else len(self.spec.groups)
        keep = (soc >= 0) & (weight > 0)
        if code is not None:
            other = np.repeat(code, k)
            keep &= other >= 0
            key = key * size + other
            n_key *= size
        return sparse.csr_matrix((weight[keep], (at[keep], key[keep])), shape=(n, n_key))

    def _words(self, code: np.ndarray | None, size: int) -> sparse.csr_matrix:
        pairs = [(i, w if code is None else w * size + code[i]) for i, words in enumerate(self._rows.words) for w in words if code is None or code[i] >= 0]
        at, key = (np.array(x) for x in zip(*pairs, strict=True)) if pairs else (np.array([], int), np.array([], int))
        return sparse.csr_matrix((np.ones(len(at)), (at, key)), shape=(len(self._rows), len(self.spec.words) * size))

    def matrix(self) -> sparse.csr_matrix:
        """All blocks side by side, each column scaled by its block's prior sd."""
        return sparse.hstack([self.parts[name] * scale for name, scale in BLOCKS.items()]).tocsr()

    def read(self, coefficients: np.ndarray) -> dict[str, np.ndarray]:
        """Coefficients of `matrix()` as tables by block."""
        tables, at = {}, 0
        for name, scale in BLOCKS.items():
            size = self.parts[name].shape[1]
            tables[name] = (coefficients[at : at + size] * scale).reshape(self.shapes[name])
            at += size
        return tables


def family_codes() -> dict[str, int]:
    """Family code to index."""
    return {code: i for i, code in enumerate(vocabulary.families())}


def one_hot(code: np.ndarray, size: int) -> sparse.csr_matrix:
    """One column a code, a one where the row has it, none for -1."""
    keep = code >= 0
    return sparse.csr_matrix((np.ones(keep.sum()), (np.flatnonzero(keep), code[keep])), shape=(len(code), size))


def _cross(a: np.ndarray, b: np.ndarray, n_a: int, n_b: int) -> sparse.csr_matrix:
    return one_hot(np.where((a >= 0) & (b >= 0), a * n_b + b, -1), n_a * n_b)


def fit(rows: Rows, anchors: Anchors, spec: FeatureSpec, report: Callable[[str], None] = lambda _: None) -> Gradients:
    """Effects of every block from rows relative to their anchors.

    Raises TooFewRows under SMALLEST_FIT rows and FitDidNotConverge when a regression does.
    """
    if len(rows) < SMALLEST_FIT:
        raise TooFewRows(f"{len(rows)} rows; a fit needs at least {SMALLEST_FIT}")
    design = Design(rows, anchors, spec)
    matrix, target = design.matrix(), rows.log_base - anchors.total
    weights = rows.weight.astype(float)
    for step in range(HUBER_STEPS + 1):
        model = Ridge(alpha=PENALTY, solver="lsqr", tol=1e-6, fit_intercept=False, max_iter=2000)
        model.fit(matrix, target, sample_weight=weights)
        rest = target - matrix @ model.coef_
        if not np.isfinite(model.coef_).all():
            raise FitDidNotConverge("the pooled regression gave a non-finite coefficient")
        scale = 1.4826 * np.median(np.abs(rest[rows.weight >= 0.5]) if (rows.weight >= 0.5).any() else np.abs(rest))
        if step < HUBER_STEPS:
            weights = rows.weight * np.minimum(1.0, HUBER_WIDTH * scale / np.maximum(np.abs(rest), 1e-9))
        report(f"pooled regression, pass {step + 1} of {HUBER_STEPS + 1}")
    tables = design.read(model.coef_)
    errors = _core(design, rows, rest, weights, tables)
    phrases = {int(k): float(v) for name in KEYED for k, v in zip(design.keys[name], tables.pop(name), strict=True)}
    return Gradients(tables, phrases, errors, len(rows))


CORE = ("population", "level", "experience", "mode")


def _core(design: Design, rows: Rows, rest: np.ndarray, weights: np.ndarray, tables: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Re-estimate the core blocks by WLS given the pooled ones; updates `tables`, returns standard errors (cluster-robust by employer or person)."""
    used = {name: np.flatnonzero(np.asarray(design.parts[name].sum(axis=0)).ravel() > 0) for name in CORE}
    columns, labels = [], []
    for name in CORE:
        reference = {"level": 2, "experience": 3, "mode": 0, "population": -1}[name]
        for j in map(int, used[name]):
            if j != reference:
                columns.append(np.asarray(design.parts[name][:, j].todense()).ravel())
                labels.append((name, int(j)))
    x = np.column_stack(columns)
    keep = x.std(axis=0) > 0
    result = sm.WLS(rest, x[:, keep], weights=weights).fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(rows.cluster)[0]})
    params, errors = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    params[keep], errors[keep] = result.params, result.bse
    out = {name: np.full(design.shapes[name], np.nan) for name in CORE}
    for (name, j), value, error in zip(labels, params, errors, strict=False):
        tables[name][j] += value
        out[name][j] = error
    return out


def population_log_pay(rows: Rows, anchors: Anchors, gradients: Gradients, spec: FeatureSpec) -> np.ndarray:
    """Predicted log base of each row as its own source's population, (n_rows,)."""
    design = Design(rows, anchors, spec)
    total = anchors.total.copy()
    for name, part in design.parts.items():
        if name not in KEYED:
            total += part @ gradients.tables[name].ravel()
    return total + phrase_effects(rows, gradients)


def phrase_keys(rows: Rows) -> np.ndarray:
    """Key of (whole title, industry) of each row, 0 where either is unknown, (n_rows,)."""
    return np.array([phrase_industry_key(int(p), int(i)) if p and i >= 0 else 0 for p, i in zip(rows.phrase, rows.industry, strict=True)], dtype="uint64")


def phrase_effects(rows: Rows, gradients: Gradients) -> np.ndarray:
    """Effect of each row's whole title, alone and within its industry, (n_rows,)."""
    get = gradients.phrases.get
    return np.array([get(int(a), 0.0) + get(int(b), 0.0) for a, b in zip(rows.phrase, phrase_keys(rows), strict=True)])
