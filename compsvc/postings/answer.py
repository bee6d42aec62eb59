"""A posting read, priced, and what it states put beside the market on the same pay basis and date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from compsvc import standing, vocabulary
from compsvc.errors import RequestError
from compsvc.paymodel import PayModel
from compsvc.postings import Reading, article5, by_place, read, rules
from compsvc.postings.abroad import country_of
from compsvc.postings.documents import document_of, document_of_file
from compsvc.postings.fields import Found
from compsvc.postings.pay import Stated
from compsvc.postings.pay_words import WITH_EQUITY
from compsvc.postings.ranges import own_range
from compsvc.postings.to_post import to_post
from compsvc.pricing import INTERVAL_LEVEL, price

Answer = dict[str, Any]

SINGLE = ("family", "level", "work_mode", "industry", "employees", "years", "manages", "employment_type", "bonus_percent", "base_share")
LISTED = ("titles", "locations")
COMPARED = {"base": "base", "unstated": "base", "variable": "variable", "ote": "ote", "total": "ote"}
ROOM = 40


def answer(model: PayModel, asked: Mapping[str, Any], today: str) -> Answer:
    """The body of `POST /v1/postings`: fields with their words, pay as stated, the role they make, its PayRange, and each statement beside it.

    `asked` holds the loaded fields of a PostingSchema; `role` in it takes the place of what was read, null takes a field away.
    Raises RequestInvalid for a text that is no posting; a role the market does not cover is told, not raised.
    """
    reading = read(model, document_of_file(asked["file"]) if asked.get("file") is not None else document_of(asked["text"]))
    role = {name: value for name, value in {**_role(model, reading), **(asked.get("role") or {})}.items() if value is not None}
    named = _place_in_place(asked.get("role") or {}, reading)
    market, why_not = _priced(model, role, "" if named else _abroad_by_pay(reading), today)
    rows = by_place.placed(model, reading)
    places = [named] if named else [] if named == "" else [place.value for place in reading.locations] or [place for row in rows for place in row.places]
    found = rules.read_against(model, reading, places, today, bool(named))
    markets = _Markets(model, role, market, rows, today)
    return {
        "model_id": model.model_id,
        "form": reading.document.form,
        "text": reading.document.text,
        "read": {
            **{name: [_field(reading, one) for one in getattr(reading, name)] for name in LISTED},
            **{name: _field(reading, getattr(reading, name)) for name in SINGLE},
        },
        "pay": [_stated(reading, one, markets) for one in reading.pay],
        "contradictions": [[reading.pay.index(one), reading.pay.index(two)] for one, two in reading.contradictions],
        "role": role,
        "not_used": _not_used(reading, role, market),
        "range": market,
        "not_priced": why_not,
        "rules": found,
        "to_post": to_post(reading, role, market, found, rows, today),
        "article_5": _article_5(reading, role) if any(rule["code"] == "EU" for rule in found) else None,
    }


_GOES_BY = re.compile(
    r"[^.\n]{0,80}\b(?:pay|salary|compensation|range|offer|where you (?:land|fall))\b[^.\n]{0,60}\b(?:based on|depends? on|determined by|goes by|according to|commensurate with|reflects?)\b(?!\s*(?:an? )?\d)[^.\n]{3,140}",
    re.IGNORECASE,
)


def _place_in_place(edits: Mapping[str, Any], reading: Reading) -> str | None:
    """The place that takes the place of those read: "" where it is taken away, None where nobody changed it."""
    if "location" not in edits:
        return None
    said = edits["location"] or ""
    return None if reading.locations and said == reading.locations[0].value else said


def _article_5(reading: Reading, role: Mapping[str, Any]) -> Answer:
    """The sheet for applicants in the EU, from what the posting says."""
    own = own_range(reading)
    told = article5.Told(
        title=str(role.get("title", "")),
        criteria=[" ".join(m[0].split()) for m in [_GOES_BY.search(reading.document.text)] if m],
        in_time=own is not None or None,
    )
    if own is not None:
        told = told._replace(low=own.low, high=own.high, currency=own.currency, unit=own.unit, basis=own.basis)
    if m := _AGREEMENT.search(reading.document.text):
        told = told._replace(collective_agreement=" ".join(m[0].split()))
    return article5.sheet(told)


_AGREEMENT = re.compile(
    r"[^.\n]{0,80}\b(?:collective (?:bargaining )?agreement|tarifvertrag|convention collective|kollektivvertrag|CCNL|CAO)\b[^.\n]{0,120}", re.IGNORECASE
)


def _role(model: PayModel, reading: Reading) -> Answer:
    """The role that the fields make, as `POST /v1/ranges` reads it; only what the market can read."""
    role: Answer = {}
    if reading.titles:
        role["title"] = reading.titles[0].value
    if reading.level and reading.level.why != "the title" and reading.level.confidence >= 0.5:
        role["level"] = reading.level.value
    if reading.locations:
        role["location"] = reading.locations[0].value
    if reading.industry and (words := _industry(model, reading.industry.value)):
        role["industry"] = words
    if reading.employees:
        low, high = reading.employees.value
        role["employees"] = str(low) if low == high else f"{low}-{high}"
    if reading.years:
        role["experience_years"] = float(reading.years.value[0])
    if reading.work_mode:
        role["work_mode"] = reading.work_mode.value
    return role


def _not_used(reading: Reading, role: Mapping[str, Any], market: Answer | None) -> list[Answer]:
    """What was read and is not in the role that is priced, with the reason."""
    found = []
    priced = (market or {}).get("role", {}).get("level")
    if reading.level and priced and priced["code"] != reading.level.value:
        found.append({"field": "level", "value": reading.level.value, "why": f"priced at {priced['code']}, as the role stands; put it in role.level"})
    if reading.industry and not role.get("industry"):
        found.append({"field": "industry", "value": reading.industry.value, "why": "no industry the market knows by these words; averaged over"})
    if reading.employment_type and reading.employment_type.value != "full-time":
        found.append(
            {"field": "employment_type", "value": reading.employment_type.value, "why": "the market is that of full-time employees, and of a full year"}
        )
    found += [{"field": "titles", "value": t.value, "why": "one role is priced at a time; put it in role.title"} for t in reading.titles[1:]]
    found += [{"field": "locations", "value": p.value, "why": "one place is priced at a time; put it in role.location"} for p in reading.locations[1:]]
    return found


def _industry(model: PayModel, words: str) -> str | None:
    """The industry's words as far as the market knows them: all, or the last of them ("software" of "workforce scheduling software")."""
    parts = words.split()
    tails = (parts[i:] for i in dict.fromkeys((0, max(len(parts) - 2, 0), len(parts) - 1)))
    return next((" ".join(tail) for tail in tails if _of_an_industry(tail) and model.industries.find(" ".join(tail))), None)


