"""What a candidate's check of an offer may hold. Pay in this or an earlier job is no field of it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from marshmallow import ValidationError, fields, validates, validates_schema

from compsvc.postings.abroad import currencies
from compsvc.schemas import CurrencyCode, Text
from compsvc.schemas.offers import LARGEST_USD, Amount, OfferRoleSchema, Strict

FIGURES = ("base_usd", "ote_usd", "pay_usd")


def _pay(description: str, example: int) -> Amount:
    return Amount(1, LARGEST_USD, "USD", description, example)


def _part(description: str, example: int) -> Amount:
    return Amount(0, LARGEST_USD, "USD", description, example)


def _yes_no(description: str) -> fields.Boolean:
    return fields.Boolean(error_messages={"invalid": "must be true or false"}, metadata={"description": description, "unit": "true or false", "example": True})


class ToldSchema(Strict):
    """What the employer told of pay beside the offer."""

    range_low = _pay("low end of the range that was posted or told, a year", 100_000)
    range_high = _pay("high end of it", 130_000)
    currency = CurrencyCode(metadata={"description": "ISO 4217 of that range where it is not USD", "example": "EUR", "unit": "ISO 4217"})
    criteria = Text(400, metadata={"description": "what the employer says pay goes by", "unit": "text", "example": "level and years in the field"})
    collective_agreement = Text(
        200, metadata={"description": "collective agreement and grade, where one applies", "unit": "text", "example": "IT sector, grade E"}
    )
    before_interview = _yes_no("the range was told before the interview")
    asked_pay_history = _yes_no("somebody asked for current or past pay")

    @validates("currency")
    def known(self, value: str, **kwargs: Any) -> None:
        """A currency that some country has."""
        if value not in currencies():
            near = get_close_matches(value, currencies(), n=1, cutoff=0.6)
            raise ValidationError(f"'{value}' is no currency we know{f'; did you mean {near[0]}' if near else ''}")

    @validates_schema
    def ordered(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The range's ends in order."""
        low, high = data.get("range_low"), data.get("range_high")
        if low is not None and high is not None and high < low:
            raise ValidationError("the high end is below the low end", "range_high")


class CheckSchema(Strict):
    """An offer to check: the role, and what is offered."""

    role = fields.Nested(
        OfferRoleSchema,
        required=True,
        metadata={"description": "the role, as for a range", "unit": "object", "example": {"title": "Account Director", "location": "Austin, TX"}},
    )
    base_usd = _part("base pay a year; 0 where pay is variable alone", 115_000)
    variable_usd = _part("target variable a year; 0 for none, left out where nobody has said", 50_000)
    ote_usd = _pay("on-target earnings a year: base with variable at target", 165_000)
    pay_usd = _pay("one figure a year, where nobody has said whether it is base or on-target earnings", 120_000)
    sign_on_usd = _part("sign-on bonus", 10_000)
    equity_usd = _part("value of the equity grant", 80_000)
    told = fields.Nested(ToldSchema, metadata={"description": "what the employer told beside the offer", "unit": "object", "example": {"range_low": 100_000}})

    @validates_schema
    def some_figure(self, data: dict[str, Any], **kwargs: Any) -> None:
        """At least one figure, and one of unknown basis only alone."""
        if not any(name in data for name in FIGURES):
            raise ValidationError("say base, on-target earnings, or one figure that nobody has explained (base_usd, ote_usd or pay_usd)", "base_usd")
        if data.get("base_usd") == 0 and not data.get("variable_usd") and not data.get("ote_usd"):
            raise ValidationError("without base, say what variable pay comes to at target", "variable_usd")
        if "pay_usd" in data and any(name in data for name in ("base_usd", "ote_usd", "variable_usd")):
            raise ValidationError("this is for a figure that nobody has explained; with base, target variable or on-target earnings leave it out", "pay_usd")


CHECK = CheckSchema()
