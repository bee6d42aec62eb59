"""What an offer, a Band policy and a pay record may hold."""

from __future__ import annotations

import math
import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from compsvc.equity import EVERY, LONGEST_YEARS
from compsvc.incentives import DISTRIBUTIONS
from compsvc.lifecycle import STATES
from compsvc.schemas import CurrencyCode, IsoDate, RoleSchema, Scalar, Text

LARGEST_USD = 100_000_000
FORMATS = ("pdf", "csv", "xlsx", "greenhouse", "lever", "ashby")
COMPARED = 6
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e[+-]?\d+)?\s*[km%]?", re.ASCII)
MONEY = ("USD", "a year in its currency")
SHARES = ("0 to 1", "a year", "attainment, 1 is 100 %", "times target variable")


class Amount(Scalar):
    """A number within bounds; text such as "$120,000" or "120k" is read as a form gives it."""

    def __init__(self, low: float, high: float, unit: str, description: str, example: Any, **kwargs: Any) -> None:
        kwargs["metadata"] = {"description": description, "example": example, "unit": unit}
        super().__init__(**kwargs)
        self.low, self.high, self.unit = low, high, unit

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, str):
            text = value.strip().replace("$", "").lower()
            if not _NUMBER.fullmatch(text):
                raise ValidationError("must be a number, such as 82000, 82,000 or 82.5k")
            text = text.replace(",", "")
            if text.endswith("%") and (self.unit in MONEY or isinstance(self, Whole)):
                raise ValidationError("must be money, such as 36,000, not a percentage" if self.unit in MONEY else "must be a whole number, not a percentage")
            if self.unit in MONEY and re.fullmatch(r"\d{1,3}\.\d{3}", text):
                raise ValidationError(f"could mean {text.replace(chr(46), chr(32)).replace(chr(32), '')} or {float(text):g}; write it without the dot")
            times = {"k": 1e3, "m": 1e6, "%": 0.01}.get(text[-1:], 1.0)
            value = text[:-1] if times != 1.0 else text
        else:
            times = 1.0
        try:
            number = float(value) * times if not isinstance(value, bool) else math.nan
        except (TypeError, ValueError):
            raise ValidationError("must be a number") from None
        if not self.low <= number <= self.high:
            as_share = f" ({self.low:.0%} to {self.high:.0%})" if self.unit in SHARES else ""
            raise ValidationError(f"must be from {self.low:,.15g} to {self.high:,.15g}{as_share}")
        return number


def number(value: Any) -> float:
    """A number as a field would read it: text with %, k or m included."""
    return Amount(-math.inf, math.inf, "", "", None)._deserialize(value, None, None)


class Whole(Amount):
    """A whole number within bounds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # type: ignore[override]
        number = super()._deserialize(value, attr, data, **kwargs)
        if number != int(number):
            raise ValidationError("must be a whole number")
        return int(number)


def _usd(description: str, example: int, **kwargs: Any) -> Amount:
    return Amount(0, LARGEST_USD, "USD", description, example, **kwargs)


def _one_of(values: Any, description: str, example: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(values)), metadata={"description": description, "unit": "code", "example": example}, **kwargs)


def _text(longest: int, description: str, example: str, **kwargs: Any) -> Text:
    return Text(longest, metadata={"description": description, "unit": "text", "example": example}, **kwargs)


class Code(Text):
    """A short code that may stand in an address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", text, re.ASCII):
            raise ValidationError("must be letters, digits, . _ or -")
        return text


class Strict(Schema):
    """Unknown fields are refused, never dropped."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE


class OfferRoleSchema(RoleSchema):
    """The role of an offer: the market's, so it has no population."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE
        exclude = ("id", "population")


class GrantSchema(Strict):
    """The new-hire equity grant."""

    usd = _usd("value when granted", 80_000, required=True)
    vest_years = Whole(1, LONGEST_YEARS, "years", "years until all of it has vested", 4, load_default=4)
    cliff_months = Whole(0, 12 * LONGEST_YEARS, "months", "months before anything vests", 12, load_default=12)
    every = _one_of(EVERY, "how often it vests after the cliff: " + ", ".join(EVERY), "monthly", load_default="monthly")
    year_shares = fields.List(
        Amount(0, 1, "0 to 1", "share of a year", 0.1),
        load_default=[],
        metadata={"description": "share vesting in each year when years are unequal; adds to 1", "unit": "0 to 1", "example": [0.1, 0.2, 0.3, 0.4]},
    )


class RefresherSchema(GrantSchema):
    """A grant made later, on top."""

    after_months = Whole(1, 12 * LONGEST_YEARS, "months", "months after the start when it is granted", 12, required=True)
    cliff_months = Whole(0, 12 * LONGEST_YEARS, "months", "months before anything of it vests", 0, load_default=0)


