"""Percentile with its interval, and the verdict that may be given: right where it is given, withheld where the interval spans a threshold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compsvc import standing
from compsvc.features import QUANTILE_NAMES, QUANTILES
from compsvc.pricing import _component, price
from tests.conftest import TODAY

QUANTILE_LISTS = st.lists(st.floats(0.02, 0.8), min_size=4, max_size=4).map(lambda steps: [60_000 * math.exp(sum(steps[:i])) for i in range(5)])


@given(QUANTILE_LISTS, st.floats(1, 99))
@settings(deadline=None, max_examples=300)
def test_percentile_and_value_are_inverses(quantiles, percentile):
    assert standing.percentile_of(standing.value_at(percentile, quantiles), quantiles) == pytest.approx(percentile, abs=1e-6)


@given(QUANTILE_LISTS, st.floats(1_000, 1e7), st.floats(1_000, 1e7))
@settings(deadline=None, max_examples=300)
def test_more_pay_never_stands_lower(quantiles, one, other):
    low, high = sorted((one, other))
    assert standing.percentile_of(low, quantiles) <= standing.percentile_of(high, quantiles) + 1e-9


def test_a_percentile_of_the_range_stands_at_itself():
    quantiles = [60_000, 75_000, 95_000, 120_000, 160_000]
    for value, q in zip(quantiles, QUANTILES, strict=True):
        assert standing.percentile_of(value, quantiles) == pytest.approx(100 * q)


@pytest.mark.parametrize(
    ("low", "at", "high", "verdict", "open_"),
    [
        (5, 10, 20, "below", ("below",)),
        (30, 50, 70, "within", ("within",)),
        (80, 90, 95, "above", ("above",)),
        (20, 30, 40, "cannot-tell", ("below", "within")),
        (60, 72, 80, "cannot-tell", ("within", "above")),
        (20, 50, 80, "cannot-tell", ("below", "within", "above")),
    ],
)
def test_a_verdict_is_given_only_on_one_side(low, at, high, verdict, open_):
    where = standing.Position(at, low, high)
    assert standing.verdict(where) == verdict
    assert standing.possible(where) == open_


def judged(offers, parts, truths):
    """(right, given, abstained where the interval spans, abstentions) over offers against ranges and the true quantiles."""
    right = given_ = spans = silent = 0
    for offer, part, truth in zip(offers, parts, truths, strict=True):
        where = standing.position(offer, part)
        found = standing.verdict(where)
        spanning = where.low < 25 <= where.high or where.low <= 75 < where.high
        if found == standing.CANNOT_TELL:
            spans += spanning
            silent += not spanning
            continue
        assert not spanning, "a verdict was given although the interval spans a threshold"
        given_ += 1
        true = standing.percentile_of(offer, truth)
        right += found == ("below" if true < 25 else "above" if true > 75 else "within")
    return right, given_, spans, silent


def test_verdicts_on_ranges_estimated_from_people_are_right():
    """3,000 roles whose pay is known; their ranges are estimated from 40 to 400 people each, the error of their mean and spread stated as the service states it."""
    rng = np.random.default_rng(5)
    z = np.array([standing._NORMAL.inv_cdf(q) for q in QUANTILES])
    offers, parts, truths = [], [], []
    for _ in range(3_000):
        mean, sd, n = rng.normal(11.5, 0.4), rng.uniform(0.15, 0.45), int(rng.integers(40, 400))
        people = rng.normal(mean, sd, n)
        variance = people.var(ddof=1) / n
        estimated = tuple(float(v) for v in np.exp(people.mean() + z * people.std(ddof=1)))
        parts.append(_component("base", estimated, (variance,) * 3, {}))
        truths.append(np.exp(mean + z * sd).tolist())
        offers.append(float(np.exp(mean + sd * rng.normal(0, 1.1))))
    right, given_, spans, silent = judged(offers, parts, truths)
    assert right / given_ >= 0.90
    assert given_ > 1_500
    assert spans > 100
    assert silent == 0


def test_verdicts_on_the_models_own_ranges_are_right(model):
    """Real roles; the truth is drawn around each range with the error its intervals state, common to all percentiles and of each tail apart."""
    rng = np.random.default_rng(6)
    titles = [
        "Account Director",
        "Software Engineer",
        "Registered Nurse",
        "Paralegal",
        "Sales Director",
        "Data Analyst",
        "Financial Manager",
        "Customer Success Manager",
    ]
    places = ["Austin, TX", "New York, NY", "Ohio", "United States", "Boise, ID"]
    offers, parts, truths = [], [], []
    for title in titles:
        for place in places:
            pay = price(model, {"title": title, "location": place}, TODAY)["pay"]
            for name in ("base", "ote"):
                part = pay[name]
                q = np.array([part[k] for k in QUANTILE_NAMES], float)
                error = np.array([math.log(part["interval"][k][1] / part["interval"][k][0]) / 2 / 1.6448536 for k in QUANTILE_NAMES])
                for _ in range(25):
                    common = rng.normal(0, error[2])
                    apart = np.sqrt(np.maximum(error**2 - error[2] ** 2, 0)) * np.abs(rng.normal()) * rng.choice([-1, 1])
                    truths.append(np.maximum.accumulate(q * np.exp(common + apart)).tolist())
                    parts.append(part)
                    offers.append(float(q[2] * np.exp(rng.normal(0, 0.5))))
    right, given_, spans, silent = judged(offers, parts, truths)
    assert right / given_ >= 0.90
    assert given_ > 300
    assert spans > 300
    assert silent == 0
