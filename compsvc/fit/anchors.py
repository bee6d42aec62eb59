"""Official anchors: national level and spread of every occupation, and how areas and sectors differ from it.

Two estimators fill and steady the official cells:

* occupation x area, from OFLC mean wages (L1 + 2 L4) / 3: main effects, SOC groups
  x area, SOC groups x state and occupation x state, partially pooled by backfitting;
* occupation x sector, from OEWS sector medians: a Gaussian process over occupations
  (own deviation, SOC groups, neighbours in national pay) within each sector, with
  one raking row per occupation so that sectors average to the nation.

Both are linear smoothers of the visible cells; shrinkage constants were chosen by
cross-validation inside the visible cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse.linalg import LinearOperator, cg

from compsvc import sources, vocabulary
from compsvc.clean import share_of

ANCHOR_YEAR = 2024
ANCHOR_ON = "2024-05-01"
HIDDEN_AREA_SHARE = 0.10
HIDDEN_SECTOR_SHARE = 0.20
Z90 = 1.2815515655446004
Z75 = 0.6744897501960817

_AREA_NOISE = 25e-4
_MAIN_PRIOR = 0.02
_AREA_VARIANCES = {"group2_area": 2e-4, "group3_area": 1e-4, "group3_state": 5e-4, "soc_state": 120e-4}
_CELL_TRUST = 0.75
_SWEEPS = 40
_REWEIGH_AT = (8, 14, 20)


@dataclass(frozen=True, slots=True)
class National:
    """Official national pay of the 848 occupations; arrays of shape (n_occupations,)."""

    log_median: np.ndarray
    log_mean: np.ndarray
    log_spread: np.ndarray
    employment: np.ndarray
    mean_prse: np.ndarray
    published: np.ndarray


def national(datasets: Path, year: int = ANCHOR_YEAR) -> National:
    """Log median, log mean and log-normal spread of each occupation in one May vintage.

    The spread is the log-sd implied by P10-P90, or by the released lower part where
    the top is only a bound; missing ones take their SOC major group's median.
    """
    pay = sources.read(datasets, "oews-national", "pay")
    pay = pay[(pay["year"] == year) & (pay["o_group"] == "detailed")].set_index("soc")
    parents = vocabulary.occupation_parents()
    socs = list(vocabulary.occupations())
    pay = pay.reindex([parents.get(s, s) for s in socs])
    log = {name: np.log(pay[f"{name}_usd"].to_numpy(dtype=float)) for name in ("mean", "p10", "p25", "p50", "p75", "p90")}
    spread = (log["p90"] - log["p10"]) / (2 * Z90)
    for alternative in ((log["p75"] - log["p10"]) / (Z75 + Z90), (log["p50"] - log["p10"]) / Z90, (log["p50"] - log["p25"]) / Z75):
        spread = np.where(np.isfinite(spread), spread, alternative)
    group = pd.Series([s[:2] for s in socs])
    spread = pd.Series(spread).fillna(pd.Series(spread).groupby(group).transform("median")).fillna(0.35).to_numpy()
    mean = np.where(np.isfinite(log["mean"]), log["mean"], _area_mean(datasets, socs))
    median = np.where(np.isfinite(log["p50"]), log["p50"], mean - spread**2 / 2)
    return National(
        median,
        mean,
        spread,
        np.nan_to_num(pay["employment"].to_numpy(dtype=float), nan=2000.0),
        np.nan_to_num(pay["mean_prse"].to_numpy(dtype=float), nan=5.0),
        np.isfinite(log["p50"]),
    )


def _area_mean(datasets: Path, socs: Sequence[str]) -> np.ndarray:
    cells = sources.read(datasets, "oflc", "pay")
    value = np.log((cells["l1_usd"] + 2.0 * cells["l4_usd"]) / 3.0)
    return value.groupby(cells["soc"]).mean().reindex(list(socs)).fillna(np.log(60_000)).to_numpy()


@dataclass(frozen=True, slots=True)
class AreaCells:
    """Observed occupation x area cells: indices, log mean wage, and groups of copied figures, (n_cells,)."""

    soc: np.ndarray
    area: np.ndarray
    log_mean: np.ndarray
    copies: np.ndarray
    group: np.ndarray
    hidden: np.ndarray


def area_cells(datasets: Path) -> AreaCells:
    """Cells of the OFLC table, one SOC per family of twins, with the fixed held-out tenth of copy groups."""
    cells = sources.read(datasets, "oflc", "pay")
    socs = {soc: i for i, soc in enumerate(vocabulary.occupations())}
    areas = {area: i for i, area in enumerate(sources.read(datasets, "places", "areas")["area"])}
    parents = vocabulary.occupation_parents()
    first_twin: dict[str, str] = {}
    for soc in socs:
        first_twin.setdefault(parents.get(soc, soc), soc)
    keep = set(first_twin.values())
    cells = cells[cells["soc"].isin(keep)].reset_index(drop=True)
    group = cells.groupby(["soc", "l1_usd", "l4_usd"], sort=False).ngroup()
    first = cells.drop_duplicates(["soc", "l1_usd", "l4_usd"])
    hidden_group = np.array([share_of(f"cell|{s}|{a}") < HIDDEN_AREA_SHARE for s, a in zip(first["soc"], first["area"], strict=True)])
    return AreaCells(
        cells["soc"].map(socs).to_numpy(),
        cells["area"].map(areas).to_numpy(),
        np.log((cells["l1_usd"] + 2.0 * cells["l4_usd"]) / 3.0).to_numpy(),
        group.groupby(group).transform("size").to_numpy(),
        group.to_numpy(),
        hidden_group[group.to_numpy()],
    )


@dataclass(frozen=True, slots=True)
class AreaTables:
    """Additive tables of the occupation x area fit; `predict` adds them up."""

    mean: float
    tables: tuple[np.ndarray, ...]
    keys: tuple[np.ndarray, ...]

    def predict(self) -> np.ndarray:
        """Log mean wage of every cell, (n_occupations, n_areas)."""
        total = np.full(self.keys[0].shape, self.mean)
        for table, key in zip(self.tables, self.keys, strict=True):
            total += table[key]
        return total


def _codes(values: Sequence[str]) -> np.ndarray:
    return np.unique(np.asarray(values, dtype=str), return_inverse=True)[1]


def area_keys(area_states: Sequence[str]) -> tuple[np.ndarray, ...]:
    """Key of every additive table for every cell: occupation, area, group x area, group x state, occupation x state."""
    socs = list(vocabulary.occupations())
    n_soc, n_area = len(socs), len(area_states)
    soc = np.repeat(np.arange(n_soc)[:, None], n_area, axis=1)
    area = np.repeat(np.arange(n_area)[None, :], n_soc, axis=0)
    state = _codes(area_states)[area]
    n_state = int(state.max()) + 1
    group2, group3 = _codes([s[:2] for s in socs])[soc], _codes([s[:4] for s in socs])[soc]
    return (soc, area, group2 * n_area + area, group3 * n_area + area, group3 * n_state + state, soc * n_state + state)


def fit_areas(cells: AreaCells, visible: np.ndarray, area_states: Sequence[str]) -> AreaTables:
    """Partial pooling by backfitting: each effect is a weighted mean of what the others leave, shrunk by noise/variance.

    Copies of a wider region count as the square root of their number; cells get
    Student-t(3) weights and a noise factor per area, refreshed three times.
    """
    keys = area_keys(area_states)
    priors = (_MAIN_PRIOR, _MAIN_PRIOR, *(_AREA_NOISE / v for v in _AREA_VARIANCES.values()))
    at = np.flatnonzero(visible)
    codes = [key[cells.soc[at], cells.area[at]] for key in keys]
    sizes = [int(key.max()) + 1 for key in keys]
    y, weights = cells.log_mean[at], cells.copies[at] ** -0.5
    mean = float(np.average(y, weights=weights))
    tables = [np.zeros(size) for size in sizes]
    rest, active = y - mean, weights.copy()
    for sweep in range(_SWEEPS):
        if sweep in _REWEIGH_AT:
            active = _robust_weights(rest, weights, codes[1], sizes[1])
        for table, code, size, prior in zip(tables, codes, sizes, priors, strict=True):
            rest += table[code]
            table[:] = np.bincount(code, active * rest, size) / (np.bincount(code, active, size) + prior)
            rest -= table[code]
    return AreaTables(mean, tuple(tables), keys)


def _robust_weights(rest: np.ndarray, weights: np.ndarray, area: np.ndarray, n_areas: int) -> np.ndarray:
    size = np.abs(rest)
    scale = np.median(size) / Z75
    by_area = pd.Series(size).groupby(area).median().reindex(range(n_areas)).fillna(np.median(size)).to_numpy()
    noise = np.clip((by_area / np.median(by_area)) ** 2, 0.2, 6.0)[area]
    return weights / noise * 4.0 / (3.0 + (rest / scale) ** 2)


def area_effects(cells: AreaCells, tables: AreaTables, log_mean: np.ndarray) -> np.ndarray:
    """Log ratio of area pay to national pay, (n_occupations, n_areas): the fit, moved towards each observed cell.

    A cell seen once keeps three quarters of its own evidence, copies of a wider region less.
    """
    fitted = tables.predict()
    trust = _CELL_TRUST * cells.copies**-0.5
    fitted[cells.soc, cells.area] += trust * (cells.log_mean - fitted[cells.soc, cells.area])
    parents = vocabulary.occupation_parents()
    socs = list(vocabulary.occupations())
    first: dict[str, int] = {}
    for i, soc in enumerate(socs):
        twin = first.setdefault(parents.get(soc, soc), i)
        fitted[i] = fitted[twin]
    return fitted - log_mean[:, None]


def state_effects(effects: np.ndarray, area_states: Sequence[str], weights: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Area effects averaged over the areas of each state, (n_occupations, n_states), with the states' codes."""
    states = sorted(set(area_states))
    columns = []
    for state in states:
        inside = np.array([s == state for s in area_states])
        columns.append(np.average(effects[:, inside], axis=1, weights=weights[inside]))
    return states, np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class SectorCells:
    """Observed occupation x sector medians on OEWS codes, (n_occupations, n_sectors); NaN where not released."""

    codes: tuple[str, ...]
    log_median: np.ndarray
    noise_variance: np.ndarray
    share: np.ndarray
    log_national: np.ndarray
    hidden: np.ndarray


