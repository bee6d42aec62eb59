"""Variable pay and on-target earnings: the joint distribution on known truth, gates, and what every answer must keep."""

from itertools import pairwise

import numpy as np
import pytest

from compsvc import disclosure, paymodel
from compsvc.errors import ArtifactCheckFailed, TooFewRows
from compsvc.features import QUANTILES
from compsvc.fit import joint, variable
from compsvc.pricing import price
from compsvc.resolve.roles import resolve_role
from compsvc.variable import Grid
from tests.conftest import TODAY
from tests.test_models import rewrite
from tests.test_properties import N_RANDOM, TRACKS, random_roles

FAMILIES = (
    {"median": 11.2, "sd": 0.30, "odds": 2.2, "share": -0.5, "sd_share": 0.5},
    {"median": 11.6, "sd": 0.25, "odds": 0.2, "share": -2.1, "sd_share": 0.9},
    {"median": 11.0, "sd": 0.35, "odds": -0.8, "share": -1.4, "sd_share": 0.8},
)
GAMMA, BETA = 0.25, 0.2


def drawn(n, seed):
    """(family, log base, variable USD): base and variable pay correlated, some without variable pay, three families."""
    rng = np.random.default_rng(seed)
    family = rng.integers(0, 3, n)
    p = {key: np.array([f[key] for f in FAMILIES])[family] for key in FAMILIES[0]}
    r = rng.standard_normal(n)
    log_base = p["median"] + p["sd"] * r
    some = rng.random(n) < 1 / (1 + np.exp(-(p["odds"] + GAMMA * r)))
    share = np.exp(p["share"] + BETA * r + p["sd_share"] * rng.standard_normal(n))
    return family, log_base, np.where(some, np.exp(log_base) * share, 0.0)


def estimated(family, log_base, extra):
    """What the workshop's own estimator makes of such rows: OTE quantiles by family, and the standard error of each P50 in logs."""
    middle = np.array([log_base[family == f].mean() for f in range(3)])
    sd = np.array([log_base[family == f].std(ddof=1) for f in range(3)])
    residual = (log_base - middle[family]) / sd[family]
    some = extra > 0
    people = variable.Stated(
        any=some,
        log_share=np.where(some, np.log(np.maximum(extra, 1e-9)) - log_base, np.nan),
        residual=residual,
        log_base=np.zeros(len(family)),
        later=np.zeros(len(family)),
        weight=np.ones(len(family)),
        codes={"family": family},
    )
    found = variable.fit(people, {"family": 3}, ("family",), np.ones(len(family), bool), (1.0, 1.0), {"family": 5.0})
    odds, share = (part.constant + part.effects["family"] for part in (found.any, found.share))
    sd_share = found.sd_of({"family": np.arange(3)})
    up = joint.uplift(sd, odds, share, sd_share, found.shapes[0])
    base = middle[:, None] + sd[:, None] * np.quantile(residual, QUANTILES)
    step = 1e-3
    by_odds = (joint.uplift(sd, odds + step, share, sd_share, found.shapes[0]) - up)[:, 2] / step
    by_share = (joint.uplift(sd, odds, share + step, sd_share, found.shapes[0]) - up)[:, 2] / step
    n = np.bincount(family)
    error = np.sqrt(sd**2 / n + (by_odds * found.any.error_of("family", 5.0)) ** 2 + (by_share * found.share.error_of("family", 5.0)) ** 2)
    return base + up, error


@pytest.fixture(scope="module")
def truth():
    """Log OTE quantiles of each family from 12 million draws, (3, 5)."""
    family, log_base, extra = drawn(12_000_000, 99)
    total = np.log(np.exp(log_base) + extra)
    return np.stack([np.quantile(total[family == f], QUANTILES) for f in range(3)])


