"""Cities and counties to OEWS areas: place names are public codes, kept as names."""

from __future__ import annotations

import csv
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pandas as pd

from compsvc.resolve.places import county_key, normalise
from compsvc.sources import Column, Dataset, Table, require

Key = tuple[str, str]
_CONTROL = r"[\x00-\x1f\x7f-\x9f]"


class _Fixes:
    """Known disagreements between the two gazetteers, from `place_fixes.csv`."""

    def __init__(self) -> None:
        rows = list(csv.DictReader((files(__package__) / "place_fixes.csv").read_text(encoding="utf-8").splitlines()))
        self.city = {(r["state"], r["name"]): r["target"] for r in rows if r["kind"] == "city"}
        self.county = {(r["state"], r["name"]): r["target"] for r in rows if r["kind"] == "county"}
        self.renamed = {(r["state"], r["name"]): r["target"] for r in rows if r["kind"] == "county_renamed"}
        self.two_areas = {(r["state"], r["name"]): r["target"] for r in rows if r["kind"] == "city_in_two_areas"}
        self.commuter = [(r["target"], r["state"]) for r in rows if r["kind"] == "commuter_state"]
        self.default = {r["state"]: r["target"] for r in rows if r["kind"] == "default_county"}


def _counties(geography: pd.DataFrame, fixes: _Fixes) -> dict[Key, str]:
    found = {(r.StateAb, county_key(r.CountyTownName)): r.Area for r in geography.itertuples()}
    return found | fixes.county


def _city_area(state: str, county: str, counties: dict[Key, str], fixes: _Fixes) -> str | None:
    key = county_key(county)
    for candidate in (fixes.renamed.get((state, key)), key, key + "city"):
        if candidate and (state, candidate) in counties:
            return counties[(state, candidate)]
    return fixes.default.get(state)


def _cities(gazetteer: pd.DataFrame, geography: pd.DataFrame, counties: dict[Key, str], fixes: _Fixes) -> tuple[dict[Key, str], int]:
    names = dict(zip(geography["Area"], geography["AreaName"], strict=True))
    placed: dict[Key, list[str]] = defaultdict(list)
    points: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    late: list[tuple[str, str, float, float]] = []
    for row in gazetteer.itertuples():
        state, key = row.STATE_CODE, normalise(row.CITY)
        at = (float(row.LATITUDE), float(row.LONGITUDE))
        area = fixes.city.get((state, key)) if state == "CT" else _city_area(state, row.COUNTY, counties, fixes) if row.COUNTY else None
        if area:
            placed[(state, key)].append(area)
            points[state].append((*at, area))
        else:
            late.append((state, key, *at))
    unplaced = 0
    for state, key, lat, lon in late:
        if (state, key) in placed:
            continue
        if not points[state]:
            unplaced += 1
            continue
        placed[(state, key)].append(min(points[state], key=lambda p: (p[0] - lat) ** 2 + ((p[1] - lon) * 0.77) ** 2)[2])
    cities: dict[Key, str] = {}
    for (state, key), areas in placed.items():
        distinct = list(dict.fromkeys(areas))
        first = sorted(distinct, key=lambda a: (key not in normalise(names[a]), "nonmetro" in names[a]))[0]
        cities[(state, key)] = fixes.two_areas.get((state, key), first)
    cities |= fixes.city
    for row in geography.itertuples():
        if row.StateAb in ("GU", "VI"):
            cities[(row.StateAb, normalise(row.CountyTownName))] = row.Area
        elif row.StateAb in ("VA", "MD", "MO") and row.CountyTownName.endswith(" city"):
            cities[(row.StateAb, normalise(row.CountyTownName)[:-5])] = row.Area
    return cities, unplaced


def build(raw: Path) -> Dataset:
    """`places`: areas with the states they touch, cities and counties with their area."""
    sources = [raw / "oflc" / "Geography.csv", raw / "geo" / "us_cities.csv"]
    geography = pd.read_csv(require(sources[0]), dtype=str)
    geography["AreaName"] = geography["AreaName"].str.replace(_CONTROL, "", regex=True)
    gazetteer = pd.read_csv(require(sources[1]), dtype=str, keep_default_na=False)
    fixes = _Fixes()
    counties = _counties(geography, fixes)
    cities, unplaced = _cities(gazetteer, geography, counties, fixes)
    touches: dict[str, set[str]] = defaultdict(set)
    for row in geography.itertuples():
        touches[row.Area].add(row.StateAb)
    for area, state in fixes.commuter:
        touches[area].add(state)
    names = dict(zip(geography["Area"], geography["AreaName"], strict=True))
    areas = pd.DataFrame(
        [(a, names[a], " ".join(sorted(touches[a])), "nonmetro" if "nonmetropolitan" in names[a] else "metro") for a in sorted(names)],
        columns=["area", "name", "states", "kind"],
    )
    city_rows = pd.DataFrame([(s, n, a) for (s, n), a in sorted(cities.items())], columns=["state", "name", "area"])
    county_rows = pd.DataFrame([(s, n, a) for (s, n), a in sorted(counties.items())], columns=["state", "name", "area"])
    key_columns = [Column("state", "USPS", "state"), Column("name", "text", "normalised place name"), Column("area", "OEWS area", "area the place lies in")]
    return Dataset(
        id="places",
        title="cities, counties and areas of the United States",
        source="US Department of Labor OFLC geography file; us_cities gazetteer (MIT)",
        period="2025-26 area definitions",
        licence="OFLC: public domain; gazetteer: MIT",
        raw_files=sources,
        tables=[
            Table(
                "areas",
                areas,
                [
                    Column("area", "OEWS area", "code"),
                    Column("name", "text", "official name"),
                    Column("states", "USPS", "states the area touches"),
                    Column("kind", "code", "metro or nonmetro"),
                ],
            ),
            Table("cities", city_rows, key_columns),
            Table("counties", county_rows, key_columns),
        ],
        pay_basis="none: this table holds no pay",
        dropped={"cities in a territory without any placed city": unplaced},
        notes=["Connecticut towns are placed by planning region by hand (`compsvc/sources/place_fixes.csv`)."],
    )
