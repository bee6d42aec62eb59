"""A role and its pay as schema.org JSON-LD: the employer's own range in JobPosting, the market's estimate in Occupation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CONTEXT = "https://schema.org/"
_NAMES = {"base": "base", "target_variable": "target variable", "actual_variable": "paid variable", "ote": "on-target earnings", "actual_cash": "total cash"}
_PERCENTILES = {"p10": "percentile10", "p25": "percentile25", "p50": "median", "p75": "percentile75", "p90": "percentile90"}
_TYPES = {"full-time": "FULL_TIME", "part-time": "PART_TIME", "contract": "CONTRACTOR", "temporary": "TEMPORARY", "internship": "INTERN"}

Answer = dict[str, Any]


def job_posting(role: Mapping[str, Any], low: float, high: float, currency: str, employment_type: str | None = None) -> Answer:
    """JobPosting with the range to post, a year; reading it gives the same role and range again."""
    place = _place(str(role.get("location", "")))
    found: Answer = {"@context": CONTEXT, "@type": "JobPosting", "title": role.get("title", "")}
    found |= {"jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", **place}}} if place else {}
    found |= {"industry": role["industry"]} if role.get("industry") else {}
    found |= {"jobLocationType": "TELECOMMUTE"} if role.get("work_mode") == "remote" else {}
    found |= {"employmentType": _TYPES[employment_type]} if employment_type in _TYPES else {}
    value = {"@type": "QuantitativeValue", "minValue": round(low), "maxValue": round(high), "unitText": "YEAR"}
    return found | {"baseSalary": {"@type": "MonetaryAmount", "currency": currency, "value": value}}


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
    """A place as a postal address: a city with its state, or a region."""
    match = re.fullmatch(r"\s*(.+?),\s*([A-Za-z .]+?)\s*", location)
    if match:
        return {"addressLocality": match[1], "addressRegion": match[2], "addressCountry": "US"}
    return {"addressRegion": location, "addressCountry": "US"} if location else {}