def test_joint_quantiles_come_back_where_summed_percentiles_do_not(truth):
    family, log_base, extra = drawn(50_000, 5)
    found, _ = estimated(family, log_base, extra)
    assert np.abs(np.expm1(found - truth)).max() < 0.01, np.expm1(found - truth)
    summed = []
    for f in range(3):
        mine = family == f
        some = mine & (extra > 0)
        summed.append(np.quantile(np.exp(log_base[mine]), QUANTILES) + np.quantile(extra[some], QUANTILES))
    tails = np.abs(np.expm1(np.log(np.array(summed)) - truth))[:, [0, 4]]
    assert (tails.max(axis=1) > 0.04).all(), tails
    zeros = np.stack([np.quantile(np.exp(log_base[family == f]), QUANTILES) + np.quantile(extra[family == f], QUANTILES) for f in range(3)])
    assert np.abs(np.expm1(np.log(zeros) - truth))[:, [0, 4]].max() > 0.04


def test_the_interval_of_the_median_covers_as_often_as_it_says(truth):
    """500 samples of 2,000 rows: 80 % intervals of three medians each; two-sided, so neither too narrow nor too wide."""
    z = 1.2815515655446004
    hits = []
    for seed in range(500):
        found, error = estimated(*drawn(2000, 10_000 + seed))
        hits.append(np.abs(found[:, 2] - truth[:, 2]) <= z * error)
    by_family = np.mean(hits, axis=0)
    assert 0.77 <= np.mean(hits) <= 0.83, by_family
    assert ((by_family > 0.75) & (by_family < 0.85)).all(), by_family


def test_fixed_nodes_agree_with_a_simulation():
    rng = np.random.default_rng(8)
    n = 2_000_000
    r, e = rng.standard_normal(n), rng.standard_normal(n)
    shape = joint.normal_shape(GAMMA, BETA)
    for sd, odds, share, spread in ((0.3, 1.0, -2.5, 1.0), (0.35, 2.8, -0.6, 0.45), (0.25, -1.0, -3.0, 1.1), (0.4, 0.0, -1.0, 1.2)):
        some = rng.random(n) < 1 / (1 + np.exp(-(odds + GAMMA * r)))
        total = sd * r + np.log1p(np.exp(share + BETA * r + spread * e) * some)
        brute = np.quantile(total, QUANTILES) - np.quantile(sd * r, QUANTILES)
        assert joint.uplift(*(np.array([v]) for v in (sd, odds, share, spread)), shape)[0] == pytest.approx(brute, abs=0.008)


def test_a_grid_returns_its_own_corners_and_stays_between_them():
    axes = [np.array([0.0, 1.0, 3.0]), np.array([-1.0, 0.5, 2.0]), np.array([0.0, 2.0]), np.array([0.0, 1.0, 2.0])]
    x, y, z, w = np.meshgrid(*axes, indexing="ij")
    values = np.stack([k * x + y - z + 0.5 * w for k in range(1, 11)], axis=-1)
    grid = Grid(axes, values)
    for at in np.ndindex(values.shape[:-1]):
        corner = tuple(float(axis[i]) for axis, i in zip(axes, at, strict=True))
        assert grid.at(corner)[0] == pytest.approx(values[at])
    found, slopes = grid.at((2.0, 0.7, 1.1, 1.6))
    assert found == pytest.approx([2.0 * k + 0.7 - 1.1 + 0.8 for k in range(1, 11)])
    assert grid.one((2.0, 0.7, 1.1, 1.6), 2) == pytest.approx(found[2])
    assert [slopes[i] for i in range(4)] == [pytest.approx(v) for v in ((1.0, 3.0, 5.0), (1.0,) * 3, (-1.0,) * 3, (0.5,) * 3)]
    assert grid.at((99.0, -99.0, 0.0, 0.0))[0] == pytest.approx(values[-1, 0, 0, 0])


def test_too_few_people_with_variable_pay_are_refused():
    with pytest.raises(TooFewRows):
        estimated(*drawn(300, 1))


