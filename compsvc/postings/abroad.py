"""Places outside the United States as postings write them: countries, regions of several, provinces of Canada, large cities.

Codes and currencies are ISO 3166-1 and ISO 4217; members of the EU as of 2026.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from compsvc import vocabulary

_STATES = "|".join(map(re.escape, vocabulary.states().values()))
_AT_HOME = re.compile(rf",\s*(?:{'|'.join(vocabulary.states())}|{_STATES})\.?\s*$|^\s*(?:{_STATES})\s*$")


class Country(NamedTuple):
    """A country, or a region of several, whose code is then "" where it has none."""

    code: str
    name: str
    in_union: bool
    currency: str


UNION = Country("EU", "European Union", True, "EUR")
_REGIONS = {"EU": UNION, "European Union": UNION, **{name: Country("", name, False, "") for name in ("Europe", "EMEA", "APAC", "LATAM", "Latin America")}}
_PROVINCES = ("ON", "QC", "BC", "AB", "MB", "SK", "NS", "NB", "PEI")
_CITIES_OF_STATES = frozenset(
    ("Lebanon", "Peru", "Cuba", "Mexico", "Jordan", "Chad", "Turkey", "Jersey", "Wales", "Panama", "Holland", "Poland", "Norway", "Korea")
)


@cache
def _countries() -> tuple[dict[str, Country], dict[str, Country]]:
    """Countries by every name, and by the large cities that only they have."""
    names: dict[str, Country] = dict(_REGIONS)
    cities: dict[str, Country] = {}
    with (files("compsvc") / "postings" / "countries.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            country = Country(row["code"], row["name"], row["union"] == "yes", row["currency"])
            names |= dict.fromkeys((row["name"], *filter(None, row["also"].split(";"))), country)
            cities |= dict.fromkeys(filter(None, row["cities"].split(";")), country)
    return names, cities


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_NAMES = _alternatives(_countries()[0])
_CITY = r"(?<!\w)(?!(?:US|USA|Remote|Hybrid|Anywhere|Onsite)\b)[A-ZÀ-Þ][\w.'’-]{1,22}(?:[ -](?:[A-ZÀ-Þ][\w.'’-]{1,22}|am|of|de|do|la|upon|the)){0,3}"
WRITTEN = re.compile(
    rf"{_CITY},\s?(?:[A-ZÀ-Þ][\w .'’-]{{1,24}},\s?)?(?:{_NAMES})(?!\w|['’])|{_CITY},\s?(?:{'|'.join(_PROVINCES)})(?![\w-]|['’])(?:,\s?Canada\b)?"
    rf"|(?<!New )(?:{_alternatives(n for n in _countries()[0] if n not in _CITIES_OF_STATES)})(?![\w-]|['’]| [a-z])"
)
"""A place abroad as a line, a label or a form writes it: a city with its country or province, or a country alone."""
CITY = re.compile(rf"(?<!\w)(?:{_alternatives(_countries()[1])})(?![\w-]|['’]| [A-Z])")
"""A large city by itself."""
ALONE = re.compile(
    rf"\W*(?:(?:[Rr]emote|[Hh]ybrid|[Oo]n-?site|[Ff]ull[- ][Tt]ime)\W+){{0,2}}(?:{_NAMES})(?:\W+(?:or |and )?(?:{_NAMES}|[Rr]emote|[Hh]ybrid|[Oo]n-?site|[Ff]ull[- ][Tt]ime)){{0,4}}\W*"
)
"""A line of countries and nothing but how one works there."""
REMOTELY = re.compile(
    rf"\b[Rr]emote(?:ly)?\b[\s,;:(/–—|·-]*(?:(?:in|within|from|across|based in|anywhere in)\s+)?(?:the )?(?P<slot>{_NAMES})(?!\w|['’])"
    r"|\b(?P<before>EU|European Union|Europe|EMEA|APAC|LATAM|UK|Canada)[ -][Rr]emote\b"
)
"""Remote work that is offered abroad: "Remote (EU)", "EMEA Remote", "remote within Canada"."""


@cache
def currencies() -> tuple[str, ...]:
    """ISO 4217 codes of the countries listed, and USD."""
    return tuple(sorted({country.currency for country in _countries()[0].values() if country.currency} | {"USD"}))


@cache
def names_by_code() -> dict[str, str]:
    """Names of the countries listed by their ISO 3166-1 codes."""
    return {country.code: country.name for country in _countries()[0].values() if country.code}


def country_of(place: str) -> Country | None:
    """The country or region that a place's words name; None for places of the United States and for names nobody lists here."""
    if _AT_HOME.search(place):
        return None
    names, cities = _countries()
    parts = [part.strip(" .()") for part in re.split(r"[,;(/]", place)]
    for part in reversed(parts):
        if part in names:
            return names[part]
        if len(parts) > 1 and part in _PROVINCES:
            return names["Canada"]
    m = _KNOWN.search(place)
    return (names | cities)[m[0]] if m else None


_KNOWN = re.compile(rf"(?<!New )(?<!\w)(?:{_alternatives({**_countries()[0], **_countries()[1]})})(?!\w)")
