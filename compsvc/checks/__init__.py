"""A candidate's offer: where it stands in the market, why, how sure that is, and what to ask.

The range is the one anybody gets for the role, whole; nothing is kept, and nobody is asked what they earn.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from compsvc import formulas, incentives, vocabulary
from compsvc.errors import FieldProblem, RequestError, RequestInvalid
from compsvc.offers import reading
from compsvc.paymodel import PayModel
from compsvc.postings import article5, rules
from compsvc.pricing import price
from compsvc.standing import CANNOT_TELL, position

Answer = dict[str, Any]
Terms = dict[str, int | None]

_NOT_SAID = "not said"
_CALLED = {"base": "base was", "variable": "variable pay was", "ote": "on-target earnings (base and target variable together) were"}
LEAST_YEARLY_USD = 10_000
ROUNDING_USD = 2


def check_offer(model: PayModel, asked: Mapping[str, Any], today: str) -> Answer:
    """The body of `POST /v1/checks`: the role's PayRange, where each part of the offer stands in it, a verdict with reasons, and what to ask.

    `asked` holds the loaded fields of a CheckSchema. Raises RequestInvalid for figures that contradict each other; a
    role outside the United States is told, not raised, and has no standing.
    """
    terms = terms_of(asked)
    try:
        market, why_not = price(model, asked["role"], today), None
    except RequestError as problem:
        place = asked["role"].get("location") or ""
        named = tuple(replace(p, pointer=f"/role{p.pointer}") for p in problem.problems)
        if not article5.in_the_union(place):
            raise type(problem)(problem.message, named) from None
        market, why_not = None, {"message": problem.message, "errors": [p.as_json() for p in named]}
    stands = _standing(terms, market) if market else None
    told = asked.get("told") or {}
    verdict = _verdict(terms, stands, market) if market and stands else None
    sure = verdict is not None and not (verdict["code"] == CANNOT_TELL and verdict["by"] in ("title", "both"))
    laws = [_law(rule, today) for rule in rules.applying(model, [asked["role"]["location"]], False)] if asked["role"].get("location") else []
    return {
        "model_id": model.model_id,
        "range": market,
        "not_priced": why_not,
        "terms": terms,
        "standing": stands,
        "mix": _mix(terms, market) if market else None,
        "verdict": verdict,
        "questions": list(_questions(asked, terms, market, stands, laws, sure)),
        "laws": laws,
        "article_5": _article_5(asked, told, market),
        "told_range": _told_range(told, terms, market),
        "warnings": list(_warnings(terms)),
        "kept": False,
    }


# --- what was offered ----------------------------------------------------------------


def terms_of(asked: Mapping[str, Any]) -> Terms:
    """Base, target variable and on-target earnings in whole USD a year, None where nobody has said; RequestInvalid when they contradict each other."""
    base, variable, ote = (round(asked[name]) if asked.get(name) is not None else None for name in ("base_usd", "variable_usd", "ote_usd"))
    if base is not None and variable is not None and ote is not None and abs(base + variable - ote) > ROUNDING_USD:
        raise _contradiction("/ote_usd", f"base {base:,} and variable {variable:,} are {base + variable:,}, not {ote:,}", "leave one of the three out")
    if base is not None and ote is not None and ote < base:
        raise _contradiction("/ote_usd", f"on-target earnings {ote:,} are less than base {base:,}", "base with variable pay at target")
    if base is not None and variable is not None:
        ote = base + variable
    elif base is not None and ote is not None:
        variable = ote - base
    elif ote is not None and variable is not None:
        if variable > ote:
            raise _contradiction("/variable_usd", f"variable {variable:,} is more than on-target earnings {ote:,}", "the part of them that is variable")
        base = ote - variable
    figure = asked.get("pay_usd")
    once = {name: round(asked[name]) if asked.get(name) is not None else None for name in ("sign_on_usd", "equity_usd")}
    return {"base_usd": base, "variable_usd": variable, "ote_usd": ote, "pay_usd": round(figure) if figure is not None else None, **once}


def _contradiction(pointer: str, detail: str, allowed: str) -> RequestInvalid:
    return RequestInvalid("The figures contradict each other.", (FieldProblem(pointer, detail, allowed),))


def _standing(terms: Terms, market: Answer) -> Answer:
    """Where each part stands; a figure whose basis nobody said is placed both as base and as on-target earnings."""
    found = {}
    for name in reading.COMPONENTS:
        usd = terms[f"{name}_usd"]
        if usd is None and terms["pay_usd"] is not None and name != "variable":
            usd = terms["pay_usd"]
        found[name] = (
            reading.stand(name, usd, market["pay"][name]) if usd is not None else {"offered_usd": None, "verdict": None, "why": f"{_CALLED[name]} not said"}
        )
    return found


def _mix(terms: Terms, market: Answer) -> Answer:
    base, ote = terms["base_usd"], terms["ote_usd"]
    if not base or not ote:
        return {"base_share": None, "market_base_share": market["mix"]["base_share"], "verdict": None, "why": _NOT_SAID}
    return reading.mix({"base_share": round(base / ote, 4)}, market["mix"]["base_share"])


def _verdict(terms: Terms, stands: Answer, market: Answer) -> Answer:
    """What may be said of the whole. A figure of unknown basis has a verdict only where both readings agree, a title nobody knows has none."""
    unsure = next((w["message"] for w in market["warnings"] if w["code"] == "title_uncertain"), None)
    if unsure:
        reasons = [{"code": "title-uncertain", "message": unsure + "."}]
        return {"code": CANNOT_TELL, "by": "title", "words": "Cannot tell: the job title was not recognised with certainty", "reasons": reasons}
    if terms["pay_usd"] is not None and terms["base_usd"] is None and terms["ote_usd"] is None:
        as_base, as_ote = stands["base"]["verdict"], stands["ote"]["verdict"]
        reasons = [{"code": f"{name}-{stands[name]['verdict'] or 'none'}", "message": f"If it is {words}: {stands[name]['why']}."} for name, words in _READ_AS]
        if as_base == as_ote and as_base not in (None, CANNOT_TELL):
            words = {"below": "Below market", "within": "In the market's middle half", "above": "Above market"}[as_base]
            return {"code": as_base, "by": "both", "words": f"{words}, whether it is base or on-target earnings", "reasons": reasons}
        if as_base == as_ote == CANNOT_TELL and stands["base"]["may_be"] == stands["ote"]["may_be"]:
            return {"code": CANNOT_TELL, "by": "both", "words": f"{reading.unsure(stands['base']['may_be'])}, whichever the figure counts", "reasons": reasons}
        return {"code": CANNOT_TELL, "by": "both", "words": "Cannot tell until somebody says what the figure counts", "reasons": reasons}
    return reading.verdict(stands, _mix(terms, market), None, None)


_READ_AS = (("base", "base alone"), ("ote", "base with variable pay at target"))


def _warnings(terms: Terms) -> Iterable[Answer]:
    """Figures that are hardly a year's."""
    for name in ("base_usd", "ote_usd", "pay_usd"):
        usd = terms[name]
        if usd and usd < LEAST_YEARLY_USD:
            yield {
                "code": "low_figure",
                "message": f"{usd:,} USD a year is very little. Pay is said by the year: an hourly rate times 2,080 hours, a monthly one times 12.",
            }


