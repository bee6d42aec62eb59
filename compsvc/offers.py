"""An offer: its terms over the years, and where it stands against the market, the company's Band and its people.

Everything is worked out from the terms and the role's PayRange; nothing here is
kept or depends on who asks, but for the Band policies and pay records handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from compsvc import bands, equity, formulas, incentives, parity, standing, vocabulary
from compsvc.errors import FieldProblem, RequestError, RequestInvalid
from compsvc.features import QUANTILE_NAMES
from compsvc.paymodel import PayModel
from compsvc.pricing import INTERVAL_LEVEL, price

YEARS = 4
ROUND_TO_USD = 500
MIX_ROOM = 0.10
ATTAINMENTS = (0.5, 0.8, 1.0, 1.2, 1.5)
EQUITY_FACTORS = (0.0, 0.5, 1.0, 2.0)
COMPONENTS = ("base", "variable", "ote")
_SAID = {"base": "base pay", "variable": "target variable", "ote": "on-target earnings"}
_SIDE = {"below": "below the middle half of the market", "within": "in the middle half of the market", "above": "above the middle half of the market"}

Answer = dict[str, Any]


def _priced(model: PayModel, role: Mapping[str, Any], today: str, pointer: str = "/role") -> Answer:
    """The role's PayRange body; what it refuses is named inside the offer."""
    try:
        return price(model, role, today)
    except RequestError as problem:
        raise type(problem)(problem.message, tuple(replace(p, pointer=pointer + p.pointer) for p in problem.problems)) from None


def make_offer(model: PayModel, asked: Mapping[str, Any], today: str, policies: Sequence[Mapping[str, Any]] = (), peers: parity.Peers | None = None) -> Answer:
    """Every figure of one offer, as the body of `POST /v1/offers/model`.

    `asked` holds the loaded fields of an OfferSchema. `policies` are Band policy versions, the one in force on the first day applies.
    Raises RequestInvalid or RoleNotCovered, naming the field.
    """
    role = _role(asked)
    answer = _priced(model, role, today)
    terms, plan = _terms(asked), _plan(asked)
    stands = {name: _stand(name, terms[f"{name}_usd"], answer["pay"][name]) for name in COMPONENTS}
    mix = _mix(terms, answer["mix"]["base_share"])
    band = _band(model, role, answer, terms["base_usd"], policies, asked.get("starts_on") or today, today)
    people = _people(terms["base_usd"], answer["role"], peers) if peers else None
    schedule = _years(asked)
    return {
        "model_id": answer["model_id"],
        "as_of": answer["as_of"],
        "currency": answer["currency"],
        "role": answer["role"],
        "terms": terms,
        "years": schedule,
        "first_year_usd": schedule[0]["total_usd"],
        "four_year_usd": sum(year["total_usd"] for year in schedule[:YEARS]),
        "annualised_usd": _annualised(asked),
        "market": {name: _market(answer["pay"][name]) for name in COMPONENTS} | {"base_share": answer["mix"]["base_share"]},
        "standing": stands,
        "mix": mix,
        "band": band,
        "people": people,
        "plan": _plan_figures(plan, asked, terms) if plan else None,
        "sensitivity": _sensitivity(asked, terms, plan),
        "verdict": _verdict(stands, mix, band, people, answer),
        "warnings": [*answer["warnings"], *_warnings(asked, answer)],
    }


# --- terms -----------------------------------------------------------------------


def _role(asked: Mapping[str, Any]) -> dict[str, Any]:
    role = dict(asked["role"])
    if asked.get("currency"):
        role.setdefault("currency", asked["currency"])
        if role["currency"] != asked["currency"]:
            raise RequestInvalid(
                "Two currencies.", (FieldProblem("/role/currency", f"'{role['currency']}' where the offer says '{asked['currency']}'", asked["currency"]),)
            )
    return role


