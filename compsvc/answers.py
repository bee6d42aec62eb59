"""What is answered, as schemas: the shape of a range, an error and the batch, for OpenAPI and for tests."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate


def _word(description: str, example: str, nullable: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=nullable, metadata={"description": description, "unit": "text", "example": example})


def _share(description: str, example: float) -> fields.Float:
    return fields.Float(required=True, metadata={"description": description, "unit": "0 to 1", "example": example})


class CodedSchema(Schema):
    """A code with its name."""

    code = _word("code", "11-2022")
    name = _word("name", "Sales Managers")


class ComponentSchema(CodedSchema):
    """One occupation of a mixture."""

    weight = _share("weight in the mixture", 0.6)


class OccupationSchema(CodedSchema):
    """The main occupation and the whole mixture."""

    mixture = fields.List(fields.Nested(ComponentSchema), required=True, metadata={"description": "occupations and weights", "unit": "list", "example": []})


class AlternativeSchema(Schema):
    """Another reading of the title."""

    code = _word("family code", "marketing")
    match = _share("match score", 0.2)


class FamilySchema(CodedSchema):
    """The job family and how sure it is."""

    match = _share("match score", 0.98)
    alternatives = fields.List(fields.Nested(AlternativeSchema), required=True, metadata={"description": "other readings", "unit": "list", "example": []})


class LevelSchema(CodedSchema):
    """The level and where it came from."""

    why = fields.String(
        required=True, validate=validate.OneOf(["request", "title", "default"]), metadata={"description": "what said so", "unit": "code", "example": "title"}
    )


class PlaceSchema(CodedSchema):
    """The area priced."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(["metro", "nonmetro", "state", "nation"]),
        metadata={"description": "kind of area", "unit": "code", "example": "metro"},
    )
    match = _share("match score", 1.0)


class IndustrySchema(CodedSchema):
    """The industry priced."""

    match = _share("match score", 1.0)


class SizeSchema(Schema):
    """The company size priced."""

    code = _word("Census size class, split above 500", "100-499")
    employees = fields.Integer(required=True, allow_none=True, metadata={"description": "headcount, when one was named", "unit": "employees", "example": 200})


def _nested(schema: type[Schema], description: str, nullable: bool = False) -> fields.Nested:
    return fields.Nested(schema, required=True, allow_none=nullable, metadata={"description": description, "unit": "object", "example": {}})


class ResolvedSchema(Schema):
    """What the words of the request became."""

    title = _word("title as sent", "Account Director", nullable=True)
    family = _nested(FamilySchema, "job family", nullable=True)
    occupation = _nested(OccupationSchema, "occupation and mixture")
    level = _nested(LevelSchema, "level", nullable=True)
    area = _nested(PlaceSchema, "area")
    industry = _nested(IndustrySchema, "industry", nullable=True)
    size = _nested(SizeSchema, "company size", nullable=True)
    experience_years = fields.Float(required=True, allow_none=True, metadata={"description": "years in the field", "unit": "years", "example": 8})
    work_mode = _word("work mode", "remote", nullable=True)


def _percentile(description: str) -> fields.Integer:
    return fields.Integer(metadata={"description": description, "unit": "USD per year", "example": 100000})


def _interval(name: str) -> fields.List[Any]:
    return fields.List(fields.Integer(), required=True, metadata={"description": f"low and high of the {name}", "unit": "USD per year", "example": [1, 2]})


class IntervalSchema(Schema):
    """Uncertainty of the percentiles themselves: sampling and model."""

    level = _share("probability the interval is meant to hold", 0.9)
    p10 = _interval("P10")
    p25 = _interval("P25")
    p50 = _interval("P50")
    p75 = _interval("P75")
    p90 = _interval("P90")


class FactorSchema(Schema):
    """The reference in USD, or one factor on it; the reference times its factors is the p50."""

    name = _word("what it is", "location")
    value_usd = fields.Float(metadata={"description": "the reference", "unit": "USD per year", "example": 138060})
    factor = fields.Float(metadata={"description": "times", "unit": "ratio", "example": 1.03})
    low = fields.Float(metadata={"description": "low end of the factor's 90 % interval", "unit": "ratio", "example": 1.0})
    high = fields.Float(metadata={"description": "high end", "unit": "ratio", "example": 1.1})
    evidence = _word("what it rests on", "OFLC prevailing wages 2025-26")


