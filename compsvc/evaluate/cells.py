"""Held-out official cells and years."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from compsvc import sources
from compsvc.fit import ageing, anchors


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


def growth_by_year(datasets: Path) -> dict[str, dict[str, float | int]]:
    """Every May's national medians aged one year by published growth, against the next May's."""
    pay = sources.read(datasets, "oews-national", "pay")
    pay = pay[pay["o_group"] == "detailed"]
    found = {}
    for year in sorted(set(pay["year"]))[1:]:
        old, new = (pay[pay["year"] == y].set_index("soc")["p50_usd"].dropna() for y in (year - 1, year))
        both = old.index.intersection(new.index)
        if len(both) == 0:
            continue
        growth = float(ageing.log_growth(ageing.decimal_year(f"{year - 1}-05-01"), ageing.decimal_year(f"{year}-05-01")))
        error = np.abs(old[both] * np.exp(growth) / new[both] - 1)
        unaged = np.abs(old[both] / new[both] - 1)
        found[f"May {year - 1} to May {year}"] = {
            "n": len(both),
            "mdape": round(float(np.median(error)), 4),
            "unaged_mdape": round(float(np.median(unaged)), 4),
        }
    return found


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
