"""An offer read against the market, the company's Band and its people: positions with intervals, a verdict, and reasons in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compsvc import bands, formulas, parity, standing, vocabulary
from compsvc.errors import RequestInvalid
from compsvc.features import QUANTILE_NAMES
from compsvc.offers.terms import Answer, priced
from compsvc.paymodel import PayModel
from compsvc.pricing import INTERVAL_LEVEL, decimal_year

MIX_ROOM = 0.10
USUAL_QUOTA_ROOM = (2.0, 10.0)
UNLIKELY_BASE_USD = 10_000
COMPONENTS = ("base", "variable", "ote")
_SAID = {
    "base": "base pay",
    "target_variable": "target variable",
    "actual_variable": "paid variable",
    "ote": "on-target earnings",
    "actual_cash": "total cash paid",
}
_OFFERED = {"base": "base", "variable": "target_variable", "ote": "ote"}
_SIDE = {"below": "below the middle half of the market", "within": "in the middle half of the market", "above": "above the middle half of the market"}


def market_of(answer: Answer) -> Answer:
    """The market's percentiles of each component, and the base share of its medians."""
    kept = ("pay_basis", *QUANTILE_NAMES, "interval", "p_any", "method", "reason")
    return {name: {k: answer["pay"][name][k] for k in kept if k in answer["pay"][name]} for name in COMPONENTS} | {"base_share": answer["mix"]["base_share"]}


def stand(name: str, usd: int, part: Answer) -> Answer:
    """Where one component stands in the market, with its interval; without variable pay there is nothing to place."""
    if part["method"] == "withheld" or (name != "ote" and usd == 0):
        none = (
            "no base is offered: pay is variable alone"
            if name == "base"
            else f"no variable pay is offered; {part.get('p_any', 0):.0%} of people in the role have some"
        )
        why = part.get("reason") or none
        return {"offered_usd": usd, "verdict": None, "why": why}
    where = standing.position(usd, part)
    found, open_ = standing.verdict(where), standing.possible(where)
    among = f"the {part['p_any']:.0%} of people who have any" if name == "variable" else "the market"
    said, measured = _SAID[_OFFERED[name]], _SAID[part["pay_basis"]]
    read_in = f" ({measured})" if measured != said else ""
    percentile, low, high = (round(x, 1) for x in (where.percentile, where.low, where.high))
    at = f"{said} {'stand' if name == 'ote' else 'stands'} at P{percentile:.0f} of {among}{read_in}, 90% interval P{low:.0f} to P{high:.0f}"
    if found == standing.CANNOT_TELL:
        sure = "" if len(open_) > 2 else "not below market, but " if "below" not in open_ else "not above market, but "
        words = f"{at}: {sure}cannot tell whether {' or '.join(open_)} the middle half"
    else:
        words = f"{at}: {_SIDE[found]}"
    return {
        "offered_usd": usd,
        "pay_basis": _OFFERED[name],
        "market_pay_basis": part["pay_basis"],
        "percentile": percentile,
        "interval": {"level": INTERVAL_LEVEL, "low": low, "high": high},
        "verdict": found,
        "may_be": list(open_),
        "why": words,
        "market_ratio": {
            "value": round(usd / part["p50"], 3),
            "denominator": f"market P50 of {measured}" + (", of those with any" if name == "variable" else ""),
        },
        "penetration": {"value": round(formulas.range_penetration(usd, part["p10"], part["p90"]), 3), "low": "market P10", "high": "market P90"},
    }


def mix(terms: Answer, market_share: float | None) -> Answer:
    """The offer's base share beside the market's."""
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


def band_in_force(
    model: PayModel, role: Mapping[str, Any], answer: Answer, policies: Sequence[Mapping[str, Any]], on: str, today: str
) -> tuple[bands.Band | None, str]:
    """(the Band of the role on a date, ""), or (None, why there is none)."""
    policy = bands.in_force(policies, on)
    if policy is None:
        return None, ""

    def elsewhere(location: str | None, as_of: str) -> Mapping[str, Any]:
        return priced(model, {**role, "as_of": as_of} | ({"location": location} if location else {}), today)

    state = model.places.resolve(role["location"]).state if role.get("location") else None
    try:
        return bands.band_of(policy, answer, state, elsewhere), ""
    except RequestInvalid as problem:
        return None, problem.message