@cache
def _industry_words() -> frozenset[str]:
    """Words that names of industries are made of, in the singular."""
    names = (name for industry in vocabulary.industries().values() for name in (industry.name, *industry.everyday_names))
    return frozenset(word.rstrip("s") for name in (*names, *vocabulary.sectors().values()) for word in re.findall(r"[a-z]+", name.lower()))


def _of_an_industry(words: Sequence[str]) -> bool:
    """Whether most of the words stand in names of industries, without which the resolver finds none and looks long for the nearest."""
    known = sum(any(part.rstrip("s") in _industry_words() for part in re.findall(r"[a-z]+", word.lower())) for word in words)
    return 2 * known > len(words)


class _Markets:
    """The market that each statement of pay stands beside: the place's that a range is stated for, else the role's."""

    def __init__(self, model: PayModel, role: Mapping[str, Any], market: Answer | None, rows: Sequence[by_place.Placed], today: str) -> None:
        self._model, self._role, self._market, self._today = model, role, market, today
        self._rows = {id(row.stated): row for row in rows}

    def of(self, one: Stated) -> tuple[str, Answer | None]:
        """(what a statement is for in words, "" where nothing says; its market)."""
        row = self._rows.get(id(one))
        if row is None or self._market is None or not row.is_somewhere:
            return row.words if row else "", self._market
        place = row.places[0] if row.places else "United States"
        if place == self._role.get("location"):
            return row.words, self._market
        try:
            return row.words, price(self._model, {**self._role, "location": place}, self._today)
        except RequestError:
            return row.words, None


