"""Writes docs/published-plans.md: mix and on-target earnings of quota-carrying roles beside published figures.

Run: python -m docs.published_plans. Published figures are aged with the same wage
index to the same date. They enter the model at their stated low weight
(`datasets/mix`); this page is a check, not a target.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from compsvc import registry, schemas
from compsvc.fit.ageing import decimal_year, log_growth
from compsvc.pricing import price
from compsvc.settings import Settings

AS_OF = "2026-11-22"
PATH = Path(__file__).parent / "published-plans.md"

# role, request, published base share (low, high), published OTE figures (label, low, high, year, open above), remark
ROLES: tuple[tuple[str, dict[str, Any], tuple[float, float] | None, tuple[tuple[str, int, int, int, bool], ...], str], ...] = (
    (
        "Account Executive",
        {"title": "Account Executive"},
        (0.50, 0.60),
        (("software, by segment", 100_000, 300_000, 2025, False), ("a guide, pay with commission", 60_000, 90_000, 2026, False)),
        "The first figure spans software segments from small business to enterprise; ours is every industry and employer of the nation. The second is a guide's figure for any account executive, advertising and radio included.",
    ),
    (
        "Account Executive, software",
        {"title": "Account Executive", "industry": "software"},
        (0.50, 0.60),
        (("software, by segment", 100_000, 300_000, 2025, False),),
        "The industry the published figure is about.",
    ),
    (
        "Senior Account Executive, San Francisco, software",
        {"title": "Senior Account Executive", "location": "San Francisco, CA", "industry": "software"},
        (0.50, 0.60),
        (("one employer's benchmark", 300_000, 300_000, 2024, False),),
        "One employer's own benchmark at a chosen percentile of venture-backed software companies, not a market median.",
    ),
    ("Account Manager", {"title": "Account Manager"}, (0.60, 0.70), (("a vendor", 85_000, 150_000, 2025, False),), "The published span is a vendor's, for software; ours is every industry."),
    (
        "Account Director",
        {"title": "Account Director"},
        (0.60, 0.70),
        (("total, a guide", 100_000, 180_000, 2026, False), ("OTE, the same guide", 120_000, 200_000, 2026, True)),
        "The guide's OTE rests on a base mean of 86K that our base anchor and the survey contradict (docs/published-roles.md).",
    ),
    (
        "Customer Success Manager",
        {"title": "Customer Success Manager"},
        (0.80, 0.80),
        (("a vendor", 75_000, 120_000, 2025, False),),
        "One vendor's 80/20, of low weight, moves the family only part of the way from the gap common to quota-carrying families.",
    ),
    (
        "Sales Director",
        {"title": "Sales Director"},
        (0.60, 0.70),
        (("a vendor", 165_000, 235_000, 2025, False),),
        "National over all industries; the vendor's figure is software.",
    ),
    (
        "VP Sales",
        {"title": "VP Sales"},
        (0.60, 0.70),
        (("a vendor", 200_000, 350_000, 2025, True),),
        "The published range is open above; vice presidents of small and large companies are one role here unless the size is named.",
    ),
    (
        "VP, Client Services",
        {"title": "VP, Client Services"},
        None,
        (("VP Sales, a vendor", 200_000, 350_000, 2025, True),),
        "No published mix names client services; the family's own and the common one apply.",
    ),
)


def usd(value: float) -> str:
    """Thousands of dollars."""
    return f"{value / 1000:,.0f}K"


def _where(ote: dict[str, Any], low: float, high: float) -> str:
    """Where our median OTE stands against an aged published span."""
    if ote["p50"] < low:
        return "below it" + (" (our P75 inside)" if ote["p75"] >= low else "")
    if ote["p50"] > high:
        return "above it" + (" (our P25 inside)" if ote["p25"] <= high else "")
    return "inside"


def text() -> str:
    """The page."""
    settings = Settings.from_environment()
    model = registry.load_newest_sound(settings.models)
    lines = [
        "# Published plans beside our on-target earnings",
        "",
        f"Model {model.model_id}, USD per year at {AS_OF}; written by `python -m docs.published_plans`. OTE is everybody in the role, with variable pay or without; the mix is median base over median OTE. The plan share is base over base plus target variable of somebody who has a plan at the median.",
        "",
        "| role | level | base P50 | target variable P50, of those with any | have any | OTE P10 | P25 | P50 | P75 | P90 | mix | plan share | published mix | published pay, aged | our median |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    remarks = ["", "## Agreement and disagreement", ""]
    for name, request, mix, figures, remark in ROLES:
        answer = price(model, schemas.load(schemas.ROLE, {**request, "as_of": AS_OF}), AS_OF)
        base, variable, ote = (answer["pay"][part] for part in ("base", "variable", "ote"))
        plan = base["p50"] / (base["p50"] + variable["p50"])
        published = "-" if mix is None else f"{mix[0]:.0%}" + (f" to {mix[1]:.0%}" if mix[1] != mix[0] else "")
        first = f"{name} | {answer['role']['level']['code']} | {usd(base['p50'])} | {usd(variable['p50'])} | {variable['p_any']:.0%} | " + " | ".join(
            usd(ote[q]) for q in ("p10", "p25", "p50", "p75", "p90")
        )
        places = []
        for i, (label, low, high, year, open_above) in enumerate(figures):
            growth = float(np.exp(log_growth(decimal_year(f"{year}-07-01" if year < 2026 else "2026-01-01"), decimal_year(AS_OF))))
            span = f"{label}: {usd(low * growth)}" + (f" to {usd(high * growth)}" if high != low else "") + (" and more" if open_above else "")
            places.append(_where(ote, low * growth, float("inf") if open_above else high * growth))
            head = f"{first} | {answer['mix']['base_share']:.0%} | {plan:.0%} | {published}" if i == 0 else " | " * 12
            lines.append(f"| {head} | {span} | {places[-1]} |")
        said = f" Published base share {published}, ours for somebody with a plan {plan:.0%}." if mix is not None else ""
        remarks.append(f"- **{name}**: our median OTE is {', '.join(places)}.{said} {remark.format(position=places[0])}")
    lines += remarks + [
        "",
        "## What moves the mix",
        "",
        "People of the open surveys who carry a quota state far less variable pay than plans promise. The gap common to all such families is estimated from the published cuts, each weighted by its quality, and a family's own cut moves it from the common gap only as far as its weight allows, so that a single vendor's 80/20 does not become ours. Mix and target of a family are one for a whole track (professional, management, executive): there are too few cuts to tell industries or levels apart.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