_SECTOR_VARIANCES = {
    "soc": 0.007,
    "group3": 0.0015,
    "group5": 0.003,
    "cell": 0.022,
    "neighbours": 0.0036,
    "group2": 0.0005,
    "group2_neighbours": 0.003,
    "slope": 0.002,
}
_NEIGHBOUR_WIDTH = 0.25
_RAKE_SD = 0.018
_SECTOR_NOISE = 0.005
_SECTOR_PRIOR = 100.0


def sector_cells(datasets: Path, year: int = ANCHOR_YEAR) -> SectorCells:
    """Sector medians of one vintage with the fixed held-out fifth; `hidden` is by cell."""
    pay = sources.read(datasets, "oews-sector", "pay")
    pay = pay[(pay["year"] == year) & (pay["o_group"] == "detailed")]
    nation = sources.read(datasets, "oews-national", "pay")
    nation = nation[(nation["year"] == year) & (nation["o_group"] == "detailed")].set_index("soc")
    codes = tuple(sorted(pay.loc[pay["p50_usd"].notna(), "soc"].unique()))
    sectors = list(vocabulary.sectors())
    wide = {
        name: pay.pivot_table(index="soc", columns="sector", values=name).reindex(index=codes, columns=sectors).to_numpy()
        for name in ("p50_usd", "mean_prse", "employment")
    }
    share = np.minimum(np.nan_to_num(wide["employment"] / nation["employment"].reindex(codes).to_numpy()[:, None]), 1.0)
    share = np.where(np.isfinite(wide["p50_usd"]), share, 0.0)
    relative_error = np.maximum(np.nan_to_num(wide["mean_prse"], nan=5.0) / 100.0, 0.003)
    return SectorCells(
        codes,
        np.log(wide["p50_usd"]),
        (2.0 * relative_error) ** 2,
        share,
        np.log(nation["p50_usd"].reindex(codes).to_numpy(dtype=float)),
        np.array([[share_of(f"sector|{c}|{s}") < HIDDEN_SECTOR_SHARE for s in sectors] for c in codes]),
    )


