"""Several offers on the same bases, and an offer where there is none yet: at a position in the market, in the Band, or within a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compsvc import standing, vocabulary
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.features import QUANTILE_NAMES
from compsvc.offers import make_offer
from compsvc.offers.reading import band_in_force
from compsvc.offers.terms import Answer, priced, role_of
from compsvc.paymodel import PayModel

ROUND_TO_USD = 500
USUALLY_ANY = 0.5
MEASURES = (
    "base_usd",
    "variable_usd",
    "ote_usd",
    "expected_pay_usd",
    "sign_on_usd",
    "equity_usd",
    "refreshers_usd",
    "first_year_usd",
    "annualised_usd",
    "four_year_usd",
    "employer_cost_usd",
)


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
        best = [n for n, v in zip(names, values, strict=True) if v == max(known)] if len(known) == len(values) and max(known) > min(known) else []
        first = values[0]
        less = [None if v is None or first is None else v - first for v in values]
        rows.append({"measure": measure, "values": values, "highest": best, "less_first": less})
    return {"model_id": model.model_id, "currency": vocabulary.CURRENCY, "names": names, "measures": rows, "offers": [offer for _, offer in made]}


def _measure(offer: Answer, measure: str) -> int | None:
    """One figure of one offer; expected pay without a plan is known only where nothing varies."""
    if measure == "expected_pay_usd":
        expected: int | None = offer["plan"]["expected"]["pay_usd"] if offer["plan"] else None if offer["terms"]["variable_usd"] else offer["terms"]["base_usd"]
        return expected
    value: int = offer["terms"].get(measure, offer.get(measure))
    return value


def suggest(model: PayModel, asked: Mapping[str, Any], today: str, policies: Sequence[Mapping[str, Any]] = ()) -> Answer:
    """Base and target variable at a chosen position, keeping the mix; whole steps of 500 USD, never above a budget, a point of the Band as it is.

    Where fewer than half of people in the role have variable pay, none is suggested unless a mix is asked for.
    """
    role = role_of(asked)
    answer = priced(model, role, today)
    share, mixed = _share(asked, answer)
    pay = {name: [answer["pay"][name].get(q) for q in QUANTILE_NAMES] for name in ("base", "ote")}
    base: float | None = None
    if "ote_percentile" in asked:
        ote = standing.value_at(asked["ote_percentile"], pay["ote"])
        why = f"P{asked['ote_percentile']:g} of market on-target earnings"
    elif "base_percentile" in asked:
        base = standing.value_at(asked["base_percentile"], pay["base"])
        ote, base = base / share, _rounded(base)
        why = f"P{asked['base_percentile']:g} of market base"
    elif "budget_usd" in asked:
        ote = asked["budget_usd"] // ROUND_TO_USD * ROUND_TO_USD
        why = f"at most {asked['budget_usd']:,.0f} of on-target earnings"
    else:
        band, missing = band_in_force(model, role, answer, policies, today, today)
        if band is None:
            detail = missing.rstrip(".") or "no Band policy is in force here"
            raise RequestInvalid(f"{detail}.", (FieldProblem("/band", detail, "a position in the market, or a workspace whose policy covers the role"),))
        base = {"min": band.min_usd, "mid": band.mid_usd, "max": band.max_usd}[asked["band"]]
        ote = base / share
        why = f"{asked['band']} of the Band ({band.why})"
    total = _rounded(ote)
    if base is None:
        base = min(_rounded(total * share), total)
    variable = max(_rounded(ote - base), 0)
    terms = {"role": role, "base_usd": round(base), "variable_usd": min(variable, max(total - round(base), 0)) if "budget_usd" in asked else variable}
    return {"offer": terms, "base_share": round(share, 4), "why": f"{why}; base is {share:.0%} of on-target earnings, {mixed}"}


def _rounded(usd: float) -> int:
    return max(round(usd / ROUND_TO_USD) * ROUND_TO_USD, ROUND_TO_USD) if usd > ROUND_TO_USD / 2 else 0


def _share(asked: Mapping[str, Any], answer: Answer) -> tuple[float, str]:
    """(base share to keep, in words whose)."""
    if asked.get("base_share"):
        return float(asked["base_share"]), "as asked"
    variable = answer["pay"]["variable"]
    if variable["pay_basis"] != "target_variable" and variable.get("p_any", 0.0) < USUALLY_ANY:
        return 1.0, f"since only {variable.get('p_any', 0.0):.0%} of people in the role have variable pay"
    return float(answer["mix"]["base_share"] or 1.0), "as in the market"
