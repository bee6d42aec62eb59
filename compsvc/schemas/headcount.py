"""What a headcount plan may hold."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema

from compsvc.incentives import DISTRIBUTIONS
from compsvc.schemas import CurrencyCode, IsoDate, RoleSchema, Scalar
from compsvc.schemas.offers import Amount, Strict, Whole, _one_of, _text, _usd

MOST_ROWS = 20_000
PLAN_FORMS = ("json", "csv", "xlsx", "svg", "png")
MOST_MONTHS = 60
MOST_DRAWS = 10_000


class YearMonth(Scalar):
    """A month as YYYY-MM."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", value, re.ASCII):
            raise ValidationError("must be a month such as 2027-01")
        return value


def _money(description: str, example: int) -> Amount:
    return Amount(0, 1e12, "a year in its currency", description, example)


class PositionSchema(RoleSchema):
    """A row of a plan: a role, when it starts, how many, and its pay where that is known."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE
        exclude = ("population", "as_of")

    team = _text(80, "team, for totals", "Client services", load_default="all")
    start_on = IsoDate(metadata={"description": "first day; left out: here already", "example": "2027-03-01", "unit": "ISO 8601 date"})
    end_on = IsoDate(metadata={"description": "day after the last; left out: stays", "example": "2028-01-01", "unit": "ISO 8601 date"})
    count = Whole(1, 10_000, "count", "how many such positions", 2, load_default=1)
    base_usd = _usd("base a year, where it is known; then no market error", 115_000)
    variable_usd = _usd("target variable a year, where it is known; 0 for none, left out: the market's", 40_000)
    base = _money("base a year in `currency`, in place of base_usd", 90_000)
    variable = _money("target variable a year in `currency`, in place of variable_usd", 20_000)
    currency = CurrencyCode(
        allow_none=True,
        metadata={"description": "ISO 4217 of base and variable; the plan's rates bring them to USD", "example": "EUR", "unit": "ISO 4217"},
    )
    payroll_tax_share = Amount(0, 1, "share of cash pay", "flat employer payroll tax in place of the US ones, for people elsewhere", 0.21)
    performance = _text(40, "performance, a row of the merit matrix", "strong")
    market_percentile = Amount(1, 99, "percentile", "where base is placed in the market; the plan's when left out", 60)
    band_position = Amount(0, 1, "0 to 1", "where base stands in the workspace's Band, 0 its minimum and 1 its maximum, in place of the market", 0.5)
    equity_usd = _usd("equity expensed over the vest", 40_000, load_default=0.0)
    sign_on_usd = _usd("sign-on bonus of an opening, in its first month", 5_000, load_default=0.0)


class MeritMatrixSchema(Strict):
    """Merit raises by performance and compa-ratio to the market's median base."""

    compa_ratio_limits = fields.List(
        Amount(0.1, 5, "ratio", "a limit", 0.9),
        required=True,
        validate=validate.Length(min=1, max=8),
        metadata={"description": "compa-ratios where one column ends and the next begins, rising", "unit": "ratio", "example": [0.9, 1.1]},
    )
    raises = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=40)),
        values=fields.List(Amount(0, 0.5, "a year", "a raise", 0.04)),
        required=True,
        validate=validate.Length(min=1, max=12),
        metadata={
            "description": "by performance: a raise for each column",
            "unit": "a year",
            "example": {"strong": [0.05, 0.04, 0.03], "solid": [0.035, 0.03, 0.02]},
        },
    )
    budget = Amount(0, 0.5, "share of the payroll", "raises are scaled down together to this share of rated people's base, never up", 0.03)

    @validates_schema(skip_on_field_errors=True)
    def fits(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Limits rise, and every performance has a raise for each column."""
        limits = data["compa_ratio_limits"]
        if limits != sorted(set(limits)):
            raise ValidationError("must rise", "compa_ratio_limits")
        for performance, row in data["raises"].items():
            if len(row) != len(limits) + 1:
                raise ValidationError(f"'{performance}' has {len(row)} raises for {len(limits) + 1} columns", "raises")


class AssumptionsSchema(Strict):
    """What a scenario assumes of everybody. Rates are fractions a year; left out, the plan's or the default holds."""

    market_percentile = Amount(1, 99, "percentile", "where base of openings is placed in the market", 50)
    attainment = _one_of(DISTRIBUTIONS, "attainment of quota-carrying roles: " + ", ".join(DISTRIBUTIONS), "as-reported")
    benefits_load = Amount(0, 2, "share of cash pay", "insurance and retirement over cash pay; what the law requires is in the taxes", 0.133)
    state_unemployment_rate = Amount(0, 0.2, "0 to 1", "state unemployment tax rate", 0.027)
    state_unemployment_base_usd = _usd("state unemployment wage base", 9_000)
    recruiting_share = Amount(0, 2, "share of base", "recruiting cost of a hire over yearly base", 0.1)
    recruiting_usd = _usd("recruiting and equipment cost of a hire", 5_000)
    overhead_usd_per_month = _usd("overhead of a person a month", 800)
    merit_rate = Amount(0, 0.5, "a year", "merit raise", 0.032)
    merit_matrix = fields.Nested(
        MeritMatrixSchema,
        allow_none=True,
        metadata={
            "description": "raises of people whose row says a performance; others get merit_rate",
            "unit": "object",
            "example": {"compa_ratio_limits": [1.0], "raises": {"solid": [0.04, 0.03]}},
        },
    )
    merit_month = Whole(1, 12, "month", "calendar month of the merit cycle", 4)
    merit_wait_months = Whole(0, 36, "months", "months with the company before the first merit raise", 6)
    promotion_share = Amount(0, 1, "0 to 1", "share of people promoted a year", 0.09)
    promotion_raise = Amount(0, 1, "share of pay", "raise of a promotion", 0.087)
    promotion_month = Whole(1, 12, "month", "calendar month of promotions", 4)
    attrition = Amount(0, 0.95, "a year", "share of people leaving a year, not replaced", 0.1)
    hire_slip_months = Amount(0, 24, "months", "how much later every hire starts", 1)
    ramp = fields.List(
        Amount(0, 1, "0 to 1", "share", 0.5),
        validate=validate.Length(max=12),
        metadata={"description": "share of variable pay in each of a hire's first months", "unit": "0 to 1", "example": [0.0, 0.5, 0.75]},
    )
    vest_months = Whole(1, 120, "months", "months equity is expensed over", 48)
    hires_in = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=200)),
        values=Amount(0, 1, "0 to 1", "share of openings", 0.5),
        validate=validate.Length(max=20),
        metadata={
            "description": "places that shares of all openings are priced in; the rest stay where their rows say",
            "unit": "0 to 1",
            "example": {"Austin, TX": 0.6},
        },
    )
    rates = fields.Dict(
        keys=CurrencyCode(),
        values=Amount(1e-6, 1e6, "USD", "USD for one unit", 1.08),
        validate=validate.Length(max=40),
        metadata={"description": "USD for one unit of each currency that rows are paid in", "unit": "USD", "example": {"EUR": 1.08}},
    )
    personal_error = Amount(0, 1, "log units", "how far a hire lands from the target, as a share of pay; nobody publishes it", 0.08)
    shared_attainment_error = Amount(0, 1, "log units", "how far everybody's attainment moves together over the plan; nobody publishes it", 0.1)

    @validates_schema(skip_on_field_errors=True)
    def shares_add_up(self, data: dict[str, Any], **kwargs: Any) -> None:
        """No more openings are moved than there are."""
        if sum((data.get("hires_in") or {}).values()) > 1 + 1e-9:
            raise ValidationError("shares pass 1", "hires_in")


