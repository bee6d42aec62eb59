"""The accuracy card: what held-out people, cells and years say about a model, beside naive baselines.

People are priced through the serving model itself as their source's population;
market prices are scored beside them. Held-out rows were fixed by hash before any
modelling and are used here only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compsvc import sources
from compsvc.evaluate import earnings
from compsvc.evaluate.baselines import baselines
from compsvc.evaluate.cells import growth_by_year, hidden_cells, time_forward
from compsvc.evaluate.scores import SMALLEST_SLICE, by_slice, predict, scores, slices_of
from compsvc.fit import Fitted, ageing
from compsvc.fit.gradients import FILINGS
from compsvc.fit.rows import Rows
from compsvc.paymodel import PayModel


def accuracy_card(model: PayModel, fitted: Fitted, datasets: Path, report: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Everything published about a model's accuracy, as plain JSON."""
    spec = fitted.spec
    areas = sources.read(datasets, "places", "areas")
    area_names = dict(zip(areas["area"], areas["name"], strict=True))
    card: dict[str, Any] = {"populations": {}, "market": {}}
    for population in ("survey-2023", "lca"):
        report(f"held-out people of {population}")
        inside = fitted.rows.held_out & (fitted.rows.source == spec.populations.index(population))
        chosen = np.flatnonzero(inside & ~fitted.rows.unusual)
        test = fitted.rows.take(chosen)
        predicted = predict(model, test, fitted, population)
        entry: dict[str, Any] = {"overall": scores(test.log_base, predicted), "slices": by_slice(test.log_base, predicted, slices_of(test, fitted, area_names))}
        if population == "survey-2023":
            everyone = fitted.rows.take(np.flatnonzero(inside))
            entry["with_unusual_rows"] = scores(everyone.log_base, predict(model, everyone, fitted, population))
            report("baselines")
            entry["baselines"] = _score_baselines(fitted, test, chosen)
            market = predict(model, test, fitted, None)
            card["market"] = {"on": population, "overall": scores(test.log_base, market), "bias_by_family": _bias(test, market)}
        card["populations"][population] = entry
    report("hidden cells and time forward")
    card["cells"] = hidden_cells(datasets, spec.area_states)
    card["time_forward"] = time_forward(datasets)
    card["time_forward"]["by_year"] = growth_by_year(datasets)
    report("variable pay and on-target earnings of held-out people")
    card["earnings"] = earnings.earnings_card(model, fitted, area_names)
    card["leave_one_out"] = {"roles": int(_survey_rows(fitted).sum()), "sources": fitted.swings}
    card["targets"] = targets(card)
    return card


def _survey_rows(fitted: Fitted) -> np.ndarray:
    surveys = [i for i, p in enumerate(fitted.spec.populations) if p not in FILINGS]
    return ~fitted.rows.held_out & ~fitted.rows.unusual & np.isin(fitted.rows.source, surveys)


def _score_baselines(fitted: Fitted, test: Rows, chosen: np.ndarray) -> dict[str, Any]:
    train = fitted.rows.take(np.flatnonzero(_survey_rows(fitted)))
    growth = ageing.log_growth(train.year, float(test.year[0]))
    found = baselines(train, test, fitted, fitted.row_anchors.total[chosen], growth)
    return {name: scores(test.log_base, predicted) for name, predicted in found.items()}


def _bias(rows: Rows, predicted: np.ndarray) -> dict[str, dict[str, float | int]]:
    rest = pd.Series(rows.log_base - predicted[:, 2]).groupby(pd.Series(rows.family))
    return {str(family): {"n": len(values), "median_log_bias": round(float(values.median()), 3)} for family, values in rest if len(values) >= 20 and family}


def _earnings_targets(card: Mapping[str, Any]) -> list[tuple[str, Any, str, bool]]:
    rows: list[tuple[str, Any, str, bool]] = []
    for name, words in (("variable", "variable pay"), ("total", "total cash")):
        held = card[name]["overall"]["coverage_80"]
        slices = [
            (f"{field}={value}", s["coverage_80"]) for field, values in card[name]["slices"].items() for value, s in values.items() if s["n"] >= SMALLEST_SLICE
        ]
        outside = [f"{value} {coverage:.3f}" for value, coverage in slices if not 0.75 <= coverage <= 0.85]
        rows.append((f"{words}: 80 % coverage", held, "0.78 to 0.82", 0.78 <= held <= 0.82))
        rows.append((f"{words}: slices of {SMALLEST_SLICE}+ outside 75-85 %", outside or 0, f"0 of {len(slices)}", not outside))
    ours = card["total"]["overall"]["pinball"]
    for name, other in card["total"]["baselines"].items():
        rows.append((f"total cash: pinball against {name}", round(ours / other["pinball"] - 1, 4), "<= -0.03", ours <= 0.97 * other["pinball"]))
    return rows


def targets(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each promise with its figure and whether it is kept."""
    survey = card["populations"]["survey-2023"]
    overall = survey["overall"]
    boosted = survey["baselines"]["LightGBM quantiles"]["pinball"]
    slices = [(f"{field}={value}", s["coverage_80"]) for field, values in survey["slices"].items() for value, s in values.items() if s["n"] >= SMALLEST_SLICE]
    outside = [name for name, coverage in slices if not 0.75 <= coverage <= 0.85]
    rows = [
        ("R2 of log base", overall["r2_log"], ">= 0.65", overall["r2_log"] >= 0.65),
        ("MdAPE", overall["mdape"], "<= 0.170", overall["mdape"] <= 0.170),
        ("pinball against LightGBM", round(overall["pinball"] / boosted - 1, 4), "<= -0.03", overall["pinball"] <= 0.97 * boosted),
        ("80 % coverage overall", overall["coverage_80"], "0.78 to 0.82", 0.78 <= overall["coverage_80"] <= 0.82),
        (f"slices of {SMALLEST_SLICE}+ outside 75-85 %", len(outside), "0 of " + str(len(slices)), not outside),
        ("median P90/P10", overall["p90_p10"], "<= 2.05", overall["p90_p10"] <= 2.05),
        ("hidden occupation x area cells, MdAPE", card["cells"]["occupation_x_area"]["mdape"], "<= 0.05", card["cells"]["occupation_x_area"]["mdape"] <= 0.05),
        (
            "hidden occupation x sector cells, MdAPE",
            card["cells"]["occupation_x_sector"]["mdape"],
            "<= 0.09",
            card["cells"]["occupation_x_sector"]["mdape"] <= 0.09,
        ),
        ("time forward, MdAPE", card["time_forward"]["mdape"], "<= 0.021", card["time_forward"]["mdape"] <= 0.021),
        *_earnings_targets(card["earnings"]),
    ]
    return [{"name": name, "value": value, "target": target, "met": bool(met)} for name, value, target, met in rows] + [
        {"name": "slices outside", "value": outside, "target": "none", "met": not outside}
    ]