@pytest.mark.parametrize(("with_pay", "without"), [(1.0, 0.6), (0.9, 0.7)])
def test_how_blanks_are_left_is_recovered(with_pay, without):
    rng = np.random.default_rng(2)
    family = np.repeat([f"f{i}" for i in range(60)], 800)
    theta = np.repeat(rng.uniform(0.05, 0.9, 60), 800)
    has = rng.random(len(theta)) < theta
    states = rng.random(len(theta)) < np.where(has, with_pay, without)
    a, b = variable.blank_rates(family, ~states, has & states)
    assert (a, b) == pytest.approx((with_pay, without), abs=0.03)


@pytest.mark.parametrize(("quantile", "n"), [(0.5, 6), (0.25, 11), (0.1, 29), (0.75, 11), (0.9, 29)])
def test_the_smallest_number_of_people_for_a_percentile(quantile, n):
    assert disclosure.smallest_n(quantile) == n


def test_gates_pass_nothing_without_people():
    assert disclosure.as_json(0) == {"n_people": 0, "privacy": False, "thin": ["p10", "p25", "p50", "p75", "p90"]}
    assert disclosure.as_json(20) == {"n_people": 20, "privacy": True, "thin": ["p10", "p90"]}
    assert disclosure.as_json(30)["thin"] == []


def earned(model, asked, population):
    """(base, OTE) quantiles in USD before rounding, and the variable part."""
    found = resolve_role(model, asked)
    located = model.locate(found.role, 2026.9, population, found.family_index)
    variable_pay, ote = model.earnings(found.role, located, found.family)
    base = np.array(model.quantiles(located))
    return base, base * np.exp(ote.uplift), variable_pay, np.array(ote.offsets)


def test_over_many_random_roles(model):
    """OTE is at least base at each percentile, quantiles are ordered, and somebody more senior in the track is never paid less."""
    below, crossed, fell = [], [], []
    for asked, population in random_roles(model, N_RANDOM, 20261123):
        base, ote, variable_pay, offsets = earned(model, asked, population)
        if (ote < base).any() or not 0 < variable_pay.p_any < 1:
            below.append(asked)
        if not (all(a < b for a, b in pairwise(ote)) and all(a < b for a, b in pairwise(offsets)) and np.isfinite(ote).all()):
            crossed.append(asked)
        level = asked.get("level")
        if level:
            track = TRACKS[level[0]] if "family" in asked or level[0] == "P" else TRACKS["M"] + TRACKS["E"]
            at = track.index(level)
            if at + 1 < len(track):
                above = earned(model, {**asked, "level": track[at + 1]}, population)[1]
                if (above < ote).any():
                    fell.append((asked, population, ote.round(), above.round()))
    assert (len(below), len(crossed), len(fell)) == (0, 0, 0), (below[:2], crossed[:2], fell[:3])


def test_mix_and_factors_agree_with_ote_at_the_median(model):
    for asked, population in random_roles(model, 3000, 17):
        body = price(model, {**asked, "population": population}, TODAY)
        base, ote = body["pay"]["base"], body["pay"]["ote"]
        assert abs(body["mix"]["base_share"] - base["p50"] / ote["p50"]) <= 0.01
        product = ote["factors"][0]["value_usd"]
        for row in ote["factors"][1:]:
            product *= row["factor"]
        assert abs(product - ote["p50"]) <= 1.0, (asked, product, ote["p50"])


def test_intervals_hold_their_percentile_and_widen_where_people_are_few(model):
    body = price(model, {"title": "Account Manager"}, TODAY)
    for part in body["pay"].values():
        for q in ("p10", "p25", "p50", "p75", "p90"):
            low, high = part["interval"][q]
            assert low < part[q] < high
    people = model.body["people"]["family_stated"]
    plain = [f for f in model.families if f not in model.variable.plans]
    few, many = (pick(plain, key=lambda f: people[model.families[f]]) for pick in (min, max))
    widths = []
    for family in (few, many):
        low, high = price(model, {"family": family, "level": "P3", "location": "US"}, TODAY)["pay"]["variable"]["interval"]["p50"]
        widths.append(np.log(high / low))
    assert widths[0] > 1.2 * widths[1], (few, many, widths)