class ScenarioSchema(AssumptionsSchema):
    """A scenario: what differs from the plan's assumptions."""

    name = _text(60, "name of the scenario", "slow hiring", required=True)


class PlanSchema(Strict):
    """A headcount plan: rows over months under assumptions, and scenarios beside it."""

    name = _text(80, "name of the plan", "2027", load_default="plan")
    first_month = YearMonth(data_key="from", required=True, metadata={"description": "first month", "unit": "YYYY-MM", "example": "2027-01"})
    months = Whole(1, MOST_MONTHS, "months", "how many months", 12, load_default=12)
    rows = fields.List(
        fields.Nested(PositionSchema),
        required=True,
        validate=validate.Length(min=1, max=MOST_ROWS),
        metadata={
            "description": "positions and openings",
            "unit": "list",
            "example": [{"title": "Account Director", "location": "Austin, TX", "start_on": "2027-03-01"}],
        },
    )
    assumptions = fields.Nested(
        AssumptionsSchema, load_default=dict, metadata={"description": "what holds for everybody", "unit": "object", "example": {"merit_rate": 0.032}}
    )
    scenarios = fields.List(
        fields.Nested(ScenarioSchema),
        load_default=[],
        validate=validate.Length(max=8),
        metadata={"description": "scenarios beside the plan", "unit": "list", "example": [{"name": "slow hiring", "hire_slip_months": 2}]},
    )
    draws = Whole(100, MOST_DRAWS, "count", "futures drawn for the band", 1000, load_default=1000)


class ResultSchema(Strict):
    """How a costed plan is wanted."""

    form = _one_of(PLAN_FORMS, "how the result is wanted: " + ", ".join(PLAN_FORMS), "xlsx", data_key="as", load_default="json")


PLAN = PlanSchema()
RESULT = ResultSchema()
COLUMNS = tuple(f.data_key or name for name, f in PositionSchema().fields.items())
