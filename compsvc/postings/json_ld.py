"""A role and its pay as schema.org JSON-LD: the employer's own range in JobPosting, the market's estimate in Occupation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from compsvc import vocabulary
from compsvc.postings.abroad import country_of

CONTEXT = "https://schema.org/"
_NAMES = {"base": "base", "target_variable": "target variable", "actual_variable": "paid variable", "ote": "on-target earnings", "actual_cash": "total cash"}
_PERCENTILES = {"p10": "percentile10", "p25": "percentile25", "p50": "median", "p75": "percentile75", "p90": "percentile90"}
_TYPES = {"full-time": "FULL_TIME", "part-time": "PART_TIME", "contract": "CONTRACTOR", "temporary": "TEMPORARY", "internship": "INTERN"}

Answer = dict[str, Any]


def job_posting(
    role: Mapping[str, Any],
    low: float | None,
    high: float | None,
    currency: str,
    employment_type: str | None = None,
    unit: str = "year",
    places: Sequence[str] = (),
    posted_on: str = "",
) -> Answer:
    """JobPosting with the range to post, per `unit`; reading it gives the same role and range again.

    What only the employer knows (who it is, the text) is in square brackets; an end of the range that is None is left out.
    """
    location = str(role.get("location", ""))
    remote = role.get("work_mode") == "remote"
    found: Answer = {
        "@context": CONTEXT,
        "@type": "JobPosting",
        "title": role.get("title", ""),
        "description": "[The text of the posting, as HTML.]",
        **({"datePosted": posted_on} if posted_on else {}),
        "hiringOrganization": {"@type": "Organization", "name": "[The employer]"},
    }
    named = [place for place in (places or [location]) if place]
    if remote:
        found["jobLocationType"] = "TELECOMMUTE"
        found["applicantLocationRequirements"] = _one_or_all([_requirement(place) for place in named or ["United States"]])
    elif named:
        where = [{"@type": "Place", "address": {"@type": "PostalAddress", **_place(place)}} for place in named]
        found["jobLocation"] = _one_or_all(where)
    found |= {"industry": role["industry"]} if role.get("industry") else {}
    found |= {"employmentType": _TYPES[employment_type]} if employment_type in _TYPES else {}
    if low is None and high is None:
        return found
    ends = {name: _amount(end) for name, end in (("minValue", low), ("maxValue", high)) if end is not None}
    value = {"@type": "QuantitativeValue", **ends, "unitText": unit.upper()}
    return found | {"baseSalary": {"@type": "MonetaryAmount", "currency": currency, "value": value}}


NATION = ("United States", "US", "USA")


def _one_or_all(rows: list[Answer]) -> Answer | list[Answer]:
    return rows[0] if len(rows) == 1 else rows


def _requirement(place: str) -> Answer:
    """Where somebody who works remotely must be: a country, a state, or another area by its name."""
    if place in NATION:
        return {"@type": "Country", "name": "United States"}
    country = country_of(place)
    kind = "Country" if country and country.code not in ("", "EU") and place in (country.name, country.code) else "AdministrativeArea"
    return {"@type": "State" if place in vocabulary.states().values() else kind, "name": place}


def _amount(value: float) -> float | int:
    """Money in major units: whole where it is, else to the cent."""
    return int(value) if float(value).is_integer() else round(value, 2)


def occupation(range_: Mapping[str, Any]) -> Answer:
    """Occupation with the market's percentiles of base, variable and on-target earnings."""
    role = range_["role"]
    estimates = [
        {
            "@type": "MonetaryAmountDistribution",
            "name": _NAMES[part["pay_basis"]],
            "currency": range_["currency"],
            "duration": "P1Y",
            **{name: part[q] for q, name in _PERCENTILES.items()},
        }
        for part in range_["pay"].values()
        if "p50" in part
    ]
    return {
        "@context": CONTEXT,
        "@type": "Occupation",
        "name": role["title"] or role["occupation"]["name"],
        "mainEntityOfPage": {"@type": "WebPage", "lastReviewed": f"{range_['as_of']}T00:00:00Z"},
        "occupationLocation": [{"@type": "AdministrativeArea", "name": role["area"]["name"]}],
        "estimatedSalary": estimates,
    }


def _place(location: str) -> Answer:
    """A place as a postal address: a city with its state, a region of the United States, or a city with its country."""
    states = vocabulary.states()
    match = re.fullmatch(r"\s*(.+?),\s*([A-Za-z .]+?)\s*", location)
    region = match[2] if match else location
    at_home = region.upper() in states or region.title() in states.values() or region.lower().replace(".", "") in ("dc", "united states", "us", "usa")
    if match and at_home:
        return {"addressLocality": match[1], "addressRegion": match[2], "addressCountry": "US"}
    country = None if at_home else country_of(location)
    if country:
        city = location.split(",")[0].strip()
        named = len(location.split(",")) > 1 or city not in (country.name, country.code)
        return ({"addressLocality": city} if named else {}) | {"addressCountry": country.name}
    if at_home or not location:
        return {"addressRegion": location, "addressCountry": "US"} if location else {}
    return {"addressLocality": location, "addressCountry": "US"}
