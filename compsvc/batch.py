"""Many coded roles at once: columns of codes to columns of market quantiles, by NumPy gathers.

For headcount tables of coded roles; words and explanations are `pricing`'s work.
Unknown codes are refused by name, empty ones averaged over, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.features import EXPERIENCE_KNOTS
from compsvc.paymodel import PayModel

UNKNOWN = -1
FIELDS = (("occupation", "socs"), ("level", "levels"), ("area", "areas"), ("industry", "industries"), ("size", "sizes"), ("mode", "modes"))


@dataclass(frozen=True, slots=True)
class CodeColumns:
    """Indices of every role's codes, int64 (n_roles,), -1 where empty; experience in years, NaN where empty."""

    occupation: np.ndarray
    level: np.ndarray
    area: np.ndarray
    industry: np.ndarray
    size: np.ndarray
    mode: np.ndarray
    experience_years: np.ndarray


def encode(model: PayModel, columns: dict[str, Sequence[str]], experience_years: np.ndarray) -> CodeColumns:
    """Columns of code strings (empty text where unknown) to indices; RequestInvalid names the first unknown code."""
    found: dict[str, np.ndarray] = {}
    for name, index in FIELDS:
        table: dict[Any, int] = {"": UNKNOWN, **model.index[index]}
        try:
            found[name] = np.fromiter(map(table.__getitem__, columns[name]), dtype=np.int64, count=len(columns[name]))
        except KeyError as problem:
            detail = f"'{problem.args[0]}' is not a known {name} code"
            raise RequestInvalid(detail + ".", (FieldProblem(f"/{name}", detail, "see /v1/vocabulary"),)) from None
    return CodeColumns(**found, experience_years=experience_years)


class BatchPricer:
    """The market tables of one model, laid out for gathers: a last row or column of zeros stands for an empty field."""

    def __init__(self, model: PayModel) -> None:
        t = model.arrays["pay"]
        step = np.float32(model.body["scale"])
        sector_of = np.array([model.index["sectors"][s] for s in model.spec.industry_sectors])
        group = np.array(model.group)
        industry = t["sector"][:, sector_of] * step + t["industry"] + t["industry_group"][group] + t["industry_soc"] * step
        self._centre = {
            "level": _padded(t["level"]),
            "area": _padded(t["area"] * step),
            "industry": _padded(industry),
            "mode": _padded(t["mode"] + t["mode_group"][group] - t["mean_mode"][:, None]),
        }
        self._national = t["national"]
        self._size = np.append(np.array(model.size_effect, dtype="float32"), np.float32(0))
        self._experience = _knots(t["experience"])
        self._experience_industry = np.stack([_knots(row) for row in np.vstack([t["experience_industry"], np.zeros_like(t["experience_industry"][:1])])])
        self._mean_experience = t["mean_experience"]
        self._shift = {
            "level": np.append(t["spread_level"], np.float32(0)),
            "industry": np.append(t["spread_industry"], np.float32(0)),
            "experience": _knots(t["spread_experience"]),
        }
        self._tables = t
        market = int(model.body["market_population"])
        self._base = t["spread_base"] + t["spread_population"][market]
        self._z = t["quantiles"][market].astype("float64")
        self._size_variance = float(model.body["size"]["variance"])
        self._model = model

    def quantiles(self, roles: CodeColumns, as_of_year: float) -> np.ndarray:
        """P10 to P90 of every role in USD per year at one date, (n_roles, 5)."""
        o, years = roles.occupation, roles.experience_years
        centre = self._national[o] + self._size[roles.size]
        for name, table in self._centre.items():
            centre += table[o, getattr(roles, name)]
        variance = self._base[o] + self._shift["level"][roles.level] + self._shift["industry"][roles.industry]
        t = self._tables
        known = ~np.isnan(years)
        extra = np.zeros(len(o), dtype="float32")
        if known.any():
            at = np.where(known, np.clip(years, 0, _YEARS), 0).astype(np.int64)
            effect = self._experience[at] + self._experience_industry[roles.industry, at] - self._mean_experience[o]
            centre += np.where(known, effect, 0) if not known.all() else effect
            variance += np.where(known, self._shift["experience"][at], 0) if not known.all() else self._shift["experience"][at]
        for name, empty, shift in (
            ("level", roles.level < 0, True),
            ("experience", ~known, True),
            ("industry", roles.industry < 0, True),
            ("area", roles.area < 0, False),
            ("mode", roles.mode < 0, False),
        ):
            if empty.any():
                here = np.flatnonzero(empty)
                extra[here] += t[f"variance_{name}"][o[here]]
                if shift:
                    variance[here] += t[f"spread_no_{name}"][o[here]]
        extra += t["variance_title"][o]
        variance = (np.exp(variance) + extra) * t["market_spread_ratio"][o]
        if (roles.size < 0).any():
            variance += np.where(roles.size < 0, np.float32(self._size_variance), np.float32(0))
        sd = np.sqrt(variance)
        middle = np.exp(centre + np.float32(self._model.log_growth(as_of_year)))
        out = np.empty((len(o), len(self._z)))
        for j, z in enumerate(self._z):
            out[:, j] = middle if z == 0 else middle * np.exp(np.float32(z) * sd)
        return out


_YEARS = 60


def _padded(table: np.ndarray) -> np.ndarray:
    """The table with a last column of zeros, which index -1 reads."""
    out = np.zeros((table.shape[0], table.shape[1] + 1), dtype="float32")
    out[:, :-1] = table
    return out


def _knots(values: np.ndarray) -> np.ndarray:
    """A piecewise linear effect at every whole year from 0 to 60."""
    return np.asarray(np.interp(np.arange(_YEARS + 1), EXPERIENCE_KNOTS, values), dtype="float32")