def _abroad_by_pay(reading: Reading) -> str:
    """Why a posting whose pay is in other money is no job of this market, "" for any other; a place that is read as one abroad is refused for that."""
    currency = rules.paid_abroad(reading)
    if not currency or any(country_of(place.value) for place in reading.locations):
        return ""
    read_as = f"'{reading.locations[0].value}' does not say in which country" if reading.locations else "no place was read"
    return f"Pay is stated in {currency}, and {read_as}"


def _priced(model: PayModel, role: Mapping[str, Any], abroad: str, today: str) -> tuple[Answer | None, Answer | None]:
    """(the role's PayRange, None), or (None, why there is none): `abroad` in words, a role without a title, or a role that cannot be priced."""
    if abroad:
        return None, {
            "message": f"{abroad}.",
            "errors": [{"pointer": "/role/location", "detail": abroad, "allowed": "the place in role; the United States alone have a market here"}],
        }
    if not role.get("title") and not role.get("family") and not role.get("occupation"):
        return None, {
            "message": "No role was found in the text.",
            "errors": [{"pointer": "/role/title", "detail": "no title was found", "allowed": "say it in role"}],
        }
    try:
        return price(model, role, today), None
    except RequestError as problem:
        errors = [replace(p, pointer=f"/role{p.pointer}").as_json() for p in problem.problems]
        return None, {"message": problem.message, "errors": errors}


def _field(reading: Reading, found: Found | None) -> Answer | None:
    """A field with the words it came from; span is null where the form said it in a field of its own."""
    if found is None:
        return None
    text = reading.document.text
    value = list(found.value) if isinstance(found.value, tuple) else found.value
    span = [found.start, found.end] if found.end else None
    return {"value": value, "span": span, "words": text[found.start : found.end] if span else "", "confidence": found.confidence, "why": found.why}


def _stated(reading: Reading, one: Stated, markets: _Markets) -> Answer:
    """A statement of pay, a year's worth of it, and where its ends stand in the market; one of several parts of variable pay stands nowhere by itself."""
    text = reading.document.text
    low, high = one.a_year()
    span = [one.start, one.end] if one.end else None
    around = text[max(0, one.start - ROOM) : one.end + ROOM].replace("\n", " ") if span else ""
    component = COMPARED[one.basis]
    stated_for, market = markets.of(one)
    if one.basis == "total" and WITH_EQUITY.search(text[max(0, one.start - 3 * ROOM) : one.end + ROOM]):
        market = None
    in_parts = component == "variable" and sum(other.basis == "variable" for other in reading.pay) > 1
    beside = None
    if market and not in_parts and one.currency == market["currency"] and market["pay"][component]["method"] != "withheld":
        part = market["pay"][component]
        ends = {name: standing.position(usd, part) for name, usd in (("low", low), ("high", high)) if usd}
        beside = {
            "component": component,
            "area": market["role"]["area"]["name"],
            "pay_basis": part["pay_basis"],
            **{
                name: {"percentile": round(at.percentile, 1), "interval": {"level": INTERVAL_LEVEL, "low": round(at.low, 1), "high": round(at.high, 1)}}
                for name, at in ends.items()
            },
            "market": {q: part[q] for q in ("p10", "p25", "p50", "p75", "p90")},
        }
    return {
        "low": one.low,
        "high": one.high,
        "unit": one.unit,
        "currency": one.currency,
        "basis": one.basis,
        "for": stated_for or None,
        "kind": one.kind,
        "open_ended": one.open_ended,
        "low_a_year": low,
        "high_a_year": high,
        "width": round(high / low, 3) if low and high else None,
        "span": span,
        "words": text[one.start : one.end] if span else "",
        "around": around,
        "confidence": one.confidence,
        "beside_market": beside,
    }
