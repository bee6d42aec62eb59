"""Scores of predicted quantiles against what people said, overall and by slice."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compsvc.features import EXPERIENCE_KNOTS, QUANTILES, Role
from compsvc.fit import Fitted
from compsvc.fit.rows import Rows
from compsvc.paymodel import PayModel

SMALLEST_SLICE = 200
SMALLEST_SHOWN = 50


def roles_of(model: PayModel, rows: Rows, fitted: Fitted) -> list[Role]:
    """Rows as the roles the counter would price; sizes are unknown in every source of people."""
    levels = fitted.spec.levels
    base = [model.base_of(family or None, levels[level][0] if level >= 0 else None) for family, level in zip(rows.family, rows.level, strict=True)]

    def known(code: int) -> int | None:
        return int(code) if code >= 0 else None

    return [
        Role(
            mixture=tuple((int(o), float(w)) for o, w in zip(rows.soc[i], rows.soc_weight[i], strict=True) if o >= 0),
            level=known(rows.level[i]),
            area=known(rows.area[i]),
            state=known(rows.state[i]),
            industry=known(rows.industry[i]),
            sector=known(rows.sector[i]),
            experience_years=EXPERIENCE_KNOTS[rows.knot[i]] if rows.knot[i] >= 0 else None,
            mode=known(rows.mode[i]),
            words=tuple(int(w) for w in rows.words[i]),
            phrase=int(rows.phrase[i]),
            titled=True,
            base_share=base[i][0],
            base_spread=base[i][1],
        )
        for i in range(len(rows))
    ]


def predict(model: PayModel, rows: Rows, fitted: Fitted, population: str | None) -> np.ndarray:
    """Log quantiles of every row through the serving model, (n_rows, 5)."""
    out = np.zeros((len(rows), len(QUANTILES)))
    for i, role in enumerate(roles_of(model, rows, fitted)):
        out[i] = np.log(model.quantiles(model.locate(role, float(rows.year[i]), population, model.families.get(rows.family[i]))))
    return out


def scores(log_pay: np.ndarray, predicted: np.ndarray) -> dict[str, float | int]:
    """R2 of log base, MdAPE, share within 10 and 20 %, mean pinball loss of log base, 80 % coverage and median P90/P10."""
    median = predicted[:, 2]
    error = np.abs(np.expm1(median - log_pay))
    total = float(((log_pay - log_pay.mean()) ** 2).sum())
    return {
        "n": len(log_pay),
        "r2_log": round(1 - float(((log_pay - median) ** 2).sum()) / total, 4) if total > 0 else 0.0,
        "mdape": round(float(np.median(error)), 4),
        "within_10": round(float((error <= 0.10).mean()), 4),
        "within_20": round(float((error <= 0.20).mean()), 4),
        "pinball": round(float(pinball(log_pay, predicted).mean()), 5),
        "coverage_80": round(float(((log_pay >= predicted[:, 0]) & (log_pay <= predicted[:, 4])).mean()), 4),
        "p90_p10": round(float(np.median(np.exp(predicted[:, 4] - predicted[:, 0]))), 3),
        "bias_log": round(float(np.median(log_pay - median)), 4),
    }


def pinball(log_pay: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Pinball loss of each row averaged over the five quantiles, (n_rows,) (Koenker and Bassett 1978)."""
    q = np.asarray(QUANTILES)
    rest = log_pay[:, None] - predicted
    return np.asarray(np.maximum(q * rest, (q - 1) * rest).mean(axis=1))


def slices_of(rows: Rows, fitted: Fitted, area_names: Mapping[str, str]) -> pd.DataFrame:
    """Codes of each row by which the card is cut."""
    spec = fitted.spec
    people = np.bincount(fitted.rows.area[fitted.rows.area >= 0], minlength=len(spec.areas))
    rank = np.argsort(np.argsort(-people))
    size = np.where(
        np.array(["nonmetropolitan" in area_names[c] for c in spec.areas]),
        "nonmetropolitan",
        np.where(rank < 10, "ten largest", np.where(rank < 50, "next forty", "smaller metro")),
    )
    return pd.DataFrame(
        {
            "family": np.where(rows.family == "", "(none)", rows.family),
            "level": [spec.levels[i] if i >= 0 else "(none)" for i in rows.level],
            "area_size": [size[i] if i >= 0 else "state only" for i in rows.area],
            "industry": [spec.industries[i] if i >= 0 else "(none)" for i in rows.industry],
            "size": "not stated",
            "source": [spec.populations[i] for i in rows.source],
        }
    )


def by_slice(log_pay: np.ndarray, predicted: np.ndarray, slices: pd.DataFrame) -> dict[str, dict[str, dict[str, float | int]]]:
    """Scores of every slice of at least SMALLEST_SHOWN rows, largest first."""
    found: dict[str, dict[str, dict[str, float | int]]] = {}
    for field in slices.columns:
        counts = slices[field].value_counts()
        found[field] = {
            str(value): scores(log_pay[inside], predicted[inside])
            for value, n in counts.items()
            if n >= SMALLEST_SHOWN
            for inside in [slices[field].eq(value).to_numpy()]
        }
    return found