def fit_sectors(cells: SectorCells, visible: np.ndarray) -> np.ndarray:
    """Log median pay of every cell on the OEWS codes, (n_occupations, n_sectors), from the visible cells."""
    seen = visible & np.isfinite(cells.log_median)
    own_mean = np.array([row[ok].mean() if ok.any() else np.nan for row, ok in zip(cells.log_median, seen, strict=True)])
    own_mean = np.where(np.isfinite(own_mean), own_mean, np.nanmean(own_mean))
    known = np.isfinite(cells.log_national)
    base = np.where(known, cells.log_national, own_mean)
    deviation = np.where(seen, cells.log_median - base[:, None], 0.0)
    noise = np.where(seen, cells.noise_variance + _SECTOR_NOISE, 1.0)
    weight = seen / (noise + 0.01)
    mean = float((weight * deviation).sum() / weight.sum())
    sector = (weight * (deviation - mean)).sum(axis=0) / (weight.sum(axis=0) + _SECTOR_PRIOR)
    rest = np.where(seen, deviation - mean - sector, 0.0)
    share = cells.share * (known & (cells.share.sum(axis=1) > 0.3))[:, None]
    return base[:, None] + mean + sector + _smooth(cells, rest, seen, noise, share, mean + sector, np.where(known, base, np.nanmean(cells.log_national)))


