"""Raw rows to coded PayRecords: resolve the words, edit the figures, split before anything is modelled.

Edit rules come in two stages, fixed before modelling and the same for fitted and
held-out rows: sanity limits that need no data, then limits from the official
distribution of the row's own occupations (the published practice of LinkedIn
Salary, arXiv 1703.09845). Every dropped row is counted under its reason.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from compsvc import sources, vocabulary
from compsvc.errors import CompsvcError, RoleNotCovered
from compsvc.resolve.industries import IndustryResolver
from compsvc.resolve.places import PlaceMatch, PlaceResolver, PlaceTables
from compsvc.resolve.titles import MIXTURE_SIZE, TitleResolver, TitleTables
from compsvc.resolve.words import phrase_key, tokens

FULL_TIME_MINIMUM_USD = 15_080
LARGEST_BASE_USD = 1_000_000
OFFICIAL_LOW_RATIO = 0.6
OFFICIAL_HIGH_RATIO = 2.5
HELD_OUT_SHARE = 0.2
SMALLEST_WORD_ROWS = 5
SMALLEST_PHRASE_ROWS = 3
SALT = "compsvc-split-1"
_NOT_EMPLOYED = re.compile(r"\b(freelance|freelancer|self[- ]employed|retired|part[- ]time|owner|co-?owner|unemployed|student)\b", re.IGNORECASE)
EXPERIENCE_BANDS = {
    "1 year or less": 0.5,
    "2-4 years": 3.0,
    "5-7 years": 6.0,
    "8-10 years": 9.0,
    "11-20 years": 15.0,
    "21-30 years": 25.0,
    "31-40 years": 35.0,
    "41 years or more": 43.0,
}


def share_of(key: str) -> float:
    """A number in [0, 1) fixed by the key alone; rows below HELD_OUT_SHARE are held out."""
    return int.from_bytes(hashlib.sha256(f"{SALT}|{key}".encode()).digest()[:8], "big") / 2**64


def row_key(key: str) -> int:
    """64-bit id of a row or employer, the same in every build."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")


def title_arrays(datasets: Path) -> dict[str, np.ndarray]:
    """The arrays of TitleTables, from `datasets/titles` and the sector employment of OEWS."""
    index = {soc: i for i, soc in enumerate(vocabulary.occupations())}
    phrases = sources.read(datasets, "titles", "phrases")
    words = sources.read(datasets, "titles", "words")
    totals = sources.read(datasets, "titles", "occupations")
    national = sources.read(datasets, "oews-national", "pay")
    latest = national[(national["year"] == national["year"].max()) & (national["o_group"] == "detailed")].set_index("soc")["employment"]
    parents = vocabulary.occupation_parents()
    employment = np.array([latest.get(parents.get(s, s), np.nan) for s in index])
    employment = np.where(np.isfinite(employment), employment, 2000.0)
    sums = phrases.groupby("phrase")["weight"].transform("sum")
    phrase_keys, phrase_at = np.unique(phrases["phrase"].to_numpy(), return_index=True)
    word_keys, word_at = np.unique(words["word"].to_numpy(), return_index=True)
    strength = phrases["weight"].groupby(phrases["phrase"]).sum().reindex(phrase_keys)
    return {
        "phrase_keys": phrase_keys.astype("uint64"),
        "phrase_ptr": np.append(phrase_at, len(phrases)).astype("uint32"),
        "phrase_soc": phrases["soc"].map(index).to_numpy().astype("uint16"),
        "phrase_share": np.round(phrases["weight"] / sums, 3).to_numpy().astype("float32"),
        "phrase_strength": np.round(strength.to_numpy(), 2).astype("float32"),
        "word_keys": word_keys.astype("uint64"),
        "word_ptr": np.append(word_at, len(words)).astype("uint32"),
        "word_soc": words["soc"].map(index).to_numpy().astype("uint16"),
        "word_gain": np.round(words["gain"], 3).to_numpy().astype("float32"),
        "occupation_prior": np.round(0.5 * np.log(employment), 4).astype("float32"),
        "occupation_total": np.round(np.log(totals.set_index("soc")["weight"].reindex(list(index)).to_numpy() + 1.0), 4).astype("float32"),
        "sector_lift": _sector_lift(datasets, list(index)),
    }


