"""The words and codes of the field, as tables anyone can read and correct.

Each CSV beside this file is one list; functions here return them parsed, read
once. Bounds of the schemas come from here and are never typed twice.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


def _rows(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: code such as P3, its track and rank, and the years people usually bring."""

    code: str
    track: str
    rank: int
    name: str
    years_low: float
    years_high: float
    summary: str


@dataclass(frozen=True, slots=True)
class Family:
    """A named mixture of occupations that people recognise."""

    code: str
    name: str
    group: str
    quota_carrying: bool
    summary: str


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry people name: a NAICS code (or a named composite), its sector, everyday names."""

    code: str
    name: str
    sector: str
    everyday_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SizeClass:
    """A Census enterprise size class; `employees` is its representative headcount."""

    code: str
    low: int
    high: int | None
    employees: int


@cache
def levels() -> Mapping[str, Level]:
    """Levels by code, in ladder order."""
    return {
        row["level"]: Level(row["level"], row["track"], int(row["rank"]), row["name"], float(row["years_low"]), float(row["years_high"]), row["summary"])
        for row in _rows("levels")
    }


@cache
def families() -> Mapping[str, Family]:
    """Job families by code."""
    return {
        row["family"]: Family(row["family"], row["name"], row["group"], row["quota_carrying"].lower() == "true", row["summary"]) for row in _rows("families")
    }


@cache
def family_mixtures() -> Mapping[tuple[str, str], tuple[tuple[str, float], ...]]:
    """Occupation codes and weights of each (family, track); every family answers for P, M and E."""
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in _rows("family_occupations"):
        tracks = "PME" if row["tracks"] == "*" else row["tracks"].replace("|", "")
        for track in tracks:
            found.setdefault((row["family"], track), []).append((row["soc"], float(row["weight"])))
    for family in families():
        have = [t for t in "PME" if (family, t) in found]
        for track in "PME":
            if have and (family, track) not in found:
                nearest = min(have, key=lambda t: abs("PME".index(t) - "PME".index(track)))
                found[(family, track)] = found[(family, nearest)]
    return {key: tuple(mix) for key, mix in found.items()}


@cache
def ladder() -> tuple[Mapping[str, str], ...]:
    """Rows family, level, title, years_low, years_high."""
    return tuple(_rows("ladder"))


@cache
def occupations() -> Mapping[str, str]:
    """SOC code to official occupation name, all 848, in code order."""
    return {row["soc"]: row["name"] for row in _rows("occupations")}


@cache
def occupation_families() -> Mapping[str, str]:
    """SOC code to the nearest family, where one fits."""
    return {row["soc"]: row["family"] for row in _rows("occupation_families") if row["family"]}


@cache
def sectors() -> Mapping[str, str]:
    """NAICS sector (two digits; 99 is government) to its name, in code order."""
    return {row["sector"]: row["name"] for row in _rows("sectors")}


@cache
def industries() -> Mapping[str, Industry]:
    """Industries by code: sectors first, then the deeper ones people name."""
    return {
        row["code"]: Industry(row["code"], row["name"], row["sector"], tuple(n for n in row["everyday_names"].split("|") if n)) for row in _rows("industries")
    }


@cache
def survey_industry_labels() -> Mapping[str, str]:
    """Industry labels of the open surveys (normalised) to an industry code."""
    return {label: row["code"] for row in _rows("industries") for label in row["survey_labels"].split("|") if label}


@cache
def size_classes() -> tuple[SizeClass, ...]:
    """Enterprise size classes from smallest to largest."""
    return tuple(SizeClass(r["size"], int(r["low"]), int(r["high"]) if r["high"] else None, int(r["employees"])) for r in _rows("sizes"))


@cache
def states() -> Mapping[str, str]:
    """USPS code to state name, DC and territories that the data cover included."""
    return {row["state"]: row["name"] for row in _rows("states")}


@cache
def level_words() -> tuple[Mapping[str, str], ...]:
    """Rows words, kind (core or mod), value, note."""
    return tuple(_rows("level_words"))


@cache
def level_grid() -> Mapping[str, Mapping[str, str]]:
    """Level by core word (row) and modifier (column)."""
    return {row["core"]: row for row in _rows("level_grid")}


@cache
def title_expansions() -> Mapping[str, tuple[str, ...]]:
    """Abbreviations in titles, written out."""
    return {row["word"]: tuple(row["expansion"].split()) for row in _rows("title_words")}


@cache
def misspellings() -> Mapping[str, str]:
    """Words of titles that are often misspelt, often enough to be filed so, to the words that are meant."""
    return {row["word"]: row["meant"] for row in _rows("misspellings")}


@cache
def place_nicknames() -> Mapping[str, tuple[str, str]]:
    """Everyday place names to (kind, target): metro, state, nation or abroad."""
    return {row["nickname"]: (row["kind"], row["target"]) for row in _rows("place_nicknames")}


@dataclass(frozen=True, slots=True)
class GrowthStep:
    """Annual wage growth between two dates, published or forecast, with its source."""

    from_on: str
    to_on: str
    annual_rate: float
    status: str
    source: str


@cache
def wage_growth() -> tuple[GrowthStep, ...]:
    """Dated wage growth steps in order, without gaps."""
    return tuple(GrowthStep(r["from_on"], r["to_on"], float(r["annual_rate"]), r["status"], r["source"]) for r in _rows("wage_growth"))


WORK_MODES = ("on-site", "hybrid", "remote")
EXPERIENCE_YEARS_MAX = 60.0
EMPLOYEES_MAX = 5_000_000
CURRENCY = "USD"
AS_OF_FIRST = "2020-01-01"
AS_OF_YEARS_AHEAD = 2


@cache
def occupation_parents() -> Mapping[str, str]:
    """SOC codes that OEWS publishes only inside a combined code, to that code."""
    return {row["soc"]: row["oews"] for row in _rows("occupation_parents")}