def _span(told: Mapping[str, Any]) -> str:
    """The range that was told, in words; "" where none was."""
    low, high = (f"{told[name]:,.0f}" if told.get(name) is not None else "" for name in ("range_low", "range_high"))
    money = "" if _currency(told) == "USD" else f" {_currency(told)}"
    return f"{low} to {high}{money}" if low and high else f"from {low}{money}" if low else f"up to {high}{money}" if high else ""


def _currency(told: Mapping[str, Any]) -> str:
    return str(told.get("currency") or "USD")


def _told_range(told: Mapping[str, Any], terms: Terms, market: Answer | None) -> Answer | None:
    """The range that was told: where the offer's base stands in it, and where its ends stand in the market's base; None where none was told."""
    if not _span(told):
        return None
    low, high = (round(told[name]) if told.get(name) is not None else None for name in ("range_low", "range_high"))
    place, words = (
        _in_range(terms, low, high, _span(told))
        if _currency(told) == "USD"
        else (None, f"the range you were told is in {_currency(told)}, and is not compared")
    )
    part = market["pay"]["base"] if market and _currency(told) == "USD" else None
    stands = {name: round(position(usd, part).percentile, 1) for name, usd in (("low", low), ("high", high)) if usd is not None} if part else {}
    return {
        "low": told.get("range_low"),
        "high": told.get("range_high"),
        "currency": _currency(told),
        "offer": place,
        "why": words,
        "market_percentile": stands,
    }


def _in_range(terms: Terms, low: int | None, high: int | None, span: str) -> tuple[str | None, str]:
    """(`below`, `within` or `above` a range of base, why in words); (None, "") for an offer without a figure to compare."""
    figure, what = (terms["base_usd"], "base") if terms["base_usd"] else (terms["pay_usd"], "the figure")
    if figure is None and terms["ote_usd"] and low is not None and terms["ote_usd"] < low:
        figure, what = terms["ote_usd"], "the whole"
    if figure is None:
        return None, ""
    said = f"{what} of {figure:,}"
    if low is not None and figure < low:
        return "below", f"{said} is {low - figure:,} under the range you were told, {span}: ask why"
    if high is not None and figure > high:
        return "above", f"{said} is {figure - high:,} over the range you were told, {span}"
    if low is None or high is None:
        return "within", f"{said} is {'no less than the least' if high is None else 'no more than the most'} you were told, {span}"
    at = f"stands {(figure - low) / (high - low):.0%} of the way up" if high > low else "is"
    return "within", f"{said} {at} the range you were told, {span}"


