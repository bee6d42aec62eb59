"""The accuracy card: what held-out people, cells and years say about a model, beside naive baselines.

People are priced through the serving model itself as their source's population;
market prices are scored beside them. Held-out rows were fixed by hash before any
modelling and are used here only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compsvc import sources
from compsvc.features import EXPERIENCE_KNOTS, Role
from compsvc.fit import Fitted, ageing, anchors
from compsvc.fit.gradients import FILINGS
from compsvc.fit.rows import Rows
from compsvc.paymodel import PayModel
from compsvc.settings import QUANTILES

SMALLEST_SLICE = 200
SMALLEST_SHOWN = 50
BASELINE_CELL = 10
LIGHTGBM_ROUNDS = 300
LIGHTGBM_WORDS = 300


def roles_of(rows: Rows, fitted: Fitted) -> list[Role]:
    """Rows as the roles the counter would price; sizes are unknown in every source of people."""
    from compsvc.fit import log_base_share

    share = np.exp(log_base_share(rows, fitted.base_shares, fitted.spec))

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
            base_share=float(share[i]),
        )
        for i in range(len(rows))
    ]


def predict(model: PayModel, rows: Rows, fitted: Fitted, population: str | None) -> np.ndarray:
    """Log quantiles of every row through the serving model, (n_rows, 5)."""
    out = np.zeros((len(rows), len(QUANTILES)))
    for i, role in enumerate(roles_of(rows, fitted)):
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


# --- baselines ---------------------------------------------------------------


def baselines(train: Rows, test: Rows, fitted: Fitted, test_anchor: np.ndarray, train_growth: np.ndarray) -> dict[str, np.ndarray]:
    """Log quantiles of four naive ways on the same rows, (n_test, 5) each; training pay is aged to the test date."""
    aged = train.log_base + train_growth
    q = np.asarray(QUANTILES)
    soc = np.maximum(test.soc, 0)
    spread = (test.soc_weight * fitted.official.log_spread[soc]).sum(axis=1)
    z = np.array([-1.2815515655446004, -0.6744897501960817, 0.0, 0.6744897501960817, 1.2815515655446004])
    return {
        "global median": np.tile(np.quantile(aged, q), (len(test), 1)),
        "cell median with back-off": _cells(train, test, aged, q),
        "official look-up": test_anchor[:, None] + spread[:, None] * z,
        "LightGBM quantiles": _lightgbm(train, test, aged, fitted, q),
    }


def _cells(train: Rows, test: Rows, aged: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Quantiles of the finest cell with BASELINE_CELL rows: family x level x area, family x level, family, all."""
    out = np.tile(np.quantile(aged, q), (len(test), 1))
    for fields in (("family",), ("family", "level"), ("family", "level", "area")):
        keys = pd.MultiIndex.from_arrays([getattr(train, f) for f in fields]) if len(fields) > 1 else pd.Index(train.family)
        cells = pd.Series(aged).groupby(keys.to_flat_index() if len(fields) > 1 else keys)
        big = {key: np.quantile(values, q) for key, values in cells if len(values) >= BASELINE_CELL}
        for i in range(len(test)):
            key = tuple(getattr(test, f)[i] for f in fields) if len(fields) > 1 else test.family[i]
            if key in big:
                out[i] = big[key]
    return out


def _lightgbm(train: Rows, test: Rows, aged: np.ndarray, fitted: Fitted, q: np.ndarray) -> np.ndarray:
    """Quantile gradient boosting on the same fields: family, level, occupation, area, state, industry, sector, experience, mode and the commonest title words."""
    import lightgbm

    counts = np.bincount(np.concatenate([w for w in train.words if len(w)]), minlength=len(fitted.spec.words))
    chosen = np.argsort(-counts, kind="stable")[:LIGHTGBM_WORDS]
    families = {f: i for i, f in enumerate(sorted(set(train.family)))}
    categorical = [0, 1, 2, 3, 4, 5, 6, 8]

    def features(rows: Rows) -> np.ndarray:
        words = np.zeros((len(rows), len(fitted.spec.words)), dtype="float32")
        for i, present in enumerate(rows.words):
            words[i, present] = 1
        base = np.column_stack(
            [[families.get(f, -1) for f in rows.family], rows.level, rows.soc[:, 0], rows.area, rows.state, rows.industry, rows.sector, rows.knot, rows.mode]
        )
        return np.hstack([base.astype("float32"), words[:, chosen]])

    x, x_test = features(train), features(test)
    out = np.zeros((len(test), len(q)))
    for j, quantile in enumerate(q):
        model = lightgbm.LGBMRegressor(
            objective="quantile",
            alpha=float(quantile),
            n_estimators=LIGHTGBM_ROUNDS,
            learning_rate=0.05,
            num_leaves=31,
            min_child_samples=20,
            cat_smooth=20,
            min_data_per_group=30,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            seed=7,
            verbose=-1,
        )
        model.fit(x, aged, sample_weight=train.weight, categorical_feature=categorical)
        out[:, j] = model.predict(x_test)
    return np.sort(out, axis=1)