class GatesSchema(Schema):
    """Two gates: enough people to speak of, and percentiles that rest on the model more than on people."""

    n_people = fields.Integer(required=True, metadata={"description": "people behind the component, rounded down to tens", "unit": "people", "example": 240})
    privacy = fields.Boolean(required=True, metadata={"description": "enough people to speak of (10 or more)", "unit": "flag", "example": True})
    thin = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "percentiles no distribution-free 95 % interval exists for at this n", "unit": "list", "example": ["p10", "p90"]},
    )


class PayRangeSchema(Schema):
    """Quantiles of one pay component of one role; a withheld one carries its reason and no money."""

    pay_basis = fields.String(
        required=True,
        validate=validate.OneOf(["base", "target_variable", "actual_variable", "ote", "actual_cash"]),
        metadata={"description": "what the money counts", "unit": "code", "example": "base"},
    )
    p10 = _percentile("tenth percentile")
    p25 = _percentile("first quartile")
    p50 = _percentile("median")
    p75 = _percentile("third quartile")
    p90 = _percentile("ninetieth percentile")
    interval = fields.Nested(IntervalSchema, metadata={"description": "uncertainty of the percentiles", "unit": "object", "example": {}})
    method = fields.String(
        required=True,
        validate=validate.OneOf(["observed", "modelled", "withheld"]),
        metadata={"description": "how it was found", "unit": "code", "example": "modelled"},
    )
    reason = fields.String(metadata={"description": "why it is withheld", "unit": "text", "example": "people of this population do not state variable pay"})
    gates = fields.Nested(GatesSchema, metadata={"description": "privacy and reliability", "unit": "object", "example": {}})
    factors = fields.List(
        fields.Nested(FactorSchema), metadata={"description": "the explanation: reference times factors is the p50", "unit": "list", "example": []}
    )


class VariableSchema(PayRangeSchema):
    """Variable pay of people who have any, and the chance of having any."""

    p_any = fields.Float(metadata={"description": "chance that somebody in the role has any variable pay", "unit": "0 to 1", "example": 0.9})


class PaySchema(Schema):
    """Pay by component. OTE is said of everybody in the role, variable pay of those who have any."""

    base = _nested(PayRangeSchema, "base pay")
    variable = _nested(VariableSchema, "variable pay of those who have any")
    ote = _nested(PayRangeSchema, "base and variable together, from their joint distribution")


class MixSchema(Schema):
    """How pay divides at the median."""

    base_share = fields.Float(
        required=True, allow_none=True, metadata={"description": "median base over median on-target earnings", "unit": "0 to 1", "example": 0.65}
    )


class SourceSchema(Schema):
    """One source and what it was used for."""

    id = _word("dataset", "oews-national")
    use = _word("use", "anchor")
    period = _word("period", "2024-05")
    weight = _share("weight among the sources of the same use", 0.5)
    without_it_p50 = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "median base without this source; null for the anchor and for the population itself",
            "unit": "USD per year",
            "example": 98000,
        },
    )
    without_it_ote_p50 = fields.Integer(
        required=True, allow_none=True, metadata={"description": "median OTE without this source", "unit": "USD per year", "example": 120000}
    )


class EvidenceSchema(Schema):
    """How much stands behind the answer."""

    n_people = fields.Integer(
        required=True,
        metadata={"description": "people behind the gradients of these occupation groups, rounded down to tens", "unit": "people", "example": 1200},
    )
    n_employers = fields.Integer(required=True, metadata={"description": "employers, rounded down to tens", "unit": "employers", "example": 300})
    sources = fields.List(fields.Nested(SourceSchema), required=True, metadata={"description": "sources", "unit": "list", "example": []})


class AgeingSchema(Schema):
    """How figures were brought to the date."""

    source = _word("datasets aged", "oews-national")
    from_ = fields.String(data_key="from", required=True, metadata={"description": "date of the figures", "unit": "ISO 8601 date", "example": "2024-05-01"})
    to = _word("date priced", "2026-11-22")
    method = _word("convention", "compound")
    annual_rate = fields.Float(required=True, metadata={"description": "mean annual rate over the span", "unit": "ratio", "example": 0.034})
    rate_source = _word("published source of the rate", "BLS ECI")
    effect_usd = fields.Integer(required=True, metadata={"description": "what ageing adds to the median", "unit": "USD per year", "example": 9000})


