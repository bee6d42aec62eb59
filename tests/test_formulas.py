"""Every formula of the field against a case worked by hand (tests/golden/formulas.csv), and what must hold of plans and grants whatever their terms."""

import csv
import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compsvc import equity, formulas, incentives
from compsvc.errors import RequestInvalid
from tests.conftest import PROJECT

CASES = list(csv.DictReader((PROJECT / "tests" / "golden" / "formulas.csv").read_text(encoding="utf-8").splitlines()))


def plan_of(terms):
    lists = {"tiers": tuple(incentives.Tier(*t) for t in terms.get("tiers", ())), "spifs": tuple(incentives.Spif(*s) for s in terms.get("spifs", ()))}
    return incentives.checked(incentives.IncentivePlan(**{**terms, **lists}))


def worked(call, arguments):
    if call.startswith("formulas."):
        plain = [{tuple(k.split(",")): v for k, v in a.items()} if isinstance(a, dict) else a for a in arguments]
        if call.endswith("merit_raises"):
            plain[1] = [tuple(cell) for cell in plain[1]]
        return getattr(formulas, call.removeprefix("formulas."))(*plain)
    if call == "plan.rate":
        return plan_of(arguments[0]).rate
    if call.startswith("plan."):
        return getattr(plan_of(arguments[0]), call.removeprefix("plan."))(*arguments[1:])
    if call == "first_year.paid":
        terms, ramp, more = arguments
        draw = incentives.Draw(**{k: v for k, v in more.items() if k != "full_target"})
        months = incentives.first_year(plan_of(terms), incentives.Ramp(tuple(ramp), more.get("full_target", False)), draw, 1.0)
        return sum(m.paid_usd for m in months)
    grant = dict(arguments[0])
    grant["year_shares"] = tuple(grant.get("year_shares", ()))
    return equity.checked(equity.Grant(**grant), "/equity").vested_usd(arguments[1])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["formula"])
def test_worked_by_hand(case):
    found = worked(case["call"], json.loads(case["arguments"]))
    assert found == pytest.approx(json.loads(case["expected"]), rel=0, abs=float(case["tolerance"]) or 1e-9)


def test_every_formula_has_a_case():
    public = {name for name, value in vars(formulas).items() if callable(value) and getattr(value, "__module__", "") == formulas.__name__}
    assert public == {c["call"].removeprefix("formulas.") for c in CASES if c["call"].startswith("formulas.")}


def test_a_scope_premium_beyond_a_fifth_is_refused():
    with pytest.raises(ValueError, match="20%"):
        formulas.scope_adjusted(100_000, 0.21)


def test_the_benefits_load_is_on_cash_pay():
    assert pytest.approx(0.2219, abs=5e-5) == formulas.BENEFITS_LOAD


# --- plans -------------------------------------------------------------------------

multipliers = st.floats(0, 4).map(lambda v: round(v, 2))
attainments = st.floats(0.05, 2.5).map(lambda v: round(v, 2))
plans = st.builds(
    incentives.IncentivePlan,
    target_variable_usd=st.integers(1_000, 400_000).map(float),
    quota_usd=st.none() | st.integers(10_000, 5_000_000).map(float),
    threshold=st.sampled_from([0.0, 0.0, 0.25, 0.5, 0.8, 0.99]),
    from_first_dollar=st.booleans(),
    tiers=st.lists(st.builds(incentives.Tier, attainments, multipliers), max_size=4, unique_by=lambda t: t.above).map(tuple),
    tier_type=st.sampled_from(["marginal", "retroactive"]),
    cap=st.none() | st.floats(1, 5),
    spifs=st.lists(st.builds(incentives.Spif, st.integers(0, 5_000).map(float), attainments), max_size=2).map(tuple),
)
distributions = st.builds(incentives.LogNormal, st.floats(0.05, 0.95), st.floats(0.05, 0.9)) | st.lists(st.floats(0, 3), min_size=1, max_size=40).map(
    incentives.attainment_from
)


def sound(plan):
    try:
        return incentives.checked(plan)
    except RequestInvalid:
        assume(False)


@given(plans)
@settings(deadline=None, max_examples=300)
def test_at_100_percent_a_plan_pays_exactly_the_target(plan):
    assert sound(plan).variable_usd(1.0) == plan.target_variable_usd
    assert plan.scale_usd * plan._unit(1.0) == pytest.approx(plan.target_variable_usd, rel=1e-12)


@given(plans, st.lists(st.floats(0, 4), min_size=2, max_size=30))
@settings(deadline=None, max_examples=300)
def test_selling_more_never_pays_less(plan, where):
    plan = sound(plan)
    edges = [p.low for p in plan.bounded_pieces] + [math.nextafter(p.low, 9) for p in plan.bounded_pieces]
    paid = [plan.variable_usd(a) for a in sorted([*where, *edges, 1.0])]
    assert all(b >= a - 1e-6 * plan.target_variable_usd for a, b in itertools.pairwise(paid))
    rows = incentives.curve(plan, 50_000.0)
    assert [r["pay_usd"] for r in rows] == sorted(r["pay_usd"] for r in rows)
    assert [r["attainment"] for r in rows] == sorted(r["attainment"] for r in rows)