# --- what to ask -----------------------------------------------------------------------


@cache
def questions() -> tuple[Mapping[str, str], ...]:
    """Rows code, when, ask, why."""
    with (files("compsvc") / "checks" / "questions.csv").open(encoding="utf-8") as stream:
        return tuple(csv.DictReader(stream))


_BELOW = {("base",): "Base stands", ("ote",): "The total stands", ("base", "ote"): "Base and the total stand"}


def _questions(asked: Mapping[str, Any], terms: Terms, market: Answer | None, stands: Answer | None, laws: list[Answer], sure: bool) -> Iterable[Answer]:
    """What to ask, in the order of the table; what stands below the market only where that is sure of the offer as a whole."""
    told = asked.get("told") or {}
    pay = market["pay"] if market else None
    leading = [stands[name]["verdict"] for name in ("base", "ote")] if stands else []
    family = vocabulary.families().get(market["role"]["family"]["code"]) if market and market["role"]["family"] else None
    some_variable = bool(terms["variable_usd"]) or (terms["variable_usd"] is None and family is not None and family.quota_carrying)
    low = tuple(name for name in ("base", "ote") if stands and stands[name]["verdict"] == "below")
    holds = {
        "always": True,
        "basis_unsaid": terms["pay_usd"] is not None and terms["base_usd"] is None and terms["ote_usd"] is None and market is not None,
        "variable_unsaid": terms["variable_usd"] is None and pay is not None and "p50" in pay["variable"],
        "variable": some_variable,
        "equity": bool(asked.get("equity_usd")),
        "sign_on": bool(asked.get("sign_on_usd")),
        "below": sure and "below" in leading,
        "no_base": terms["base_usd"] == 0,
        "range_unsaid": told.get("range_low") is None and told.get("range_high") is None,
        "range_said": told.get("range_low") is not None or told.get("range_high") is not None,
    }
    named = next((law["name"] for law in laws if law["in_force"]), "")
    words = {
        "figure": f"{terms['pay_usd']:,}" if terms["pay_usd"] is not None else "",
        "share": f"{market['mix']['base_share']:.0%}" if market and market["mix"]["base_share"] else "part",
        "below": _BELOW.get(low, ""),
        "quota_source": formulas.QUOTA_TO_OTE_SOURCE,
        "reached": f"{incentives.AS_REPORTED.at_quota_share:.0%}",
        "p_any": f"{pay['variable']['p_any']:.0%}" if pay and "p_any" in pay["variable"] else "",
        "variable": f"{pay['variable']['p50']:,}" if pay and "p50" in pay["variable"] else "",
        "range": _span(told),
        "law": f"{named} has a rule on telling it; see below." if named else "Asking is usual, and an answer costs an employer nothing.",
    }
    for row in questions():
        if holds[row["when"]]:
            yield {"code": row["code"], "ask": row["ask"].format(**words), "why": row["why"].format(**words)}


def _law(rule: rules.Rule, today: str) -> Answer:
    """A pay rule of the place, in the words a candidate needs."""
    return {
        "code": rule.code,
        "name": rule.name,
        "in_force": rule.effective_on <= today,
        "effective_on": rule.effective_on,
        "employers_from": rule.employers_from,
        "says": rule.says,
        "citation": rule.citation,
    }


def _ends(asked: Mapping[str, Any], told: Mapping[str, Any]) -> Answer:
    """The range that was told, in its currency; where none was, the base that is offered, where its currency is known."""
    if _span(told):
        return {"low": told.get("range_low"), "high": told.get("range_high"), "currency": told.get("currency") or "USD"}
    currency = told.get("currency") or ("" if article5.in_the_union(asked["role"].get("location") or "") else "USD")
    return {"low": asked.get("base_usd"), "high": asked.get("base_usd"), "currency": currency} if currency else {}


def _article_5(asked: Mapping[str, Any], told: Mapping[str, Any], market: Answer | None) -> Answer:
    """The EU's sheet for applicants, from what the candidate was told; criteria are never guessed."""
    return article5.sheet(
        article5.Told(
            title=asked["role"].get("title") or (market["role"]["occupation"]["name"] if market else ""),
            **_ends(asked, told),
            criteria=[told["criteria"]] if told.get("criteria") else [],
            collective_agreement=told.get("collective_agreement"),
            in_time=told.get("before_interview"),
            asked_history=told.get("asked_pay_history"),
        )
    )
