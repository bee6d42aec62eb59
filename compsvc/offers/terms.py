"""The terms of an offer: checked, in whole dollars, and what follows from them alone over the years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from compsvc import equity, formulas, incentives
from compsvc.errors import FieldProblem, RequestError, RequestInvalid
from compsvc.paymodel import PayModel
from compsvc.pricing import price

YEARS = 4

Answer = dict[str, Any]


def priced(model: PayModel, role: Mapping[str, Any], today: str) -> Answer:
    """The role's PayRange body; what it refuses is named inside the offer."""
    try:
        return price(model, role, today)
    except RequestError as problem:
        raise type(problem)(problem.message, tuple(replace(p, pointer="/role" + p.pointer) for p in problem.problems)) from None


def role_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The role to price; RequestInvalid when offer and role name two currencies."""
    role = dict(asked["role"])
    if asked.get("currency"):
        role.setdefault("currency", asked["currency"])
        if role["currency"] != asked["currency"]:
            raise RequestInvalid(
                "Two currencies.", (FieldProblem("/role/currency", f"'{role['currency']}' where the offer says '{asked['currency']}'", asked["currency"]),)
            )
    return role


def in_whole_dollars(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The offer with yearly pay and sign-on in whole USD, so that everything added from them adds up."""
    return {**asked, **{name: round(asked[name]) for name in ("base_usd", "variable_usd", "sign_on_usd")}}


def terms_of(asked: Mapping[str, Any]) -> Answer:
    """The terms as answered: pay with its basis, mix, grants, benefits and what a year costs the employer."""
    base, variable = asked["base_usd"], asked["variable_usd"]
    ote = formulas.on_target_earnings(base, variable)
    benefits, source = benefits_of(asked, ote)
    return {
        "base_usd": base,
        "variable_usd": variable,
        "ote_usd": ote,
        "pay_basis": {"base_usd": "base", "variable_usd": "target_variable", "ote_usd": "ote"},
        "base_share": round(formulas.base_share(base, variable), 4),
        "leverage": round(formulas.leverage(base, variable), 4),
        "sign_on_usd": asked["sign_on_usd"],
        "equity_usd": round(asked["equity"]["usd"]) if asked.get("equity") else 0,
        "refreshers_usd": round(sum(r["usd"] for r in asked.get("refreshers", ()))),
        "benefits_usd": round(benefits),
        "benefits_from": source,
        "employer_cost_usd": ote + round(benefits),
        "employer_cost_leaves_out": ["sign-on", "equity"],
    }


def benefits_of(asked: Mapping[str, Any], cash_usd: float) -> tuple[float, str]:
    """(benefits a year, where the figure comes from): as given, else the national load on cash pay."""
    given = asked.get("benefits_usd")
    return (given, "the request") if given is not None else (formulas.BENEFITS_LOAD * cash_usd, formulas.BENEFITS_LOAD_SOURCE)


def grants_of(asked: Mapping[str, Any]) -> list[equity.Grant]:
    """The new-hire grant and refreshers; RequestInvalid naming the one whose terms do not fit."""
    named = [("/equity", asked["equity"], 0)] if asked.get("equity") else []
    named += [(f"/refreshers/{i}", r, r["after_months"]) for i, r in enumerate(asked.get("refreshers", ()))]
    found = []
    for pointer, grant, month in named:
        shape = {k: grant[k] for k in ("usd", "vest_years", "cliff_months", "every")}
        found.append(equity.checked(equity.Grant(**shape, year_shares=tuple(grant.get("year_shares", ())), from_month=month), pointer))
    return found


def years_of(asked: Mapping[str, Any], first_variable_usd: int | None = None, equity_factor: float = 1.0) -> list[Answer]:
    """Cash and equity of each year, whole USD: four years, or as many as the last grant takes to vest.

    Variable pay is at target, but for the first year's when a ramp or a draw makes another figure of it.
    """
    grants = [replace(g, usd=g.usd * equity_factor) for g in grants_of(asked)]
    last = max([YEARS, *(-(-g.from_month // formulas.MONTHS) + g.vest_years for g in grants)])
    vests = equity.vest_by_year(grants, last, asked["equity_growth"])
    rows = []
    for year, vest in enumerate(vests, start=1):
        grown = (1 + asked["merit_rate"]) ** (year - 1)
        base, sign_on = round(asked["base_usd"] * grown), asked["sign_on_usd"] if year == 1 else 0
        variable = first_variable_usd if year == 1 and first_variable_usd is not None else round(asked["variable_usd"] * grown)
        cash = base + variable + sign_on
        rows.append(
            {"year": year, "base_usd": base, "variable_usd": variable, "sign_on_usd": sign_on, "cash_usd": cash, "equity_usd": vest, "total_usd": cash + vest}
        )
    return rows


def annualised_of(asked: Mapping[str, Any], equity_factor: float = 1.0) -> int:
    """The offer spread evenly, whole USD a year; refreshers are not counted (Levels.fyi)."""
    grant = asked.get("equity") or {"usd": 0.0, "vest_years": 1}
    return round(formulas.annualised(asked["base_usd"], asked["variable_usd"], equity_factor * grant["usd"], grant["vest_years"], asked["sign_on_usd"]))


def plan_of(asked: Mapping[str, Any]) -> incentives.IncentivePlan | None:
    """The incentive plan, checked; None without one."""
    given = asked.get("plan")
    if given is None:
        return None
    if bool(given["draw_usd"]) != bool(given["draw_months"]):
        missing = "draw_months" if given["draw_usd"] else "draw_usd"
        raise RequestInvalid("Half a draw.", (FieldProblem(f"/plan/{missing}", "a draw needs an amount a month and a number of months", "both, or neither"),))
    return incentives.checked(
        incentives.IncentivePlan(
            asked["variable_usd"],
            given.get("quota_usd"),
            given["threshold"],
            given["from_first_dollar"],
            tuple(incentives.Tier(t["above"], t["multiplier"]) for t in given["tiers"]),
            given.get("tier_type", "marginal"),
            given.get("cap"),
            tuple(incentives.Spif(s["usd"], s["at"]) for s in given["spifs"]),
        )
    )