class TierSchema(Strict):
    """A rate from an attainment on."""

    above = Amount(0, 10, "attainment, 1 is 100 %", "attainment above which the tier begins", 1.0, required=True)
    multiplier = Amount(0, 20, "times the base rate", "rate within the tier: above 1 an accelerator, below a decelerator", 1.5, required=True)


class SpifSchema(Strict):
    """A one-off bonus outside the plan."""

    usd = _usd("amount", 2000, required=True)
    at = Amount(0, 10, "attainment, 1 is 100 %", "attainment that earns it", 0.5, required=True)


class AttainmentSchema(Strict):
    """A distribution of yearly attainment: a named one, a log-normal, or what a team's people reached."""

    distribution = _one_of(DISTRIBUTIONS, "a named distribution: " + ", ".join(DISTRIBUTIONS), "as-reported")
    at_quota_share = Amount(0.01, 0.99, "0 to 1", "share of reps at or above 100 %", 0.4)
    log_sd = Amount(0.01, 2, "log units", "spread of log attainment", 0.2)
    observed = fields.List(
        Amount(0, 20, "attainment, 1 is 100 %", "one rep's attainment", 0.9),
        validate=validate.Length(min=1, max=10_000),
        metadata={"description": "attainment each rep of a team reached", "unit": "attainment, 1 is 100 %", "example": [0.6, 0.9, 1.05, 1.3]},
    )

    @validates_schema
    def one_way(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Exactly one way of saying it."""
        ways = ("distribution" in data) + ("observed" in data) + ("at_quota_share" in data or "log_sd" in data)
        if ways != 1 or ("at_quota_share" in data) != ("log_sd" in data):
            raise ValidationError("say distribution, or observed, or at_quota_share with log_sd")


class PlanSchema(Strict):
    """The incentive plan of a quota-carrying job; it pays exactly the target variable at 100 % attainment."""

    quota_usd = Amount(1, 100 * LARGEST_USD, "USD", "yearly quota; left out, rates are in units of it", 800_000)
    threshold = Amount(0, 0.99, "attainment, 1 is 100 %", "attainment that must be passed before anything is paid", 0.4, load_default=0.0)
    from_first_dollar = fields.Boolean(
        load_default=True,
        metadata={"description": "past the threshold all sales pay; false: only those above it", "unit": "true or false", "example": True},
    )
    tiers = fields.List(
        fields.Nested(TierSchema),
        load_default=[],
        validate=validate.Length(max=20),
        metadata={"description": "rates above the first", "unit": "list", "example": [{"above": 1.0, "multiplier": 1.5}]},
    )
    tier_type = _one_of(
        ("marginal", "retroactive"), "marginal: a tier's rate pays sales within it; retroactive: passing it pays all sales at its rate", "marginal"
    )
    cap = Amount(1, 100, "times target variable", "largest payout over the target variable", 2.5)
    spifs = fields.List(
        fields.Nested(SpifSchema),
        load_default=[],
        validate=validate.Length(max=20),
        metadata={"description": "one-off bonuses on top, outside on-target earnings", "unit": "list", "example": [{"usd": 2000, "at": 0.5}]},
    )
    ramp_quota_shares = fields.List(
        Amount(0, 1, "0 to 1", "share of the full month's quota", 0.5),
        load_default=[],
        validate=validate.Length(max=12),
        metadata={"description": "quota of each of the first months over the full month's", "unit": "0 to 1", "example": [0.0, 0.5, 0.75]},
    )
    ramp_full_target = fields.Boolean(
        load_default=False,
        metadata={"description": "a ramping month can earn the full month's target at its lower quota", "unit": "true or false", "example": False},
    )
    draw_usd = _usd("advance on commissions a month", 3000, load_default=0.0)
    draw_months = Whole(0, 12, "months", "months the advance is paid", 3, load_default=0)
    draw_recoverable = fields.Boolean(
        load_default=True, metadata={"description": "the advance is paid back out of later commissions", "unit": "true or false", "example": True}
    )
    attainment = fields.Nested(
        AttainmentSchema,
        metadata={"description": "distribution of attainment; as-reported by default", "unit": "object", "example": {"distribution": "as-reported"}},
    )

    @validates_schema
    def tier_type_said(self, data: dict[str, Any], **kwargs: Any) -> None:
        """How tiers pay is always declared, never guessed."""
        if data.get("tiers") and "tier_type" not in data:
            raise ValidationError("say marginal or retroactive: tiers pay differently", "tier_type")


class OfferSchema(Strict):
    """One proposal for one role."""

    role = fields.Nested(
        OfferRoleSchema,
        required=True,
        metadata={"description": "the role, as for a range", "unit": "object", "example": {"title": "Account Director", "location": "Austin, TX"}},
    )
    currency = CurrencyCode(metadata={"description": "ISO 4217; the place decides it when left out", "example": "USD", "unit": "ISO 4217"})
    base_usd = Amount(1, LARGEST_USD, "USD", "base pay a year", 115_000, required=True)
    variable_usd = _usd("target variable a year; 0 for none", 50_000, load_default=0.0)
    sign_on_usd = _usd("sign-on bonus, paid in the first year", 10_000, load_default=0.0)
    benefits_usd = _usd("what benefits cost the employer a year; left out, the national load on cash pay is shown", 25_000)
    equity = fields.Nested(GrantSchema, metadata={"description": "the new-hire grant", "unit": "object", "example": {"usd": 80_000}})
    refreshers = fields.List(
        fields.Nested(RefresherSchema),
        load_default=[],
        validate=validate.Length(max=10),
        metadata={"description": "later grants", "unit": "list", "example": [{"usd": 20_000, "after_months": 12}]},
    )
    equity_growth = Amount(-0.95, 5, "a year", "yearly growth of the equity's value; 0 keeps the value when granted", 0.0, load_default=0.0)
    merit_rate = Amount(0, 0.5, "a year", "yearly raise of base and target variable after the first year", 0.0, load_default=0.0)
    plan = fields.Nested(
        PlanSchema, metadata={"description": "the incentive plan, for quota-carrying jobs", "unit": "object", "example": {"quota_usd": 800_000}}
    )


class KeptOfferSchema(OfferSchema):
    """An offer to keep."""

    reference = _text(120, "your own reference, such as a requisition number; not a person's name where a number will do", "REQ-1042", required=True)
    starts_on = IsoDate(metadata={"description": "first day; Band policies in force then apply", "example": "2027-01-04", "unit": "ISO 8601 date"})
    expires_on = IsoDate(metadata={"description": "last day the offer can be accepted", "example": "2026-12-15", "unit": "ISO 8601 date"})
    note = _text(2000, "anything worth keeping with it", "Counter-offer expected")
    why = _text(500, "why this version was made", "first draft", load_default="first draft")


class ChangeSchema(KeptOfferSchema):
    """Fields to change in a kept draft, others stay; null takes an optional field away."""


class StateSchema(Strict):
    """A step of a kept offer."""

    to = _one_of(STATES, "the state to move to: " + ", ".join(STATES), "submitted", required=True)
    why = _text(500, "why", "agreed with the hiring manager", load_default="")


class SuggestSchema(Strict):
    """A position to make an offer at; say exactly one of ote_percentile, base_percentile, band or budget_usd."""

    role = fields.Nested(OfferRoleSchema, required=True, metadata={"description": "the role", "unit": "object", "example": {"title": "Account Director"}})
    ote_percentile = Amount(1, 99, "percentile", "market percentile of on-target earnings", 50)
    base_percentile = Amount(1, 99, "percentile", "market percentile of base", 50)
    band = _one_of(("min", "mid", "max"), "a point of the company's Band: min, mid or max", "mid")
    budget_usd = Amount(10_000, LARGEST_USD, "USD", "most that base and target variable together may cost a year", 180_000)
    base_share = Amount(0.05, 1, "0 to 1", "base over on-target earnings to keep; the market's when left out", 0.65)

    @validates_schema
    def one_position(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Exactly one position."""
        if sum(name in data for name in ("ote_percentile", "base_percentile", "band", "budget_usd")) != 1:
            raise ValidationError("say exactly one of ote_percentile, base_percentile, band and budget_usd")


class NamedOfferSchema(OfferSchema):
    """An offer in a comparison."""

    name = _text(80, "what to call it", "ours", required=True)


class CompareSchema(Strict):
    """Offers to put side by side."""

    offers = fields.List(
        fields.Nested(NamedOfferSchema),
        required=True,
        validate=validate.Length(min=2, max=COMPARED),
        metadata={"description": f"two to {COMPARED} offers, each with a name", "unit": "list", "example": []},
    )


class RuleSchema(Strict):
    """What a policy says of one family, one level or track (P, M, E), or both."""

    family = _text(60, "job family code", "account-management")
    level = _text(2, "level code, or a track: P, M or E", "M5")
    market_percentile = Amount(1, 99, "percentile", "market percentile of base at the midpoint", 60)
    spread = Amount(0.05, 3, "share of the minimum", "(maximum - minimum) / minimum", 0.5)


class DefaultRuleSchema(Strict):
    """What holds where no rule does."""

    market_percentile = Amount(1, 99, "percentile", "market percentile of base at the midpoint", 50, load_default=50.0)
    spread = Amount(0.05, 3, "share of the minimum", "(maximum - minimum) / minimum", 0.5, load_default=0.5)


class ZoneSchema(Strict):
    """Places that share a factor on national pay."""

    name = _text(40, "name of the zone", "A", required=True)
    factor = Amount(0.2, 5, "times national pay", "zone pay over national pay", 1.1, required=True)
    areas = fields.List(fields.String(), load_default=[], metadata={"description": "area codes of the zone", "unit": "CBSA code", "example": ["41860"]})
    states = fields.List(fields.String(), load_default=[], metadata={"description": "states of the zone", "unit": "USPS code", "example": ["CA"]})
    everywhere_else = fields.Boolean(
        load_default=False, metadata={"description": "the zone of every place no other names", "unit": "true or false", "example": False}
    )


class BandPolicySchema(Strict):
    """A version of the company's Band policy."""

    name = _text(80, "name of the policy", "US pay policy", required=True)
    effective_on = IsoDate(
        required=True, metadata={"description": "first day it is in force; the market is read at this date", "example": "2026-11-01", "unit": "ISO 8601 date"}
    )
    geography = _one_of(("local", "national", "zones"), "where the market is read: local, national, or zones of national pay", "local", load_default="local")
    default = fields.Nested(
        DefaultRuleSchema,
        load_default=lambda: {"market_percentile": 50.0, "spread": 0.5},
        metadata={"description": "where no rule fits", "unit": "object", "example": {"market_percentile": 50, "spread": 0.5}},
    )
    rules = fields.List(
        fields.Nested(RuleSchema),
        load_default=[],
        validate=validate.Length(max=500),
        metadata={"description": "by family and level; the closest fit holds", "unit": "list", "example": []},
    )
    zones = fields.List(
        fields.Nested(ZoneSchema),
        load_default=[],
        validate=validate.Length(max=100),
        metadata={"description": "for geography zones", "unit": "list", "example": []},
    )
    round_to_usd = Whole(1, 10_000, "USD", "Bands are rounded to this", 500, load_default=500)
    why = _text(500, "why this version was made", "yearly review", load_default="")


class PayRecordSchema(Strict):
    """Pay of one person in the workspace, for parity; never used in a model."""

    reference = Code(
        60,
        metadata={
            "description": "your own reference to the person, unique in the workspace: letters, digits, . _ -; not a name",
            "unit": "text",
            "example": "E-20417",
        },
        required=True,
    )
    family = _text(60, "job family code", "account-management", required=True)
    level = _text(2, "level code", "M5", required=True)
    area = _text(10, "area code, state or US", "12420", load_default="US")
    base_usd = Amount(1, LARGEST_USD, "USD", "base pay a year", 112_000, required=True)
    variable_usd = _usd("target variable a year", 40_000, load_default=0.0)
    paid_on = IsoDate(required=True, metadata={"description": "date the pay is of", "example": "2026-10-01", "unit": "ISO 8601 date"})


class ListSchema(Strict):
    """Which kept offers to list."""

    state = _one_of(STATES, "only offers in this state: " + ", ".join(STATES), "draft")
    after = _text(40, "last id of the page before", "ofr_0123")
    limit = Whole(1, 200, "count", "most offers to return", 50, load_default=50)


class VersionSchema(Strict):
    """Which version of a kept offer."""

    version = Whole(1, 1_000_000, "count", "version; the latest when left out", 1)


class ExportSchema(VersionSchema):
    """What to export as."""

    form = fields.String(
        data_key="as",
        required=True,
        validate=validate.OneOf(FORMATS),
        metadata={"description": "form: " + ", ".join(FORMATS), "unit": "code", "example": "pdf"},
    )


class AuditQuerySchema(Strict):
    """Which entries of the audit log."""

    after = Whole(0, 10**9, "count", "entries after this number", 0, load_default=0)
    limit = Whole(1, 1000, "count", "most entries to return", 100, load_default=100)


OFFER, KEPT, STATE, SUGGEST, COMPARE = OfferSchema(), KeptOfferSchema(), StateSchema(), SuggestSchema(), CompareSchema()
CHANGE = ChangeSchema(partial=True)
BAND_POLICY, PAY_RECORD = BandPolicySchema(), PayRecordSchema()
LIST, VERSION, EXPORT, AUDIT = ListSchema(), VersionSchema(), ExportSchema(), AuditQuerySchema()