# --- cells and years -----------------------------------------------------------


def hidden_cells(datasets: Path, area_states: Sequence[str]) -> dict[str, dict[str, float | int]]:
    """MdAPE of predicted pay in hidden official cells, with the plain additive model beside it."""
    cells = anchors.area_cells(datasets)
    tables = anchors.fit_areas(cells, ~cells.hidden, area_states)
    at = (cells.soc[cells.hidden], cells.area[cells.hidden])
    error = np.abs(np.expm1(tables.predict()[at] - cells.log_mean[cells.hidden]))
    only = _additive(cells)
    sector = anchors.sector_cells(datasets)
    fitted = anchors.fit_sectors(sector, ~sector.hidden)
    tested = sector.hidden & np.isfinite(sector.log_median)
    sector_error = np.abs(np.expm1(fitted - sector.log_median))[tested]
    seen = ~sector.hidden & np.isfinite(sector.log_median)
    base = np.where(np.isfinite(sector.log_national), sector.log_national, np.nanmean(sector.log_national))[:, None]
    shift = np.nanmean(np.where(seen, sector.log_median - base, np.nan), axis=0)
    flat = np.abs(np.expm1(base + shift - sector.log_median))[tested]
    by_group = pd.Series(error).groupby(cells.group[cells.hidden]).median()
    return {
        "occupation_x_area": {
            "n": len(error),
            "mdape": round(float(np.median(error)), 4),
            "mdape_by_group": round(float(by_group.median()), 4),
            "additive_mdape": round(only, 4),
            "target": 0.05,
        },
        "occupation_x_sector": {
            "n": int(tested.sum()),
            "mdape": round(float(np.median(sector_error)), 4),
            "additive_mdape": round(float(np.median(flat)), 4),
            "target": 0.09,
        },
    }


def _additive(cells: anchors.AreaCells) -> float:
    """MdAPE of occupation + area effects alone on the hidden cells."""
    seen = ~cells.hidden
    frame = pd.DataFrame({"soc": cells.soc[seen], "area": cells.area[seen], "y": cells.log_mean[seen]})
    soc, area = frame.groupby("soc")["y"].mean(), None
    for _ in range(10):
        area = (frame["y"] - frame["soc"].map(soc)).groupby(frame["area"]).mean()
        soc = (frame["y"] - frame["area"].map(area)).groupby(frame["soc"]).mean()
    assert area is not None
    guess = soc.reindex(cells.soc[cells.hidden]).to_numpy() + area.reindex(cells.area[cells.hidden]).to_numpy()
    error = np.abs(np.expm1(guess - cells.log_mean[cells.hidden]))
    return float(np.nanmedian(error))


def time_forward(datasets: Path) -> dict[str, float | int]:
    """May 2023 national medians aged to May 2024 by published growth, against the published May 2024 medians."""
    pay = sources.read(datasets, "oews-national", "pay")
    pay = pay[pay["o_group"] == "detailed"]
    old, new = (pay[pay["year"] == y].set_index("soc")["p50_usd"].dropna() for y in (2023, 2024))
    both = old.index.intersection(new.index)
    growth = float(ageing.log_growth(ageing.decimal_year("2023-05-01"), ageing.decimal_year("2024-05-01")))
    earlier = pay[pay["year"] == 2022].set_index("soc")["p50_usd"].dropna()
    shared = earlier.index.intersection(old.index)
    flat = float(np.median(np.log(old[shared] / earlier[shared])))

    def mdape(rate: float) -> float:
        return round(float(np.median(np.abs(old[both] * np.exp(rate) / new[both] - 1))), 4)

    return {
        "n": len(both),
        "log_growth": round(growth, 5),
        "mdape": mdape(growth),
        "unaged_mdape": mdape(0.0),
        "flat_last_year_mdape": mdape(flat),
        "target": 0.021,
    }


# --- the card --------------------------------------------------------------------


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
    card["targets"] = targets(card)
    return card


def _score_baselines(fitted: Fitted, test: Rows, chosen: np.ndarray) -> dict[str, Any]:
    spec = fitted.spec
    surveys = [i for i, p in enumerate(spec.populations) if p not in FILINGS]
    train = fitted.rows.take(np.flatnonzero(~fitted.rows.held_out & ~fitted.rows.unusual & np.isin(fitted.rows.source, surveys)))
    growth = ageing.log_growth(train.year, float(test.year[0]))
    found = baselines(train, test, fitted, fitted.row_anchors.total[chosen], growth)
    return {name: scores(test.log_base, predicted) for name, predicted in found.items()}


def _bias(rows: Rows, predicted: np.ndarray) -> dict[str, dict[str, float | int]]:
    rest = pd.Series(rows.log_base - predicted[:, 2]).groupby(pd.Series(rows.family))
    return {str(family): {"n": len(values), "median_log_bias": round(float(values.median()), 3)} for family, values in rest if len(values) >= 20 and family}


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
    ]
    return [{"name": name, "value": value, "target": target, "met": bool(met)} for name, value, target, met in rows] + [
        {"name": "slices outside", "value": outside, "target": "none", "met": not outside}
    ]