class ScopeSchema(Schema):
    """What was asked, applied, relaxed and ignored (nothing ever is)."""

    requested = fields.Dict(required=True, metadata={"description": "fields as sent", "unit": "object", "example": {}})
    applied = fields.Dict(required=True, metadata={"description": "codes used", "unit": "object", "example": {}})
    relaxed = fields.List(fields.String(), required=True, metadata={"description": "what is wider than asked, in words", "unit": "list", "example": []})
    ignored = fields.List(fields.String(), required=True, metadata={"description": "always empty", "unit": "list", "example": []})


class WarningSchema(Schema):
    """Something worth knowing, with a stable code."""

    code = _word("stable code", "growth_forecast")
    message = _word("in words", "Wage growth after 2026-03-01 is a forecast.")


class RangeSchema(Schema):
    """The answer of POST /v1/ranges."""

    model_id = _word("model that answered", "us-2026-11-abcdef")
    as_of = _word("date pay is aged to", "2026-11-22")
    currency = _word("ISO 4217", "USD")
    role = _nested(ResolvedSchema, "what was priced")
    pay = _nested(PaySchema, "pay by component")
    mix = _nested(MixSchema, "base share at the median")
    evidence = _nested(EvidenceSchema, "what stands behind it")
    ageing = fields.List(fields.Nested(AgeingSchema), required=True, metadata={"description": "ageing", "unit": "list", "example": []})
    scope = _nested(ScopeSchema, "asked, applied, relaxed, ignored")
    warnings = fields.List(fields.Nested(WarningSchema), required=True, metadata={"description": "worth knowing", "unit": "list", "example": []})


class ProblemFieldSchema(Schema):
    """One refused field."""

    pointer = _word("JSON pointer of the field", "/location")
    detail = _word("what is wrong", "'London' is outside the United States")
    allowed = fields.String(metadata={"description": "what is allowed", "unit": "text", "example": "USD"})
    did_you_mean = fields.List(fields.String(), metadata={"description": "nearest valid values", "unit": "list", "example": []})


class ProblemSchema(Schema):
    """RFC 9457 problem details."""

    type = _word("where the code is documented", "/docs#error-invalid_request")
    title = _word("kind", "invalid request")
    status = fields.Integer(required=True, metadata={"description": "HTTP status", "unit": "code", "example": 422})
    code = _word("stable code", "invalid_request")
    detail = _word("in words", "Some fields were refused.")
    errors = fields.List(fields.Nested(ProblemFieldSchema), required=True, metadata={"description": "refused fields", "unit": "list", "example": []})


def _usd(description: str, example: int) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": description, "unit": "USD", "example": example})


def _object(description: str, nullable: bool = False) -> fields.Dict:
    return fields.Dict(required=True, allow_none=nullable, metadata={"description": description, "unit": "object", "example": {}})


def _list(kind: Any, description: str) -> fields.List[Any]:
    return fields.List(kind, required=True, metadata={"description": description, "unit": "list", "example": []})


class TermsSchema(Schema):
    """The terms of an offer and what follows from them alone."""

    base_usd = _usd("base pay a year", 115000)
    variable_usd = _usd("target variable a year", 50000)
    ote_usd = _usd("on-target earnings: both", 165000)
    pay_basis = _object("pay basis of each of the three")
    base_share = _share("base over on-target earnings", 0.7)
    leverage = fields.Float(required=True, metadata={"description": "target variable over base", "unit": "ratio", "example": 0.43})
    sign_on_usd = _usd("sign-on bonus", 10000)
    equity_usd = _usd("new-hire grant when granted", 80000)
    refreshers_usd = _usd("later grants when granted, all together", 20000)
    benefits_usd = _usd("employer's benefits a year", 25000)
    benefits_from = _word("where that figure comes from", "the request")
    employer_cost_usd = _usd("on-target earnings and benefits a year", 190000)
    employer_cost_leaves_out = _list(fields.String(), "what that cost does not count")


