"""All PayRecords of the coded sources as one table of indices, ready for regression."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compsvc import sources, vocabulary
from compsvc.clean import row_key
from compsvc.features import EXPERIENCE_KNOTS, UNKNOWN, FeatureSpec
from compsvc.resolve.titles import MIXTURE_SIZE

ROW_SOURCES = ("survey-2021", "survey-2023", "lca", "aijobs")
ROW_WEIGHTS = {"survey-2021": 0.8, "survey-2023": 1.0, "lca": 0.05, "aijobs": 0.03}
SMALLEST_WORD_ROWS = 10
MODES = (*vocabulary.WORK_MODES,)


@dataclass(frozen=True, slots=True)
class Rows:
    """Point observations, sorted by row id; every array has shape (n_rows,) but mixtures (n_rows, 4) and words (ragged)."""

    row: np.ndarray
    cluster: np.ndarray
    source: np.ndarray
    year: np.ndarray
    log_base: np.ndarray
    additional_usd: np.ndarray
    soc: np.ndarray
    soc_weight: np.ndarray
    family: np.ndarray
    level: np.ndarray
    area: np.ndarray
    state: np.ndarray
    industry: np.ndarray
    sector: np.ndarray
    knot: np.ndarray
    mode: np.ndarray
    words: tuple[np.ndarray, ...]
    phrase: np.ndarray
    weight: np.ndarray
    held_out: np.ndarray
    unusual: np.ndarray

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: np.ndarray) -> Rows:
        """The rows where `chosen` is true, or at its positions, in order."""
        at = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        values: dict[str, Any] = {name: (tuple(self.words[i] for i in at) if name == "words" else getattr(self, name)[at]) for name in self.__slots__}
        return Rows(**values)


def read_frames(datasets: Path, extra: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """The coded row tables by source id; `extra` names datasets of the user's own."""
    return {source: sources.read(datasets, source, "rows") for source in (*ROW_SOURCES, *extra)}


def make_spec(datasets: Path, frames: dict[str, pd.DataFrame]) -> FeatureSpec:
    """The FeatureSpec of a fit: vocabulary codes plus the title words common enough to carry an effect."""
    areas = sources.read(datasets, "places", "areas")
    counts: Counter[int] = Counter()
    for name, frame in frames.items():
        if name.startswith("survey") or name not in ROW_SOURCES:
            fitted = frame[~frame["held_out"]] if "held_out" in frame else frame
            for words in fitted["words"]:
                counts.update({int(w) for w in words})
    industries = vocabulary.industries()
    first_state = areas["states"].str.split().str[0]
    official = sources.read(datasets, "oflc", "areas").set_index("area")["state"]
    return FeatureSpec(
        socs=tuple(vocabulary.occupations()),
        levels=tuple(vocabulary.levels()),
        industries=tuple(industries),
        industry_sectors=tuple(i.sector for i in industries.values()),
        sectors=tuple(vocabulary.sectors()),
        areas=tuple(areas["area"]),
        area_states=tuple(official.get(a, s) for a, s in zip(areas["area"], first_state, strict=True)),
        states=tuple(sorted(set(first_state) | set(official))),
        modes=MODES,
        sizes=tuple(c.code for c in vocabulary.size_classes()),
        words=tuple(sorted(w for w, n in counts.items() if n >= SMALLEST_WORD_ROWS)),
        populations=tuple(frames),
    )


def make_rows(frames: dict[str, pd.DataFrame], spec: FeatureSpec, weights: dict[str, float] | None = None) -> Rows:
    """Index every source's rows by the spec; rows of one source keep its weight."""
    parts = [_one(frame, source, spec, (weights or ROW_WEIGHTS).get(source, 1.0)) for source, frame in frames.items()]
    table = pd.concat(parts, ignore_index=True).sort_values(["source", "row"], kind="stable").reset_index(drop=True)
    soc = np.stack([table[f"soc_{k}"] for k in range(1, MIXTURE_SIZE + 1)], axis=1)
    soc_weight = np.stack([table[f"weight_{k}"] for k in range(1, MIXTURE_SIZE + 1)], axis=1)
    columns = {name: table[name].to_numpy() for name in Rows.__slots__ if name in table and name != "words"}
    return Rows(soc=soc, soc_weight=np.where(soc >= 0, soc_weight, 0.0), words=tuple(table["words"]), **columns)


def _one(frame: pd.DataFrame, source: str, spec: FeatureSpec, weight: float) -> pd.DataFrame:
    words = spec.index("words")
    out = pd.DataFrame({"row": frame["row"].astype("uint64"), "source": spec.populations.index(source), "weight": weight})
    out["cluster"] = frame["employer"].astype("uint64") if "employer" in frame else out["row"]
    out["year"] = frame["paid_on"].astype(str).map(_decimal_year)
    out["log_base"] = np.log(frame["base_usd"].astype(float))
    out["additional_usd"] = frame["additional_usd"].astype(float) if "additional_usd" in frame else np.nan
    for k in range(1, MIXTURE_SIZE + 1):
        out[f"soc_{k}"] = frame[f"soc_{k}"].map(spec.index("socs")).fillna(UNKNOWN).astype(int)
        out[f"weight_{k}"] = frame[f"weight_{k}"].astype(float)
    for name, field in (("level", "levels"), ("area", "areas"), ("state", "states"), ("industry", "industries"), ("sector", "sectors"), ("mode", "modes")):
        column = "work_mode" if name == "mode" else name
        out[name] = frame[column].map(spec.index(field)).fillna(UNKNOWN).astype(int) if column in frame else UNKNOWN
    years = frame["experience_years"] if "experience_years" in frame else pd.Series(np.nan, index=frame.index)
    out["knot"] = years.map({float(np.float32(k)): i for i, k in enumerate(EXPERIENCE_KNOTS)}).fillna(UNKNOWN).astype(int)
    out["family"] = frame.get("family", "")
    out["words"] = (
        [np.array([words[int(w)] for w in row if int(w) in words], dtype=int) for row in frame["words"]]
        if "words" in frame
        else [np.array([], dtype=int)] * len(frame)
    )
    out["phrase"] = frame["phrase"].astype("uint64") if "phrase" in frame else np.zeros(len(frame), dtype="uint64")
    if "row_weight" in frame:
        out["weight"] = frame["row_weight"].astype(float)
    out["held_out"] = frame["held_out"].to_numpy() if "held_out" in frame else False
    out["unusual"] = frame["unusual"].ne("").to_numpy() if "unusual" in frame else False
    return out


def _decimal_year(text: str) -> float:
    year, _, month = text.partition("-")
    return int(year) + ((int(month) - 0.5) / 12 if month else 0.5)


def fold_of(rows: Rows, folds: int = 5) -> np.ndarray:
    """Cross-fitting fold of each row, by cluster, fixed by hash."""
    return np.array([row_key(f"fold|{c}") % folds for c in rows.cluster])
