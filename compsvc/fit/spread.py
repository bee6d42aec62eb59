"""Spread: how far people in one role lie apart, and the shape of that distribution.

Location-scale: the residual's log variance is a Gamma GLM (log link) on squared
cross-fitted residuals by occupation group, level, experience, industry and
population; quantiles are those of the standardised residuals, so that they can
never cross. Calibration uses cross-fitted residuals only, never held-out rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import statsmodels.api as sm

from compsvc.errors import FitDidNotConverge
from compsvc.features import EXPERIENCE_KNOTS, QUANTILES, FeatureSpec
from compsvc.fit.rows import Rows

SMALLEST_CLASS = 60
SHRINK_ROWS = 150.0
LARGEST_SHIFT = 0.22
WINSOR = 4.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Log-variance effects by field and the standardised quantiles of each population, (n_populations, 5)."""

    base: float
    group: np.ndarray
    soc: np.ndarray
    level: np.ndarray
    experience: np.ndarray
    industry: np.ndarray
    population: np.ndarray
    quantiles: np.ndarray


FIELDS = ("group", "level", "experience", "industry", "population")


def group_of_rows(rows: Rows, spec: FeatureSpec) -> np.ndarray:
    """Occupation group of each row's first occupation, (n_rows,); -1 without one."""
    groups = np.array(spec.group_of())
    return np.where(rows.soc[:, 0] >= 0, groups[np.maximum(rows.soc[:, 0], 0)], -1)


def codes_of(rows: Rows, spec: FeatureSpec) -> dict[str, np.ndarray]:
    """Code of every row in each field of the spread model."""
    return {"group": group_of_rows(rows, spec), "level": rows.level, "experience": rows.knot, "industry": rows.industry, "population": rows.source}


def _sizes(spec: FeatureSpec) -> dict[str, int]:
    return {
        "group": len(spec.groups),
        "level": len(spec.levels),
        "experience": len(EXPERIENCE_KNOTS),
        "industry": len(spec.industries),
        "population": len(spec.populations),
    }


def known_residual(residual: np.ndarray, unknown_variance: np.ndarray) -> np.ndarray:
    """Residuals shrunk to what they would be had every field been known, (n_rows,): the counter adds the variance of an empty field itself."""
    typical = (np.median(np.abs(residual)) / 0.6745) ** 2
    return np.asarray(residual * np.sqrt(typical / (typical + unknown_variance)))


def fit(rows: Rows, residual: np.ndarray, spec: FeatureSpec) -> Spread:
    """Log-variance effects from cross-fitted residuals, (n_rows,), and standardised quantiles.

    Classes under SMALLEST_CLASS rows get no effect of their own; others are shrunk by SHRINK_ROWS.
    """
    scale = np.median(np.abs(residual)) / 0.6745
    squared = np.minimum(np.abs(residual), WINSOR * scale) ** 2
    codes, sizes = codes_of(rows, spec), _sizes(spec)
    columns, labels = [np.ones(len(rows))], [("base", 0)]
    for field in FIELDS:
        counts = np.bincount(codes[field][codes[field] >= 0], minlength=sizes[field])
        reference = int(counts.argmax())
        for j in map(int, np.flatnonzero(counts >= SMALLEST_CLASS)):
            if j != reference:
                columns.append((codes[field] == j).astype(float))
                labels.append((field, int(j)))
    design = np.column_stack(columns)
    model = sm.GLM(np.maximum(squared, 1e-8), design, family=sm.families.Gamma(sm.families.links.Log()), freq_weights=np.maximum(rows.weight, 1e-6))
    result = model.fit()
    if not result.converged:
        raise FitDidNotConverge("the spread model did not converge")
    tables = {field: np.zeros(sizes[field]) for field in FIELDS}
    base = float(result.params[0])
    for (field, j), value in list(zip(labels, result.params, strict=True))[1:]:
        n = float((codes[field] == j).sum())
        limit = LARGEST_SHIFT if field != "population" else 2.0
        tables[field][j] = np.clip(value * (n / (n + SHRINK_ROWS) if field != "population" else 1.0), -limit, limit)
    spread = Spread(base, quantiles=np.zeros((len(spec.populations), len(QUANTILES))), soc=np.zeros(len(spec.socs)), **tables)
    spread = replace(spread, soc=_by_occupation(rows, squared, np.exp(log_variance(rows, spread, spec)), len(spec.socs)))
    standard = residual / np.exp(0.5 * log_variance(rows, spread, spec))
    quantiles = np.stack(
        [_quantiles(standard[rows.source == p]) if (rows.source == p).sum() >= SMALLEST_CLASS else _quantiles(standard) for p in range(len(spec.populations))]
    )
    return replace(spread, quantiles=quantiles)


def _by_occupation(rows: Rows, squared: np.ndarray, expected: np.ndarray, n_soc: int) -> np.ndarray:
    """Log ratio of observed to expected squared residuals of each occupation, shrunk by SHRINK_ROWS, (n_occupations,)."""
    soc = np.maximum(rows.soc[:, 0], 0)
    weight = rows.weight * (rows.soc[:, 0] >= 0)
    seen = np.bincount(soc, weight * squared / expected, n_soc) + SHRINK_ROWS
    mass = np.bincount(soc, weight, n_soc) + SHRINK_ROWS
    return np.clip(np.log(seen / mass), -LARGEST_SHIFT, LARGEST_SHIFT)


def _quantiles(standard: np.ndarray) -> np.ndarray:
    values = np.quantile(standard, QUANTILES)
    return np.maximum.accumulate(values)


def log_variance(rows: Rows, spread: Spread, spec: FeatureSpec) -> np.ndarray:
    """Log residual variance of each row, (n_rows,)."""
    total = spread.base + np.where(rows.soc[:, 0] >= 0, spread.soc[np.maximum(rows.soc[:, 0], 0)], 0.0)
    for field, code in codes_of(rows, spec).items():
        table = getattr(spread, field)
        total += np.where(code >= 0, table[np.maximum(code, 0)], 0.0)
    return total