class YearSchema(Schema):
    """Cash and equity of one year."""

    year = fields.Integer(required=True, metadata={"description": "year of the job", "unit": "count", "example": 1})
    base_usd = _usd("base", 115000)
    variable_usd = _usd("variable at target", 50000)
    sign_on_usd = _usd("sign-on", 10000)
    cash_usd = _usd("all cash", 175000)
    equity_usd = _usd("equity vesting", 20000)
    total_usd = _usd("all of it", 195000)


class StandingSchema(Schema):
    """Where one component stands in the market; without a verdict, why not."""

    offered_usd = _usd("what is offered", 115000)
    verdict = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["below", "within", "above", "cannot-tell"]),
        metadata={"description": "against the market's middle half; cannot-tell when the interval spans a threshold", "unit": "code", "example": "within"},
    )
    why = _word("in words", "base stands at P50 of the market")
    pay_basis = fields.String(metadata={"description": "what the offered figure counts", "unit": "code", "example": "ote"})
    market_pay_basis = fields.String(metadata={"description": "what the market's figures count", "unit": "code", "example": "ote"})
    percentile = fields.Float(metadata={"description": "percentile in the market, 1 to 99", "unit": "percentile", "example": 54.7})
    interval = fields.Dict(
        metadata={"description": "level, low and high of the percentile", "unit": "object", "example": {"level": 0.9, "low": 31, "high": 76}}
    )
    may_be = fields.List(fields.String(), metadata={"description": "verdicts the interval leaves open", "unit": "list", "example": ["within", "above"]})
    market_ratio = fields.Dict(metadata={"description": "over the market's median, denominator named", "unit": "object", "example": {}})
    penetration = fields.Dict(metadata={"description": "into the market's P10 to P90", "unit": "object", "example": {}})


class StandingsSchema(Schema):
    """Where each component stands."""

    base = _nested(StandingSchema, "base")
    variable = _nested(StandingSchema, "target variable")
    ote = _nested(StandingSchema, "on-target earnings")


class VerdictSchema(Schema):
    """What may be said of the whole offer, with every reason."""

    code = fields.String(
        required=True,
        validate=validate.OneOf(["below", "within", "above", "cannot-tell"]),
        metadata={"description": "against the market's middle half", "unit": "code", "example": "cannot-tell"},
    )
    by = _word("component that decided", "ote")
    words = _word("in words", "In the market's middle half")
    reasons = _list(fields.Nested(WarningSchema), "reasons, each with a stable code")


class OfferFiguresSchema(Schema):
    """The answer of POST /v1/offers/model."""

    model_id = _word("model that answered", "us-2026-11-abcdef")
    as_of = _word("date pay is aged to", "2026-11-22")
    currency = _word("ISO 4217", "USD")
    role = _nested(ResolvedSchema, "what was priced")
    terms = _nested(TermsSchema, "the terms")
    years = _list(fields.Nested(YearSchema), "cash and equity by year, at least four")
    first_year_usd = _usd("all of the first year", 195000)
    four_year_usd = _usd("all of four years", 740000)
    annualised_usd = _usd("base, target variable, grant over its vest, a quarter of the sign-on", 187500)
    market = _object("percentiles and intervals of the three components, and the base share of medians")
    standing = _nested(StandingsSchema, "where each component stands")
    mix = _object("base share beside the market's")
    band = _object("the company's Band and where base stands in it; null without a policy", nullable=True)
    people = _object("parity and inversion against pay records; null without records", nullable=True)
    plan = _object("the incentive plan: rate, curve, expected pay, first year, cost; null without one", nullable=True)
    sensitivity = _object("pay by attainment, totals by equity value")
    verdict = _nested(VerdictSchema, "what may be said")
    warnings = _list(fields.Nested(WarningSchema), "worth knowing")