@given(plans, st.floats(0.01, 3))
@settings(deadline=None, max_examples=300)
def test_the_attainment_that_pays_an_amount_is_the_smallest(plan, share):
    plan = sound(plan)
    usd = share * plan.target_variable_usd
    at = plan.attainment_paying(usd)
    if at is None:
        assert plan.variable_usd(1e9) < usd * (1 + 1e-9)
        return
    assert plan.variable_usd(math.nextafter(at * (1 + 1e-9), 1e12)) >= usd * (1 - 1e-6)
    assert at == 0 or plan.variable_usd(at * (1 - 1e-6)) <= usd * (1 + 1e-6)


@given(plans, distributions)
@settings(deadline=None, max_examples=200)
def test_expected_pay_lies_within_what_can_be_paid(plan, attainment):
    plan = sound(plan)
    found = incentives.expected(plan, attainment)
    assert found.variable_usd >= -1e-6
    if plan.cap is not None:
        assert found.variable_usd <= plan.cap * plan.target_variable_usd * (1 + 1e-9)
    assert 0 <= found.p_ote <= found.p_any + 1e-12 <= 1 + 1e-9
    assert list(found.quantiles) == sorted(found.quantiles)


DRAWS = 1_000_000
SEEDED = [
    ({"target_variable_usd": 60_000.0, "quota_usd": 900_000.0}, incentives.AS_REPORTED),
    ({"target_variable_usd": 60_000.0, "tiers": [[1.0, 1.5], [1.5, 2.0]], "cap": 2.5, "threshold": 0.4}, incentives.AS_REPORTED),
    ({"target_variable_usd": 60_000.0, "tiers": [[0.8, 1.25], [1.0, 1.5]], "tier_type": "retroactive"}, incentives.AS_DESIGNED),
    ({"target_variable_usd": 120_000.0, "tiers": [[1.2, 0.5]], "threshold": 0.5, "from_first_dollar": False}, incentives.LogNormal(0.39, 0.5)),
    ({"target_variable_usd": 40_000.0, "tiers": [[1.0, 3.0]], "cap": 1.2, "spifs": [[2000, 0.5], [5000, 1.5]]}, incentives.LogNormal(0.6, 0.3)),
    (
        {"target_variable_usd": 60_000.0, "tiers": [[1.0, 1.5]], "tier_type": "retroactive", "threshold": 0.5, "from_first_dollar": False},
        incentives.LogNormal(0.5, 0.3),
    ),
    ({"target_variable_usd": 60_000.0, "tiers": [[0.6, 1.2]]}, incentives.attainment_from([1, 1, 1, 1])),
    ({"target_variable_usd": 80_000.0, "tiers": [[1.0, 2.0]], "threshold": 0.6}, incentives.attainment_from([0, 0.3, 0.55, 0.6, 0.9, 1.0, 1.0, 1.4, 2.2])),
]


def paid_to_everybody(plan, a):
    """The plan's payout by brute force: each draw walked through the tiers, from the words of the plan and not from its pieces."""
    steps = [(0.0, 1.0), *sorted((t.above, t.multiplier) for t in plan.tiers)]

    def raw(x):
        if plan.tier_type == "retroactive":
            rate = np.ones_like(x)
            for above, times in steps:
                rate = np.where(x > above, times, rate)
            return rate * x
        total = np.zeros_like(x)
        for (above, times), (until, _) in zip(steps, [*steps[1:], (np.inf, 0.0)], strict=True):
            total += times * np.clip(np.minimum(x, until) - above, 0, None)
        return total

    def unit(x):
        if plan.from_first_dollar:
            value = raw(x)
        elif plan.tier_type == "retroactive":
            value = raw(x) * (1 - plan.threshold / np.maximum(x, 1e-9))
        else:
            value = raw(x) - raw(np.array([plan.threshold]))
        return np.where(x > plan.threshold, value, 0.0)

    paid = unit(a) * plan.target_variable_usd / unit(np.array([1.0]))
    return np.minimum(paid, (plan.cap or np.inf) * plan.target_variable_usd)