def band_figures(band: bands.Band, base_usd: int) -> Answer:
    """The Band, and where base stands in it."""
    return {
        "pay_basis": "base",
        **band._asdict(),
        "verdict": "below" if base_usd < band.min_usd else "above" if base_usd > band.max_usd else "within",
        "compa_ratio": {"value": round(formulas.compa_ratio(base_usd, band.mid_usd), 3), "denominator": "Band midpoint"},
        "penetration": {"value": round(formulas.range_penetration(base_usd, band.min_usd, band.max_usd), 3), "low": "Band minimum", "high": "Band maximum"},
    }


def people(model: PayModel, terms: Answer, answer: Answer, peers: parity.Peers) -> Answer:
    """Parity and inversion against the workspace's people, their pay brought to the offer's date."""
    role = answer["role"]
    family, level = (role[name]["code"] if role[name] else None for name in ("family", "level"))
    now = model.log_growth(decimal_year(answer["as_of"]))

    def log_growth(paid_on: str) -> float:
        return now - model.log_growth(decimal_year(paid_on))

    return parity.read(terms["base_usd"], terms["ote_usd"], family, level, role["area"]["code"], peers, log_growth)


def verdict(stands: Answer, mixed: Answer, band: Answer | None, found_people: Answer | None) -> Answer:
    """What may be said of the whole: on-target earnings decide, base where they are withheld; everything else is a reason."""
    leading = "ote" if stands["ote"]["verdict"] else "base"
    reasons = [{"code": f"{name}-{stands[name]['verdict'] or 'none'}", "message": _sentence(stands[name]["why"])} for name in COMPONENTS]
    if mixed["verdict"]:
        reasons.append({"code": f"mix-{mixed['verdict']}", "message": _sentence(mixed["why"])})
    if band:
        where = {"below": "below the Band's minimum", "within": "inside the Band", "above": "above the Band's maximum"}[band["verdict"]]
        to_middle = f"compa-ratio {band['compa_ratio']['value']:.2f} to the midpoint {band['mid_usd']:,}"
        reasons.append({"code": f"band-{band['verdict']}", "message": f"Base is {where}: {band['min_usd']:,} to {band['max_usd']:,}, {to_middle}."})
    for name, found in (found_people or {}).items():
        reasons.append({"code": f"{name}-{found['verdict']}", "message": f"{name.capitalize()}: {found['verdict'].replace('-', ' ')}, {found['why']}."})
    code = stands[leading]["verdict"]
    words = {"below": "Below market", "within": "In the market's middle half", "above": "Above market"}.get(code) or unsure(stands[leading]["may_be"])
    return {"code": code, "by": leading, "words": words, "reasons": reasons}


def unsure(may_be: Sequence[str]) -> str:
    """A verdict that cannot be given, with what is sure nevertheless."""
    if len(may_be) > 2:
        return f"Cannot tell whether {' or '.join(may_be)} the market's middle half"
    sure = "below" if "below" not in may_be else "above"
    return f"Not {sure} market; cannot tell whether {' or '.join(may_be)} its middle half"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def warnings(asked: Mapping[str, Any], answer: Answer, plan: Answer | None, no_band: str) -> Iterable[Answer]:
    """What is worth knowing of this offer, beside what the range itself warns of."""
    if answer["pay"]["ote"]["pay_basis"] != "ote":
        yield {
            "code": "target_against_paid",
            "message": "The market's variable pay and total of this job are what people say they were paid, not their plan; targets are compared with them for want of better.",
        }
    family = vocabulary.families().get(answer["role"]["family"]["code"]) if answer["role"]["family"] else None
    if family and family.quota_carrying and asked["variable_usd"] and not asked.get("plan"):
        yield {"code": "no_plan", "message": "This job usually carries a quota; say its plan to see expected pay and the chance to reach on-target earnings."}
    if asked["base_usd"] < UNLIKELY_BASE_USD:
        yield {"code": "low_base", "message": f"A base of {asked['base_usd']:,} USD a year is very low; 120k stands for 120,000."}
    low, high = USUAL_QUOTA_ROOM
    if plan and plan["quota_to_ote"] is not None and not low <= plan["quota_to_ote"] <= high:
        yield {"code": "unusual_quota", "message": f"A quota of {plan['quota_to_ote']:g} times on-target earnings is unusual; {formulas.QUOTA_TO_OTE_SOURCE}."}
    if no_band:
        yield {"code": "no_band", "message": no_band}
