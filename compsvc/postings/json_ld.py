"""A role and its pay as schema.org JSON-LD: the employer's own range in JobPosting, the market's estimate in Occupation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from compsvc import vocabulary
from compsvc.postings.article5 import in_the_union

CONTEXT = "https://schema.org/"
_NAMES = {"base": "base", "target_variable": "target variable", "actual_variable": "paid variable", "ote": "on-target earnings", "actual_cash": "total cash"}
_PERCENTILES = {"p10": "percentile10", "p25": "percentile25", "p50": "median", "p75": "percentile75", "p90": "percentile90"}
_TYPES = {"full-time": "FULL_TIME", "part-time": "PART_TIME", "contract": "CONTRACTOR", "temporary": "TEMPORARY", "internship": "INTERN"}

Answer = dict[str, Any]


def job_posting(role: Mapping[str, Any], low: float, high: float, currency: str, employment_type: str | None = None, unit: str = "year") -> Answer:
    """JobPosting with the range to post, per `unit`; reading it gives the same role and range again."""
    place = _place(str(role.get("location", "")))
    found: Answer = {"@context": CONTEXT, "@type": "JobPosting", "title": role.get("title", "")}
    found |= {"jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", **place}}} if place else {}
    found |= {"industry": role["industry"]} if role.get("industry") else {}
    found |= {"jobLocationType": "TELECOMMUTE"} if role.get("work_mode") == "remote" else {}
    found |= {"employmentType": _TYPES[employment_type]} if employment_type in _TYPES else {}
    value = {"@type": "QuantitativeValue", "minValue": _amount(low), "maxValue": _amount(high), "unitText": unit.upper()}
    return found | {"baseSalary": {"@type": "MonetaryAmount", "currency": currency, "value": value}}


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
    if match and in_the_union(match[2]):
        return {"addressLocality": match[1], "addressCountry": match[2]}
    return {"addressRegion": location} | ({"addressCountry": "US"} if at_home else {}) if location else {}