class KeptOfferSchema(Schema):
    """A kept offer: its terms as sent, its figures as worked out then."""

    id = _word("identifier", "ofr_0123")
    version = fields.Integer(required=True, metadata={"description": "version, also the ETag", "unit": "count", "example": 1})
    state = _word("draft, submitted, approved, extended, accepted or declined", "draft")
    reference = _word("the workspace's own reference", "REQ-1042")
    title = _word("title", "Account Director")
    expires_on = _word("last day to accept", "2026-12-15", nullable=True)
    created_at = _word("when it was made", "2026-11-22T10:00:00+00:00")
    created_by = _word("who made it", "rita@example.org")
    updated_at = _word("when this version was made", "2026-11-22T10:00:00+00:00")
    submitted_by = _word("who submitted it", "rita@example.org", nullable=True)
    who = _word("who made this version", "rita@example.org")
    why = _word("why", "first draft")
    terms = _object("the offer as sent")
    figures = _nested(OfferFiguresSchema, "figures worked out when this version was made")


class SuggestionSchema(Schema):
    """The answer of POST /v1/offers/suggest."""

    offer = _object("role, base_usd and variable_usd, ready for POST /v1/offers/model")
    base_share = _share("mix that was kept", 0.73)
    why = _word("in words", "P50 of market on-target earnings")


class MeasureSchema(Schema):
    """One measure over the offers compared."""

    measure = _word("what is measured", "first_year_usd")
    values = _list(fields.Integer(allow_none=True), "one an offer, in order")
    highest = _list(fields.String(), "names of the highest; none when all are equal")
    less_first = _list(fields.Integer(allow_none=True), "each less the first")


class ComparisonSchema(Schema):
    """The answer of POST /v1/offers/compare."""

    model_id = _word("model that answered", "us-2026-11-abcdef")
    currency = _word("ISO 4217", "USD")
    names = _list(fields.String(), "names in order")
    measures = _list(fields.Nested(MeasureSchema), "measures")
    offers = _list(fields.Nested(OfferFiguresSchema), "figures of each")


class ScenarioCostSchema(Schema):
    """What one scenario costs."""

    name = _word("name", "plan")
    people = fields.Integer(required=True, metadata={"description": "people and openings", "unit": "count", "example": 18})
    total = _object("expected cost and its band: expected_usd, p10, p50, p90")
    analytic = _object("the band by formula, beside the one drawn")
    components = _object("expected cost by component, USD")
    by_month = _list(fields.Dict(), "cost of each month: expected, band, components")
    by_quarter = _list(fields.Dict(), "cost of each calendar quarter, as by_month")
    by_year = _list(fields.Dict(), "cost of each calendar year, as by_month")
    by_team = _list(fields.Dict(), "by team, with bands; by_month, by_quarter and by_year hold expected cost in the order of the plan's")
    by_level = _list(fields.Dict(), "by level, the same without bands")
    by_location = _list(fields.Dict(), "by place, the same without bands")
    assumptions = _object("every assumption the scenario was costed with, defaults included")
    merit = fields.Dict(required=True, allow_none=True, metadata={"description": "what the merit matrix came to", "unit": "object", "example": {"rated": 40}})
    rows = _list(fields.Dict(), "each row as it was priced")


class PostingReadSchema(Schema):
    """The answer of POST /v1/postings."""

    model_id = _word("model that priced it", "us-2026-11-abcdef")
    form = _word("form it came in: text, markdown, html, schema.org, greenhouse, lever, ashby, pdf or docx", "text")
    text = _word("the posting as plain text; spans are offsets into it", "Senior Account Manager")
    read = _object("titles and locations as lists, other fields one each: value, span, words, confidence, why; null where nothing says it")
    pay = _list(fields.Dict(), "pay as stated, in order: amounts, unit, currency, basis, a year's worth, words, and where it stands in the market")
    contradictions = _list(fields.List(fields.Integer()), "pairs of pay statements that contradict each other")
    role = _object("the role read, with edits in place, ready for POST /v1/ranges")
    not_used = _list(fields.Dict(), "what was read and is not in the role: field, value, why")
    range = fields.Dict(required=True, allow_none=True, metadata={"description": "the role's PayRange", "unit": "object", "example": None})
    rules = _list(
        fields.Dict(), "what must stand in a posting where the job may be done: rule, citation, source, whether in force, and what this posting lacks"
    )
    to_post = fields.Dict(
        required=True,
        allow_none=True,
        metadata={
            "description": "what to post: range, words by jurisdiction, fields for applicant tracking systems, JSON-LD",
            "unit": "object",
            "example": None,
        },
    )
    article_5 = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "where the job is in the EU: the sheet of Directive 2023/970, Article 5", "unit": "object", "example": None},
    )
    not_priced = fields.Dict(required=True, allow_none=True, metadata={"description": "why there is no range", "unit": "object", "example": None})