def _smooth(cells: SectorCells, rest: np.ndarray, seen: np.ndarray, noise: np.ndarray, share: np.ndarray, offset: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Posterior mean of the cell deviations given the seen cells and one raking row per occupation."""
    kernel = _sector_kernel(cells.codes, level)
    between = _SECTOR_VARIANCES["soc"]
    n_soc, n_sector = rest.shape
    raked = share.sum(axis=1) > 0
    rake = np.where(raked, 1.0 / np.sqrt(_RAKE_SD**2 + 0.02 * np.maximum(1.0 - share.sum(axis=1), 0.0) ** 2), 0.0)
    root = seen / np.sqrt(noise)

    def spread_out(x: np.ndarray, z: np.ndarray) -> np.ndarray:
        field = root * x + share * (rake * z)[:, None]
        return kernel @ field + between * field.sum(axis=1, keepdims=True)

    def apply(vector: np.ndarray) -> np.ndarray:
        x, z = vector[: n_soc * n_sector].reshape(n_soc, n_sector), vector[n_soc * n_sector :]
        field = spread_out(x, z)
        return np.concatenate([(root * field + x).ravel(), rake * (share * field).sum(axis=1) + z])

    right = np.concatenate([(root * rest).ravel(), rake * -(share * offset).sum(axis=1)])
    size = len(right)
    solution, info = cg(LinearOperator((size, size), matvec=apply, dtype=float), right, rtol=3e-3, maxiter=300)
    if info != 0:
        from compsvc.errors import FitDidNotConverge

        raise FitDidNotConverge(f"sector smoothing stopped after {info} steps")
    return spread_out(solution[: n_soc * n_sector].reshape(n_soc, n_sector), solution[n_soc * n_sector :])


def _sector_kernel(codes: Sequence[str], level: np.ndarray) -> np.ndarray:
    v = _SECTOR_VARIANCES

    def same(size: int) -> np.ndarray:
        group = _codes([c[:size] for c in codes])
        return (group[:, None] == group[None, :]).astype(float)

    standard = (level - level.mean()) / level.std()
    near = np.exp(-((level[:, None] - level) ** 2) / (2 * _NEIGHBOUR_WIDTH**2))
    return (
        v["group3"] * same(4)
        + v["group5"] * same(6)
        + v["cell"] * np.eye(len(codes))
        + v["neighbours"] * near
        + v["group2"] * same(2)
        + v["group2_neighbours"] * same(2) * near
        + v["slope"] * np.outer(standard, standard)
    )


def sector_effects(cells: SectorCells, fitted: np.ndarray, log_median: np.ndarray) -> np.ndarray:
    """Log ratio of sector pay to national pay for the 848 occupations, (n_occupations, n_sectors).

    Released cells keep their own figure in proportion to its precision; the fit fills the rest.
    """
    own = np.where(np.isfinite(cells.log_median), cells.log_median, fitted)
    trust = np.where(np.isfinite(cells.log_median), 0.02 / (0.02 + cells.noise_variance), 0.0)
    blended = fitted + trust * (own - fitted)
    position = {code: i for i, code in enumerate(cells.codes)}
    parents = vocabulary.occupation_parents()
    out = np.zeros((len(log_median), blended.shape[1]))
    sector_mean = np.nanmedian(blended - np.where(np.isfinite(cells.log_national), cells.log_national, np.nan)[:, None], axis=0)
    for i, soc in enumerate(vocabulary.occupations()):
        at = position.get(parents.get(soc, soc))
        out[i] = blended[at] - log_median[i] if at is not None and np.isfinite(cells.log_national[at]) else sector_mean
    return out