def _terms(asked: Mapping[str, Any]) -> Answer:
    base, variable = asked["base_usd"], asked["variable_usd"]
    ote = formulas.on_target_earnings(base, variable)
    given = asked.get("benefits_usd")
    benefits = given if given is not None else formulas.BENEFITS_LOAD * ote
    return {
        "base_usd": round(base),
        "variable_usd": round(variable),
        "ote_usd": round(ote),
        "pay_basis": {"base_usd": "base", "variable_usd": "target_variable", "ote_usd": "ote"},
        "base_share": round(formulas.base_share(base, variable), 4),
        "leverage": round(formulas.leverage(base, variable), 4),
        "sign_on_usd": round(asked["sign_on_usd"]),
        "equity_usd": round(asked["equity"]["usd"]) if asked.get("equity") else 0,
        "benefits_usd": round(benefits),
        "benefits_from": "the request" if given is not None else formulas.BENEFITS_LOAD_SOURCE,
        "employer_cost_usd": round(ote + benefits),
    }


def _grants(asked: Mapping[str, Any]) -> list[equity.Grant]:
    found = []
    named = [("/equity", asked["equity"], 0)] if asked.get("equity") else []
    for pointer, grant, month in [*named, *((f"/refreshers/{i}", r, r["after_months"]) for i, r in enumerate(asked.get("refreshers", ())))]:
        shape = {k: grant[k] for k in ("usd", "vest_years", "cliff_months", "every")}
        found.append(equity.checked(equity.Grant(**shape, year_shares=tuple(grant.get("year_shares", ())), from_month=month), pointer))
    return found