def test_gates_count_the_familys_own_people(model):
    for family, at in model.families.items():
        body = price(model, {"family": family}, TODAY)
        assert body["pay"]["base"]["gates"]["n_people"] == model.body["people"]["family"][at]
        stated = body["pay"]["ote"]["gates"]
        assert stated["n_people"] == model.body["people"]["family_stated"][at]
        assert stated["privacy"] == (stated["n_people"] >= 10)
        assert (body["pay"]["base"]["gates"]["privacy"]) != any(w["code"] == "few_people" for w in body["warnings"])


def test_the_basis_follows_the_population(model):
    market, survey, filings = (price(model, {"title": "Account Manager", "population": p}, TODAY)["pay"] for p in (None, "survey-2023", "lca"))
    engineer = price(model, {"title": "Software Engineer"}, TODAY)["pay"]
    assert [engineer[c]["pay_basis"] for c in ("variable", "ote")] == ["actual_variable", "actual_cash"]
    assert [market[c]["pay_basis"] for c in ("base", "variable", "ote")] == ["base", "target_variable", "ote"]
    assert [survey[c]["pay_basis"] for c in ("base", "variable", "ote")] == ["base", "actual_variable", "actual_cash"]
    assert filings["ote"] == {"pay_basis": "actual_cash", "method": "withheld", "reason": "people of this population do not state variable pay"}
    assert "p50" not in filings["variable"]


def test_plans_move_targets_not_what_was_paid(model):
    """A quota-carrying family's target lies far above what its people state; another family's variable pay is what people state."""
    for title, plan in (("Account Executive", True), ("Software Engineer", False)):
        market, survey = (price(model, {"title": title, "population": p}, TODAY) for p in (None, "survey-2023"))
        ratio = (market["pay"]["variable"]["p50"] / market["pay"]["base"]["p50"]) / (survey["pay"]["variable"]["p50"] / survey["pay"]["base"]["p50"])
        assert (ratio > 2) == plan, (title, ratio)


def test_base_and_paid_commissions_reconcile_with_official_wages(model):
    """Served base with commissions paid on top against the official distribution: nothing is counted twice, in the middle or at the ends."""
    for family, tracks in model.body["evaluation"]["earnings"]["reconciliation"].items():
        for track, ratio in tracks.items():
            assert abs(ratio["p50"] - 1) < 0.03, (family, track, ratio)
            assert abs(np.log(ratio["p10"])) < 0.12, (family, track, ratio)
            assert abs(np.log(ratio["p90"])) < 0.12, (family, track, ratio)


def test_an_artifact_whose_plans_were_altered_does_not_load(model_copy):
    def change(body):
        body["variable"]["plans"]["account-management"]["M"]["log_share"] += 0.01

    with pytest.raises(ArtifactCheckFailed):
        paymodel.load(model_copy, rewrite(model_copy, change))


def test_every_source_carries_its_weight_and_the_answer_without_it(model):
    body = price(model, {"title": "Account Director", "location": "Austin, TX", "industry": "ad agency", "employees": 200}, TODAY)
    sources = {s["id"]: s for s in body["evidence"]["sources"]}
    gradients = [s for s in sources.values() if s["use"] == "gradients"]
    assert sum(s["weight"] for s in gradients) == pytest.approx(1.0, abs=0.01)
    assert sources["oews-national"]["without_it_p50"] is None
    assert any(s["without_it_p50"] != body["pay"]["base"]["p50"] for s in gradients)
    assert sources["mix"]["without_it_ote_p50"] < body["pay"]["ote"]["p50"]
    as_people = price(model, {"title": "Account Director", "population": "survey-2023"}, TODAY)["evidence"]["sources"]
    assert {(s["id"], s["use"]) for s in as_people} == {("oews-national", "anchor"), ("survey-2023", "population")}
    location = next(f["factor"] for f in body["pay"]["base"]["factors"] if f["name"] == "location")
    assert sources["oflc"]["without_it_p50"] == pytest.approx(body["pay"]["base"]["p50"] / location, abs=2)