def _sector_lift(datasets: Path, socs: Sequence[str]) -> np.ndarray:
    """How much more common an occupation is in a sector than jobs are, (n_occupations, n_sectors)."""
    pay = sources.read(datasets, "oews-sector", "pay")
    pay = pay[pay["year"] == pay["year"].max()]
    jobs = pay[pay["o_group"] == "detailed"].pivot_table(index="soc", columns="sector", values="employment", aggfunc="sum")
    parents = vocabulary.occupation_parents()
    jobs = jobs.reindex([parents.get(s, s) for s in socs]).reindex(columns=list(vocabulary.sectors())).fillna(0.0).to_numpy()
    total = pay[pay["o_group"] == "total"].set_index("sector")["employment"].reindex(list(vocabulary.sectors())).to_numpy()
    background = total / total.sum()
    share = (jobs + 50.0 * background) / (jobs.sum(axis=1, keepdims=True) + 50.0)
    return np.round(share / background, 3).astype("float32")


def place_arrays(datasets: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Areas, cities and counties of `datasets/places`."""
    return tuple(sources.read(datasets, "places", name) for name in ("areas", "cities", "counties"))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Recoder:
    """The resolvers, loaded from `datasets/`, that turn words of rows into codes."""

    titles: TitleResolver
    places: PlaceResolver
    industries: IndustryResolver
    socs: tuple[str, ...]
    sectors: tuple[str, ...]

    @classmethod
    def from_datasets(cls, datasets: Path) -> Recoder:
        """A recoder over the tables already built."""
        socs = tuple(vocabulary.occupations())
        areas, cities, counties = place_arrays(datasets)
        position = {code: i for i, code in enumerate(areas["area"])}
        tables = PlaceTables(
            area_codes=areas["area"].tolist(),
            area_names=areas["name"].tolist(),
            area_states=areas["states"].tolist(),
            cities={f"{s} {n}": position[a] for s, n, a in cities.itertuples(index=False)},
            counties={f"{s} {n}": position[a] for s, n, a in counties.itertuples(index=False)},
        )
        arrays = {name: values.tolist() for name, values in title_arrays(datasets).items()}
        titles = TitleResolver(TitleTables(**arrays), {soc: i for i, soc in enumerate(socs)})
        return cls(titles, PlaceResolver(tables), IndustryResolver(), socs, tuple(vocabulary.sectors()))

    def place(self, text: str) -> PlaceMatch | None:
        """The place, or nothing when it is abroad or unknown."""
        try:
            return self.places.resolve(text)
        except RoleNotCovered:
            return None

    def industry(self, text: str) -> tuple[str, str]:
        """(industry code, sector), empty when the words are not an industry."""
        try:
            found = self.industries.resolve(text) if text.strip() else None
        except CompsvcError:
            found = None
        return (found.code, found.sector) if found else ("", "")


def words_of(recoder: Recoder, title: str) -> tuple[int, ...]:
    """Keys of a title's content words: rank words are the level's business."""
    words = tokens(title, recoder.titles.expansions)
    return tuple(dict.fromkeys(phrase_key((w,)) for w in words if w not in recoder.titles.levels.rank_words))


def coded(recoder: Recoder, titles: Iterable[str], industries: Iterable[str], socs: Iterable[str | None] | None = None) -> pd.DataFrame:
    """One row of codes per title: mixture, family, level, words, industry; filed occupations win over the title's."""
    position = {soc: i for i, soc in enumerate(recoder.socs)}
    rows = []
    given = list(socs) if socs is not None else None
    for at, (title, words) in enumerate(zip(titles, industries, strict=True)):
        industry, sector = recoder.industry(words)
        match = recoder.titles.resolve(title, recoder.sectors.index(sector) if sector else None)
        mixture = list(match.mixture)
        if given is not None and given[at]:
            mixture = [(position[str(given[at])], 1.0)]
        mixture += [(-1, 0.0)] * (MIXTURE_SIZE - len(mixture))
        row: dict[str, object] = {f"soc_{k + 1}": recoder.socs[s] if s >= 0 else "" for k, (s, _) in enumerate(mixture)}
        row |= {f"weight_{k + 1}": w for k, (_, w) in enumerate(mixture)}
        row |= {
            "family": match.family or "",
            "level": match.level.code,
            "level_why": match.level.why,
            "industry": industry,
            "sector": sector,
            "words": words_of(recoder, title),
            "phrase": match.phrase,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def official_limits(datasets: Path, year: int) -> pd.DataFrame:
    """OEWS P10 and P90 by occupation for the edit rule, USD per year; a top-coded P90 is taken from the highest known percentile."""
    pay = sources.read(datasets, "oews-national", "pay")
    pay = pay[(pay["year"] == year) & (pay["o_group"] == "detailed")].set_index("soc")
    parents = vocabulary.occupation_parents()
    pay = pay.reindex([parents.get(s, s) for s in vocabulary.occupations()])
    high = pay["p90_usd"].fillna(pay["p75_usd"] * 1.5).fillna(pay["p50_usd"] * 2.5).fillna(pay["mean_usd"] * 2.5).fillna(400_000)
    low = pay["p10_usd"].fillna(pay["mean_usd"] * 0.5).fillna(25_000)
    return pd.DataFrame({"low": low.to_numpy(), "high": np.maximum(high.to_numpy(), 1.0)}, index=list(vocabulary.occupations()))


def edit(frame: pd.DataFrame, titles: Sequence[str], limits: pd.DataFrame) -> pd.Series:
    """The reason to drop each row, empty for a row that stays."""
    base = frame["base_usd"]
    reason = pd.Series("", index=frame.index)
    low = np.full(len(frame), np.inf)
    high = np.zeros(len(frame))
    for k in range(1, MIXTURE_SIZE + 1):
        socs = frame[f"soc_{k}"]
        here = socs.ne("").to_numpy()
        low = np.where(here, np.minimum(low, socs.map(limits["low"]).fillna(np.inf)), low)
        high = np.where(here, np.maximum(high, socs.map(limits["high"]).fillna(0)), high)
    reason[base < OFFICIAL_LOW_RATIO * low] = f"base below {OFFICIAL_LOW_RATIO} of the official P10 of its lowest-paid occupation"
    reason[base > OFFICIAL_HIGH_RATIO * high] = f"base above {OFFICIAL_HIGH_RATIO} of the official P90 of its best-paid occupation"
    reason[frame["soc_1"].eq("")] = "title says nothing about an occupation"
    reason[[bool(_NOT_EMPLOYED.search(t)) for t in titles]] = "title says self-employed, part-time, retired or student"
    reason[(base > LARGEST_BASE_USD)] = f"base above {LARGEST_BASE_USD:,} USD"
    reason[(base < FULL_TIME_MINIMUM_USD) | base.isna()] = (
        f"base below {FULL_TIME_MINIMUM_USD:,} USD, the federal minimum wage for a full-time year, or missing"
    )
    return reason


def keep_common_phrases(phrases: pd.Series, smallest: int = SMALLEST_PHRASE_ROWS) -> pd.Series:
    """Title keys that stand in at least `smallest` rows; 0 for the rest."""
    counts = phrases.map(phrases.value_counts())
    return phrases.where(counts >= smallest, 0).astype("uint64")


def keep_common_words(words: pd.Series, smallest: int = SMALLEST_WORD_ROWS) -> pd.Series:
    """Word keys that stand in at least `smallest` rows; fits use only those in ten or more."""
    counts = Counter(key for row in words for key in set(row))
    return words.map(lambda row: np.array([key for key in row if counts[key] >= smallest], dtype="uint64"))