@pytest.mark.parametrize(
    ("terms", "attainment"),
    SEEDED,
    ids=["flat", "accelerated", "retroactive", "decelerated", "capped", "retroactive above threshold", "all at quota", "observed"],
)
def test_expected_pay_is_that_of_a_million_draws(terms, attainment):
    rng = np.random.default_rng(11)
    plan = plan_of(terms)
    if isinstance(attainment, incentives.Observed):
        drawn = rng.choice(attainment.values, DRAWS)
    else:
        drawn = np.exp(attainment.mu + attainment.log_sd * rng.standard_normal(DRAWS))
    paid = paid_to_everybody(plan, drawn)
    spif = sum(np.where(drawn >= s.at, s.usd, 0.0) for s in plan.spifs) if plan.spifs else np.zeros(1)
    found = incentives.expected(plan, attainment)
    assert found.variable_usd == pytest.approx(paid.mean(), rel=0.002)
    assert found.spif_usd == pytest.approx(spif.mean(), rel=0.005, abs=1e-9)
    assert found.p_ote == pytest.approx((paid >= plan.target_variable_usd * (1 - 1e-12)).mean(), abs=0.002)
    if not isinstance(attainment, incentives.Observed):
        both = paid + spif
        assert list(found.quantiles) == pytest.approx(np.quantile(both, incentives.QUANTILES).tolist(), rel=0.005)


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"target_variable_usd": 0.0}, "/variable_usd"),
        ({"target_variable_usd": 1e4, "tiers": [[1.0, 0.5]], "tier_type": "retroactive"}, "/plan/tiers"),
        ({"target_variable_usd": 1e4, "tiers": [[0.0, 0.0]]}, "/plan/tiers"),
        ({"target_variable_usd": 1e4, "tiers": [[1.0, 2.0], [1.0, 3.0]]}, "/plan/tiers"),
        ({"target_variable_usd": 1e4, "threshold": 1.0}, "/plan/threshold"),
        ({"target_variable_usd": 1e4, "cap": 0.9}, "/plan/cap"),
    ],
)
def test_a_plan_that_cannot_hold_names_its_field(terms, pointer):
    with pytest.raises(RequestInvalid) as refused:
        plan_of(terms)
    assert refused.value.problems[0].pointer == pointer


def test_the_default_distribution_is_what_it_says():
    known = incentives.AS_REPORTED
    assert known.moments(0, 0.8)[0] == pytest.approx(0.20, abs=1e-9)
    assert known.moments(1.2, math.inf)[0] == pytest.approx(0.125, abs=1e-9)
    assert known.moments(1.0, math.inf)[0] == pytest.approx(0.40, abs=0.005)
    assert incentives.AS_DESIGNED.moments(1.0, math.inf)[0] == pytest.approx(0.65, abs=1e-9)


@given(plans, st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), max_size=8), st.integers(0, 6_000), st.integers(0, 12), st.booleans(), st.floats(0, 2))
@settings(deadline=None, max_examples=200)
def test_a_recoverable_draw_pays_what_was_earned_and_says_what_is_owed(plan, ramp, usd, months, recoverable, attainment):
    plan = sound(plan)
    rows = incentives.first_year(plan, incentives.Ramp(tuple(ramp)), incentives.Draw(float(usd), months, recoverable), attainment)
    assert len(rows) == 12
    earned, paid = sum(m.earned_usd for m in rows), sum(m.paid_usd for m in rows)
    if recoverable:
        assert paid - rows[-1].owed_usd == pytest.approx(earned, abs=1e-6)
    else:
        assert paid >= earned - 1e-6
        assert rows[-1].owed_usd == 0
    assert all(m.paid_usd >= -1e-9 and m.owed_usd >= -1e-9 for m in rows)


# --- grants ------------------------------------------------------------------------


@st.composite
def grants(draw):
    years = draw(st.integers(1, 6))
    cuts = draw(st.none() | st.lists(st.integers(1, 50), min_size=years, max_size=years))
    shares = () if cuts is None else tuple(c / sum(cuts) for c in cuts)
    return equity.Grant(
        draw(st.integers(1, 5_000_000)), years, draw(st.integers(0, 12 * years)), draw(st.sampled_from(sorted(equity.EVERY))), shares, draw(st.integers(0, 30))
    )


@given(st.lists(grants(), min_size=1, max_size=4))
@settings(deadline=None, max_examples=300)
def test_the_sum_over_the_vest_is_the_grant(given_grants):
    years = max(-(-g.from_month // 12) + g.vest_years for g in given_grants)
    assert sum(equity.vest_by_year(given_grants, years)) == sum(g.usd for g in given_grants)


@given(grants())
@settings(deadline=None, max_examples=300)
def test_vesting_never_falls_and_nothing_vests_before_the_cliff(grant):
    vested = [grant.vested_usd(m) for m in range(grant.from_month + 12 * grant.vest_years + 3)]
    assert vested == sorted(vested)
    assert all(v == 0 for v in vested[: grant.from_month + grant.cliff_months])
    assert vested[-1] == grant.usd


@pytest.mark.parametrize(
    ("grant", "pointer"),
    [(equity.Grant(1e4, 2, 36), "/equity/cliff_months"), (equity.Grant(1e4, 4, year_shares=(0.5, 0.5)), "/equity/year_shares")],
)
def test_a_grant_that_cannot_hold_names_its_field(grant, pointer):
    with pytest.raises(RequestInvalid) as refused:
        equity.checked(grant, "/equity")
    assert refused.value.problems[0].pointer == pointer
