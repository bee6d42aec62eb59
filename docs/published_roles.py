"""Writes docs/published-roles.md: our range beside what five public job descriptions and guides say of pay.

Run: python -m docs.published_roles. Stated figures are aged with the same wage
index to the same date; what a figure counts is said, never guessed away.
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
PATH = Path(__file__).parent / "published-roles.md"

# role, request, stated figures (label, low, high, stated on, pay basis), remark
ROLES: tuple[tuple[str, dict[str, Any], tuple[tuple[str, int, int, str, str], ...], str], ...] = (
    (
        "Associate Director of Account Strategy (WordPress agency, about 200 people, remote, 2021)",
        {"title": "Associate Director of Account Strategy", "location": "Remote (US)", "industry": "digital agency", "employees": 200, "remote": True},
        (),
        "The posting states no pay; nothing to compare.",
    ),
    (
        "Director of Account Strategy (the same posting)",
        {"title": "Director of Account Strategy", "location": "Remote (US)", "industry": "digital agency", "employees": 200, "remote": True},
        (),
        "The posting states no pay; nothing to compare.",
    ),
    (
        "Executive Account Director (guide, undated)",
        {"title": "Executive Account Director", "experience_years": 13},
        (("open-ended range", 150_000, 250_000, "2026-01-01", "not said; reads as total pay"),),
        "The guide names no pay basis and leaves the top open. At a base share of 65 % (the middle of another guide's 60 to 70 %) it is {executive_low} to {executive_high} of base at the date, which our range from P25 to P90 covers in the main.",
    ),
    (
        "Account Manager (guide of a job board, June 2019)",
        {"title": "Account Manager"},
        (("average salary over its markets", 64_780, 64_780, "2019-06-10", "base, reads as"),),
        "An average over the board's technology markets; ours is the national median employer, all industries.",
    ),
    (
        "Account Director (guide, 2026): base",
        {"title": "Account Director"},
        (
            ("mean base", 85_694, 85_694, "2026-01-01", "base"),
            ("base range", 70_000, 120_000, "2026-01-01", "base"),
            ("the same guide elsewhere: base", 100_000, 150_000, "2026-01-01", "base"),
        ),
        "The guide contradicts itself: 70 to 120 thousand in one place, 100 to 150 and more in another. Our median lies above its mean: official pay of the occupations in the mixture and what directors of account management say in the open surveys (median {survey_median} at the date, {survey_people} people) are both higher.",
    ),
    (
        "Director of Global Account Management (software company, remote)",
        {"title": "Director of Global Account Management", "location": "Remote (US)", "industry": "software", "remote": True, "experience_years": 10},
        (),
        "The posting states no pay; nothing to compare.",
    ),
)
ORDER = (
    (
        "San Francisco, New York and Boston above Austin and Charlotte",
        [{"location": p} for p in ("San Francisco, CA", "New York, NY", "Boston, MA", "Austin, TX", "Charlotte, NC")],
    ),
    ("technology above health care and manufacturing", [{"industry": i} for i in ("software", "hospital", "manufacturing")]),
    ("enterprise above startup", [{"employees": e} for e in (20_000, 15)]),
)


def usd(value: float) -> str:
    """Thousands of dollars."""
    return f"{value / 1000:,.0f}K"


def figures_of_remarks() -> dict[str, str]:
    """Figures the remarks quote, computed here."""
    import pandas as pd

    from compsvc import sources

    now = decimal_year(AS_OF)
    rows = pd.concat([sources.read(Settings.from_environment().datasets, s, "rows") for s in ("survey-2021", "survey-2023")])
    mine = rows[rows["family"].eq("account-management") & rows["level"].eq("M5") & rows["unusual"].eq("") & ~rows["held_out"]]
    aged = mine["base_usd"] * np.exp(log_growth(mine["paid_on"].map(lambda m: decimal_year(f"{m}-15")).to_numpy(), now))
    growth = float(np.exp(log_growth(decimal_year("2026-01-01"), now)))
    return {
        "executive_low": usd(0.65 * 150_000 * growth),
        "executive_high": usd(0.65 * 250_000 * growth),
        "survey_median": usd(float(aged.median())),
        "survey_people": str(len(mine)),
    }


def text() -> str:
    """The page."""
    model = registry.load_newest_sound(Settings.from_environment().models)

    def ask(role: dict[str, Any]) -> dict[str, Any]:
        return price(model, schemas.load(schemas.ROLE, {**role, "as_of": AS_OF}), AS_OF)

    lines = [
        "# Published roles beside our ranges",
        "",
        f"Model {model.model_id}, base pay, USD per year at {AS_OF}; written by `python -m docs.published_roles`. Stated figures are checks, never training targets.",
        "",
        "| role | level | P10 | P25 | median | P75 | P90 | stated | stated, aged to the same date | what it counts |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    computed = figures_of_remarks()
    remarks = ["", "## Agreement and disagreement", ""]
    for name, request, stated, remark in ROLES:
        answer = ask(request)
        base = answer["pay"]["base"]
        ours = " | ".join(usd(base[q]) for q in ("p10", "p25", "p50", "p75", "p90"))
        rows = stated or (("no pay stated", 0, 0, AS_OF, "-"),)
        for i, (label, low, high, on, basis) in enumerate(rows):
            growth = float(np.exp(log_growth(decimal_year(on), decimal_year(AS_OF))))
            said = "-" if not high else f"{label}: {usd(low)}" + (f" to {usd(high)}" if high != low else "")
            aged = "-" if not high else usd(low * growth) + (f" to {usd(high * growth)}" if high != low else "")
            lines.append(
                f"| {name if i == 0 else ''} | {answer['role']['level']['code'] if i == 0 else ''} | {ours if i == 0 else ' | ' * 4} | {said} | {aged} | {basis} |"
            )
        remarks.append(f"- **{name}**: {remark.format(**computed)}")
    lines += remarks + ["", "## Order", "", "Account Director, median base:", ""]
    for claim, variants in ORDER:
        figures = ", ".join(f"{next(iter(v.values()))} {usd(ask({'title': 'Account Director', **v})['pay']['base']['p50'])}" for v in variants)
        lines.append(f"- {claim}: {figures}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