def _years(asked: Mapping[str, Any], equity_factor: float = 1.0) -> list[Answer]:
    """Cash and equity of each year, whole USD: four years, or as many as the last grant takes to vest."""
    grants = [replace(g, usd=g.usd * equity_factor) for g in _grants(asked)]
    last = max([YEARS, *(-(-g.from_month // formulas.MONTHS) + g.vest_years for g in grants)])
    vests = equity.vest_by_year(grants, last, asked["equity_growth"])
    rows = []
    for year, vest in enumerate(vests, start=1):
        grown = (1 + asked["merit_rate"]) ** (year - 1)
        base, variable, sign_on = round(asked["base_usd"] * grown), round(asked["variable_usd"] * grown), round(asked["sign_on_usd"]) if year == 1 else 0
        rows.append(
            {
                "year": year,
                "base_usd": base,
                "variable_usd": variable,
                "sign_on_usd": sign_on,
                "cash_usd": base + variable + sign_on,
                "equity_usd": vest,
                "total_usd": base + variable + sign_on + vest,
            }
        )
    return rows


def _annualised(asked: Mapping[str, Any], equity_factor: float = 1.0) -> int:
    grant = asked.get("equity") or {"usd": 0.0, "vest_years": 1}
    return round(formulas.annualised(asked["base_usd"], asked["variable_usd"], equity_factor * grant["usd"], grant["vest_years"], asked["sign_on_usd"]))


# --- standing --------------------------------------------------------------------


def _market(part: Answer) -> Answer:
    return {k: part[k] for k in ("pay_basis", *QUANTILE_NAMES, "interval", "p_any", "method", "reason") if k in part}


def _stand(name: str, usd: int, part: Answer) -> Answer:
    """Where one component stands in the market, with its interval; without variable pay there is nothing to place."""
    if part["method"] == "withheld" or (name == "variable" and usd == 0):
        why = part.get("reason") or f"no variable pay is offered; {part['p_any']:.0%} of people in the role have some"
        return {"offered_usd": usd, "verdict": None, "why": why}
    where = standing.position(usd, part)
    found = standing.verdict(where)
    open_ = standing.possible(where)
    at = f"{_SAID[name]} {'stand' if name == 'ote' else 'stands'} at P{where.percentile:.0f} of the market ({INTERVAL_LEVEL:.0%} interval P{where.low:.0f} to P{where.high:.0f})"
    sure = "" if len(open_) > 2 else "not below market, but " if "below" not in open_ else "not above market, but " if "above" not in open_ else ""
    words = f"{at}: {_SIDE[found]}" if found in _SIDE else f"{at}: {sure}cannot tell whether {' or '.join(open_)} its middle half"
    return {
        "offered_usd": usd,
        "pay_basis": {"base": "base", "variable": "target_variable", "ote": "ote"}[name],
        "market_pay_basis": part["pay_basis"],
        "percentile": round(where.percentile, 1),
        "interval": {"level": INTERVAL_LEVEL, "low": round(where.low, 1), "high": round(where.high, 1)},
        "verdict": found,
        "may_be": list(open_),
        "why": words,
        "market_ratio": {"value": round(usd / part["p50"], 3), "denominator": f"market P50 of {_SAID[name]}"},
        "penetration": {"value": round(formulas.range_penetration(usd, part["p10"], part["p90"]), 3), "low": "market P10", "high": "market P90"},
    }


def _mix(terms: Answer, market_share: float | None) -> Answer:
    if market_share is None:
        return {"base_share": terms["base_share"], "market_base_share": None, "verdict": None, "why": "the market's mix is not known"}
    rest = terms["base_share"] - market_share
    verdict = "like-the-market" if abs(rest) <= MIX_ROOM else "more-fixed" if rest > 0 else "more-variable"
    return {
        "base_share": terms["base_share"],
        "market_base_share": market_share,
        "verdict": verdict,
        "why": f"base is {terms['base_share']:.0%} of on-target earnings, where the market's medians give {market_share:.0%}",
    }


def _policy_band(model: PayModel, role: Mapping[str, Any], answer: Answer, policies: Sequence[Mapping[str, Any]], on: str, today: str) -> bands.Band | None:
    policy = bands.in_force(policies, on)
    if policy is None:
        return None

    def elsewhere(location: str | None, as_of: str) -> Mapping[str, Any]:
        return _priced(model, {**role, "as_of": as_of} | ({"location": location} if location else {}), today)

    return bands.band_of(policy, answer, elsewhere)


def _band(model: PayModel, role: Mapping[str, Any], answer: Answer, base: int, policies: Sequence[Mapping[str, Any]], on: str, today: str) -> Answer | None:
    band = _policy_band(model, role, answer, policies, on, today)
    if band is None:
        return None
    side = "below" if base < band.min_usd else "above" if base > band.max_usd else "within"
    return {
        "pay_basis": "base",
        **band._asdict(),
        "verdict": side,
        "compa_ratio": {"value": round(formulas.compa_ratio(base, band.mid_usd), 3), "denominator": "Band midpoint"},
        "penetration": {"value": round(formulas.range_penetration(base, band.min_usd, band.max_usd), 3), "low": "Band minimum", "high": "Band maximum"},
    }


def _people(base: int, role: Answer, peers: parity.Peers) -> Answer:
    family, level = (role[name]["code"] if role[name] else None for name in ("family", "level"))
    return parity.read(base, family, level, role["area"]["code"], peers)


def _verdict(stands: Answer, mix: Answer, band: Answer | None, people: Answer | None, answer: Answer) -> Answer:
    """What may be said of the whole: on-target earnings decide, base where they are withheld; everything else is a reason."""
    leading = "ote" if stands["ote"]["verdict"] else "base"
    reasons = [{"code": f"{name}-{stands[name]['verdict'] or 'none'}", "message": _sentence(stands[name]["why"])} for name in COMPONENTS]
    if mix["verdict"]:
        reasons.append({"code": f"mix-{mix['verdict']}", "message": _sentence(mix["why"])})
    if band:
        where = {"below": "below the Band's minimum", "within": "inside the Band", "above": "above the Band's maximum"}[band["verdict"]]
        reasons.append(
            {
                "code": f"band-{band['verdict']}",
                "message": f"Base is {where}: {band['min_usd']:,} to {band['max_usd']:,}, compa-ratio {band['compa_ratio']['value']:.2f} to the midpoint {band['mid_usd']:,}.",
            }
        )
    for name, found in (people or {}).items():
        reasons.append({"code": f"{name}-{found['verdict']}", "message": f"{name.capitalize()}: {found['verdict'].replace('-', ' ')}, {found['why']}."})
    found = stands[leading]["verdict"] or standing.CANNOT_TELL
    words = {
        "below": "Below market",
        "within": "In the market's middle half",
        "above": "Above market",
        standing.CANNOT_TELL: "Cannot tell: the market's interval spans the threshold",
    }[found]
    return {"code": found, "by": leading, "words": words, "reasons": reasons}


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _warnings(asked: Mapping[str, Any], answer: Answer) -> Iterable[Answer]:
    if asked["variable_usd"] and answer["pay"]["variable"]["pay_basis"] != "target_variable":
        yield {
            "code": "target_against_paid",
            "message": "The market's variable pay of this job is what people say they were paid, not their plan; a target is compared with it for want of better.",
        }
    family = vocabulary.families().get(answer["role"]["family"]["code"]) if answer["role"]["family"] else None
    if family and family.quota_carrying and asked["variable_usd"] and not asked.get("plan"):
        yield {"code": "no_plan", "message": "This job usually carries a quota; say its plan to see expected pay and the chance to reach on-target earnings."}


# --- plan ------------------------------------------------------------------------


def _plan(asked: Mapping[str, Any]) -> incentives.IncentivePlan | None:
    given = asked.get("plan")
    if given is None:
        return None
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


def _attainment(given: Mapping[str, Any] | None) -> incentives.Attainment:
    if not given:
        return incentives.AS_REPORTED
    if "observed" in given:
        return incentives.attainment_from(given["observed"])
    if "distribution" in given:
        return incentives.DISTRIBUTIONS[given["distribution"]]
    return incentives.LogNormal(given["at_quota_share"], given["log_sd"])


def _plan_figures(plan: incentives.IncentivePlan, asked: Mapping[str, Any], terms: Answer) -> Answer:
    given, base, ote = asked["plan"], asked["base_usd"], terms["ote_usd"]
    spread = _attainment(given.get("attainment"))
    found = incentives.expected(plan, spread)
    low, high = formulas.QUOTA_TO_OTE
    usual = {"low_usd": round(low * ote), "high_usd": round(high * ote), "mean": formulas.QUOTA_TO_OTE_MEAN, "source": formulas.QUOTA_TO_OTE_SOURCE}
    months = incentives.first_year(
        plan,
        incentives.Ramp(tuple(given["ramp_quota_shares"]), given["ramp_full_target"]),
        incentives.Draw(given["draw_usd"], given["draw_months"], given["draw_recoverable"]),
        1.0,
    )
    return {
        "pay_basis": "target_variable",
        "target_variable_usd": terms["variable_usd"],
        "quota_usd": None if plan.quota_usd is None else round(plan.quota_usd),
        "quota_to_ote": None if plan.quota_usd is None else round(formulas.quota_to_ote(plan.quota_usd, ote), 2),
        "usual_quota": usual,
        "rate": None if plan.rate is None else round(plan.rate, 6),
        "tier_type": plan.tier_type if plan.tiers else None,
        "curve": incentives.curve(plan, base),
        "attainment": {
            "name": spread.name,
            "source": spread.source,
            **{q: round(spread.quantile(v), 3) for q, v in zip(QUANTILE_NAMES, incentives.QUANTILES, strict=True)},
            "at_quota_share": round(spread.moments(1 - 1e-12, float("inf"))[0], 4),
        },
        "expected": {
            "variable_usd": round(found.variable_usd),
            "spif_usd": round(found.spif_usd),
            "pay_usd": round(base + found.variable_usd + found.spif_usd),
            "of_target": round(found.variable_usd / plan.target_variable_usd, 4),
            "p_reach_ote": round(found.p_ote, 4),
            "p_any": round(found.p_any, 4),
            "p_capped": round(found.p_capped, 4),
            "pay": {q: round(base + v) for q, v in zip(QUANTILE_NAMES, found.quantiles, strict=True)},
        },
        "first_year": {
            "attainment": 1.0,
            "variable_usd": round(sum(m.paid_usd for m in months)),
            "owed_usd": round(months[-1].owed_usd),
            "months": [
                {
                    "month": m.month,
                    "quota_share": m.quota_share,
                    "earned_usd": round(m.earned_usd),
                    "paid_usd": round(m.paid_usd),
                    "owed_usd": round(m.owed_usd),
                }
                for m in months
            ],
        },
        "cost": incentives.rep_cost(plan, base, found),
    }


def _sensitivity(asked: Mapping[str, Any], terms: Answer, plan: incentives.IncentivePlan | None) -> Answer:
    by_attainment = None
    if plan:
        by_attainment = [
            {"attainment": a, "variable_usd": round(plan.variable_usd(a)), "pay_usd": round(asked["base_usd"] + plan.variable_usd(a) + plan.spif_usd(a))}
            for a in ATTAINMENTS
        ]
    by_equity = [{"equity_times": f, "first_year_usd": _years(asked, f)[0]["total_usd"], "annualised_usd": _annualised(asked, f)} for f in EQUITY_FACTORS]
    return {"attainment": by_attainment, "equity": by_equity if terms["equity_usd"] or asked.get("refreshers") else None}


# --- many offers, and none yet ------------------------------------------------------

MEASURES = ("base_usd", "variable_usd", "ote_usd", "expected_pay_usd", "sign_on_usd", "equity_usd", "first_year_usd", "annualised_usd", "four_year_usd")


def compare(model: PayModel, asked: Mapping[str, Any], today: str, policies: Sequence[Mapping[str, Any]] = ()) -> Answer:
    """Several offers on the same bases: figures of each, who leads by each measure, and each less the first."""
    made = [(o["name"], make_offer(model, {k: v for k, v in o.items() if k != "name"}, today, policies)) for o in asked["offers"]]
    names = [name for name, _ in made]
    if len(set(names)) != len(names):
        raise RequestInvalid("Two offers have one name.", (FieldProblem("/offers", "two offers have the same name", "a name for each"),))
    rows = []
    for measure in MEASURES:
        values = [_measure(offer, measure) for _, offer in made]
        known = [v for v in values if v is not None]
        best = [n for n, v in zip(names, values, strict=True) if v == max(known)] if known and max(known) > min(known) else []
        first = values[0]
        rows.append(
            {
                "measure": measure,
                "values": values,
                "highest": best,
                "less_first": [None if v is None or first is None else v - first for v in values],
            }
        )
    return {"model_id": model.model_id, "currency": vocabulary.CURRENCY, "names": names, "measures": rows, "offers": [offer for _, offer in made]}


def _measure(offer: Answer, measure: str) -> int | None:
    if measure == "expected_pay_usd":
        return offer["plan"]["expected"]["pay_usd"] if offer["plan"] else None
    value: int = offer["terms"].get(measure, offer.get(measure))
    return value


def suggest(model: PayModel, asked: Mapping[str, Any], today: str, policies: Sequence[Mapping[str, Any]] = ()) -> Answer:
    """Base and target variable at a chosen position, keeping the mix; whole steps of 500 USD, never above a budget."""
    role = _role(asked)
    answer = _priced(model, role, today)
    share = asked.get("base_share") or answer["mix"]["base_share"] or 1.0
    pay = {name: [answer["pay"][name].get(q) for q in QUANTILE_NAMES] for name in ("base", "ote")}
    if "ote_percentile" in asked:
        ote = standing.value_at(asked["ote_percentile"], pay["ote"])
        why = f"P{asked['ote_percentile']:g} of market on-target earnings"
    elif "base_percentile" in asked:
        ote = standing.value_at(asked["base_percentile"], pay["base"]) / share
        why = f"P{asked['base_percentile']:g} of market base"
    elif "budget_usd" in asked:
        ote = asked["budget_usd"] // ROUND_TO_USD * ROUND_TO_USD
        why = f"at most {asked['budget_usd']:,.0f} of on-target earnings"
    else:
        band = _policy_band(model, role, answer, policies, today, today)
        if band is None:
            raise RequestInvalid(
                "There is no Band policy in force.",
                (FieldProblem("/band", "no Band policy is in force here", "a position in the market, or sign in to a workspace with a policy"),),
            )
        ote = {"min": band.min_usd, "mid": band.mid_usd, "max": band.max_usd}[asked["band"]] / share
        why = f"{asked['band']} of the Band: {band.why}"
    total = round(ote / ROUND_TO_USD) * ROUND_TO_USD
    base = min(max(round(ote * share / ROUND_TO_USD) * ROUND_TO_USD, ROUND_TO_USD), total)
    terms = {"role": role, "base_usd": base, "variable_usd": total - base}
    return {
        "offer": terms,
        "base_share": round(share, 4),
        "why": f"{why}; base is {share:.0%} of it, {'as asked' if asked.get('base_share') else 'as in the market'}",
    }