class CheckedSchema(Schema):
    """The answer of POST /v1/checks."""

    model_id = _word("model that priced it", "us-2026-11-abcdef")
    range = _object("the role's PayRange, as POST /v1/ranges gives it", True)
    not_priced = _object("why there is no range", True)
    terms = _object("base, variable, on-target earnings and a figure of unknown basis, USD a year; null where nobody has said")
    standing = _object("percentile of each part with its interval and verdict", True)
    mix = _object("base share of the offer beside the market's", True)
    verdict = _object("below, within, above or cannot-tell, with reasons", True)
    questions = _list(fields.Dict(), "what to ask, and why")
    laws = _list(fields.Dict(), "pay rules where the job is, with citations")
    article_5 = _object("the sheet of Directive (EU) 2023/970, Article 5: items asked for, told and missing")
    told_range = _object("the range that was told: where the offer stands in it, and its ends in the market's base", True)
    warnings = _list(fields.Dict(), "figures that are hardly a year's")
    kept = fields.Boolean(required=True, metadata={"description": "whether anything was kept: never", "unit": "true or false", "example": False})


class LadderSchema(Schema):
    """The answer of POST /v1/ladders."""

    model_id = _word("model that priced it", "us-2026-11-abcdef")
    as_of = _word("date pay is aged to", "2026-11-22")
    currency = _word("ISO 4217", "USD")
    role = _object("the role as understood")
    range = _object("its PayRange, as POST /v1/ranges gives it")
    levels = _list(fields.Dict(), "every level of the family: usual title, years, base and total, and base over that of the role's level")
    previous = _word("the level before", "P3", True)
    next = _list(fields.String(), "the levels after: in the track, and on changing it")
    moves = _list(fields.Dict(), "for each field the values that give the least and the most median base, the furthest apart first")
    warnings = _list(fields.Dict(), "worth knowing")


class KeptPlanSchema(Schema):
    """A kept headcount plan, without its rows and result."""

    id = _word("identifier", "pln_0123")
    name = _word("name", "2027")
    state = _word("queued, running, done, failed or cancelled", "running")
    people = fields.Integer(required=True, metadata={"description": "people and openings", "unit": "count", "example": 12_000})
    done = fields.Integer(required=True, metadata={"description": "people costed, scenario by scenario", "unit": "count", "example": 4_000})
    total = fields.Integer(required=True, metadata={"description": "people to cost, scenario by scenario", "unit": "count", "example": 24_000})
    attempts = fields.Integer(required=True, metadata={"description": "how often it was begun", "unit": "count", "example": 1})
    problem = fields.Dict(required=True, allow_none=True, metadata={"description": "why it failed: message and errors", "unit": "object", "example": None})
    created_at = _word("when it was kept", "2026-11-22T10:00:00+00:00")
    created_by = _word("who kept it", "fin@example.org")
    updated_at = _word("when it was last heard of", "2026-11-22T10:00:30+00:00")


class PlanCostSchema(Schema):
    """The answer of POST /v1/plans."""

    model_id = _word("model that priced it", "us-2026-11-abcdef")
    currency = _word("ISO 4217", "USD")
    months = _list(fields.String(), "months in order")
    quarters = _list(fields.String(), "calendar quarters in order")
    years = _list(fields.String(), "calendar years in order")
    draws = fields.Integer(required=True, metadata={"description": "futures drawn", "unit": "count", "example": 1000})
    scenarios = _list(fields.Nested(ScenarioCostSchema), "the plan, then the scenarios")
    differences = _list(fields.Dict(), "each scenario less the plan, by component and by what drives it")
    one_point = _list(fields.Dict(), "what one point of each assumption costs")
    taxes = _list(fields.Dict(), "federal payroll taxes used, by year")
    benefits_load_source = _word("where the load on cash pay comes from", "BLS ECEC June 2025")
    warnings = _list(fields.Dict(), "what is worth knowing of the whole plan")
