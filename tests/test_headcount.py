"""A headcount plan's cost: by hand in a spreadsheet, by brute force, and what must hold whatever the plan."""

import csv
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compsvc import headcount, schemas
from compsvc.headcount import cost, draws
from compsvc.headcount.cost import NEVER, Assumptions, Positions, month_offset, monthly, months_from, profile_of, tax_year, taxes_of
from compsvc.schemas import headcount as contract
from tests.conftest import PROJECT, TODAY

GOLDEN = PROJECT / "tests" / "golden" / "headcount.csv"


def golden_plan():
    """The three roles of the spreadsheet: a director hired in mid March, a manager on half a year's contract, an executive here already."""
    months = months_from("2026-01", 12)
    rows = [
        # base, variable, start, end, equity, sign-on, hired
        (180_000, 60_000, month_offset("2026-03-16", months), NEVER, 96_000, 10_000, True),
        (90_000, 0, month_offset("2026-02-01", months), month_offset("2026-08-01", months), 0, 0, True),
        (360_000, 120_000, -NEVER, NEVER, 0, 0, False),
    ]
    columns = [np.array(c, dtype=float) for c in zip(*rows, strict=True)]
    a = Assumptions(
        benefits_load=0.13,
        state_unemployment_rate=0.027,
        state_unemployment_base_usd=9_000,
        recruiting_usd=5_000,
        overhead_usd_per_month=500,
        merit_rate=0.03,
        merit_month=4,
        merit_wait_months=6,
        ramp=(0.0, 0.5),
    )
    return Positions(*columns[:6], columns[6].astype(bool)), months, a


def cents(value):
    return Decimal(repr(float(value))).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_three_roles_by_hand_to_the_cent():
    positions, months, a = golden_plan()
    found = monthly(positions, months, a)
    p = profile_of(positions, months, a)
    kinds = taxes_of(p.base + p.variable + p.sign_on, p.prior_base + p.prior_variable, months, a)
    with GOLDEN.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 36
    for row in rows:
        i, j = int(row["role"]) - 1, int(row["month"][-2:]) - 1
        shown = {name: found[name][i, j] for name in ("base", "variable", "benefits", "equity", "one_time", "overhead")} | {
            k: v[i, j] for k, v in kinds.items()
        }
        for name, value in shown.items():
            assert abs(cents(value) - Decimal(row[name])) <= Decimal("0.005"), (row["role"], row["month"], name, value)
        assert cents(sum(found[name][i, j] for name in found)) == pytest.approx(Decimal(row["total"]), abs=Decimal("0.04"))


def test_wage_bases_are_hit_in_the_right_month():
    """The executive earns 40,000 a month and passes 184,500 in May; the director's federal unemployment is paid in March alone."""
    positions, months, a = golden_plan()
    p = profile_of(positions, months, a)
    kinds = taxes_of(p.base + p.variable + p.sign_on, p.prior_base + p.prior_variable, months, a)
    executive = kinds["social_security"][2]
    assert executive[:4] == pytest.approx([0.062 * w for w in (40_000, 40_000, 40_000, 41_200)])
    assert executive[4] == pytest.approx(0.062 * (184_500 - 161_200))
    assert executive[5:].sum() == 0
    assert executive.sum() == pytest.approx(0.062 * 184_500)
    assert (kinds["federal_unemployment"][0] > 0).tolist() == [False, False, True] + [False] * 9
    assert kinds["federal_unemployment"][0].sum() == pytest.approx(42)


def test_wages_of_the_year_before_the_plan_count():
    """A plan from July: somebody here since January has used the unemployment bases and part of Social Security's."""
    months = months_from("2026-07", 12)
    one = Positions(*(np.array([v]) for v in (240_000.0, 0.0, -NEVER, NEVER, 0.0, 0.0)), np.array([False]))
    p = profile_of(one, months, Assumptions())
    kinds = taxes_of(p.base + p.variable, p.prior_base + p.prior_variable, months, Assumptions())
    assert kinds["federal_unemployment"][0, :6].sum() == 0
    assert kinds["federal_unemployment"][0, 6:].sum() == pytest.approx(42)
    assert kinds["social_security"][0, :6].sum() == pytest.approx(0.062 * (184_500 - 120_000))


def test_nothing_is_counted_twice():
    """The load on cash pay is insurance and retirement; with the taxes the law requires it stays near the 22.2 % that counts both, and far from 29.8 and 42.3."""
    assert pytest.approx(4.98 / 37.36) == cost.INSURANCE_AND_RETIREMENT_LOAD
    months = months_from("2026-01", 12)
    typical = Positions(*(np.array([v]) for v in (37.36 * 2080, 0.0, -NEVER, NEVER, 0.0, 0.0)), np.array([False]))
    found = monthly(typical, months, Assumptions())
    extra = (found["taxes"].sum() + found["benefits"].sum()) / found["base"].sum()
    assert 0.19 < extra < 0.23


plans = st.lists(
    st.tuples(st.floats(30_000, 400_000), st.floats(0, 200_000), st.floats(-30, 30), st.floats(0.1, 60), st.floats(0, 200_000), st.floats(0, 50_000)),
    min_size=1,
    max_size=6,
)
assumptions = st.builds(
    Assumptions,
    merit_rate=st.floats(0, 0.1),
    attrition=st.floats(0, 0.4),
    hire_slip_months=st.floats(0, 5),
    ramp=st.lists(st.floats(0, 1), max_size=4).map(tuple),
    recruiting_usd=st.floats(0, 20_000),
)


def positions_of(rows):
    base, variable, start, length, equity, sign_on = (np.array(c) for c in zip(*rows, strict=True))
    return Positions(base, variable, start, start + length, equity, sign_on, start >= 0)


@given(plans, assumptions, st.integers(1, 30))
@settings(deadline=None, max_examples=100)
def test_costs_are_never_negative_and_positions_add_up(rows, a, n):
    months = months_from("2026-05", n)
    whole = monthly(positions_of(rows), months, a)
    assert all((v >= -1e-9).all() for v in whole.values())
    alone = [monthly(positions_of([row]), months, a) for row in rows]
    for name, values in whole.items():
        assert values.sum() == pytest.approx(sum(one[name].sum() for one in alone), rel=1e-9, abs=1e-6)


@given(plans, st.integers(2, 40))
@settings(deadline=None, max_examples=100)
def test_taxes_stay_within_their_wage_bases(rows, n):
    months = months_from("2025-03", n)
    p = profile_of(positions_of(rows), months, Assumptions())
    kinds = taxes_of(p.base + p.variable + p.sign_on, p.prior_base + p.prior_variable, months, Assumptions())
    for year in np.unique(months.year):
        r = tax_year(int(year))
        here = months.year == year
        assert (kinds["social_security"][:, here].sum(axis=1) <= r.social_security_rate * r.social_security_base_usd + 1e-6).all()
        assert (kinds["federal_unemployment"][:, here].sum(axis=1) <= r.futa_rate * r.futa_base_usd + 1e-6).all()


def test_a_slip_of_a_month_moves_the_cost_by_a_month():
    months = months_from("2026-01", 12)
    one = positions_of([(120_000, 0, 2.0, 60, 0, 0)])
    now, later = (monthly(one, months, Assumptions(hire_slip_months=slip))["base"][0] for slip in (0, 1))
    assert later[3:].tolist() == pytest.approx(now[2:-1].tolist())


# --- the band ------------------------------------------------------------------------


def shared(matrix):
    return draws.Shared.of([{k: load for k, load in enumerate(row)} for row in matrix])


def team_of_forty():
    rng = np.random.default_rng(0)
    n = 40
    start = np.where(rng.random(n) < 0.5, -NEVER, rng.uniform(0, 20, n))
    variable = np.where(rng.random(n) < 0.4, rng.uniform(10e3, 80e3, n), 0.0)
    positions = Positions(rng.uniform(60e3, 200e3, n), variable, start, np.full(n, NEVER), rng.uniform(0, 50e3, n), rng.uniform(0, 10e3, n), start >= 0)
    loads = np.zeros((n, 4))
    loads[:, 0], loads[:20, 1], loads[20:, 2], loads[:, 3] = 0.05, 0.08, 0.08, rng.choice([0, 0.05], n)
    variable_loads = np.where(rng.random((n, 2)) < 0.5, 0.15, 0.0) * (variable > 0)[:, None]
    return positions, draws.Errors(shared(loads), shared(variable_loads), np.full(n, 0.08), 0.1, np.where(variable > 0, 0.2, 0.0))


def brute_force(positions, months, a, errors, futures, seed=5):
    """Totals of many futures, a person, a month and a tax at a time, from the words of the method and none of its code but pay over the months."""
    rng = np.random.default_rng(seed)
    p = profile_of(positions, months, a)
    hazard = 1 - (1 - a.attrition) ** (1 / 12)
    market, together = rng.standard_normal((errors.loads.keys, futures)), rng.standard_normal(futures) * errors.shared_attainment
    market_variable = rng.standard_normal((errors.variable_loads.keys, futures))
    total = np.zeros(futures)
    for i in range(len(positions.base_usd)):
        level = np.exp(errors.loads.load[i] @ market[errors.loads.key[i]] + errors.personal[i] * rng.standard_normal(futures) - 0.5 * errors.personal[i] ** 2)
        sd = errors.personal_attainment[i]
        attained = (
            level
            * np.exp(errors.variable_loads.load[i] @ market_variable[errors.variable_loads.key[i]])
            * (np.exp(sd * rng.standard_normal(futures) + together - 0.5 * (sd**2 + errors.shared_attainment**2)) if sd else 1.0)
        )
        last = np.floor(max(p.start[i], 0)) + rng.geometric(hazard, futures) - 1 if hazard else np.full(futures, NEVER)
        so_far, year = level * p.prior_base[i] + attained * p.prior_variable[i], months.year[0]
        for j in range(len(months.year)):
            if months.year[j] != year:
                so_far, year = np.zeros(futures), months.year[j]
            cash = level * p.base[i, j] + attained * p.variable[i, j]
            wages = cash + p.sign_on[i, j]
            r = tax_year(int(year))

            def under(limit, before=so_far, wages=wages):
                return np.minimum(before + wages, limit) - np.minimum(before, limit)

            taxes = r.social_security_rate * under(r.social_security_base_usd) + r.medicare_rate * wages + r.futa_rate * under(r.futa_base_usd)
            taxes = taxes + a.state_unemployment_rate * under(a.state_unemployment_base_usd)
            so_far = so_far + wages
            fixed = p.sign_on[i, j] + p.equity[i, j] + p.one_time[i, j] + p.overhead[i, j]
            total += np.where(j <= last, cash * (1 + a.benefits_load) + taxes + fixed, 0.0)
    return total


@pytest.mark.parametrize(
    ("a", "parts"), [(Assumptions(merit_rate=0.03), 10), (Assumptions(merit_rate=0.03, attrition=0.12), 3)], ids=["a million", "some leave, 300,000"]
)
def test_the_band_is_that_of_a_million_futures(a, parts):
    """The reference is drawn in parts of 100,000; a thousand evened draws are within half a percent of all of them."""
    positions, errors = team_of_forty()
    months = months_from("2027-01", 36)
    reference = np.quantile(np.concatenate([brute_force(positions, months, a, errors, 100_000, seed) for seed in range(parts)]), draws.QUANTILES)
    drawn = draws.draw(positions, np.zeros(40, int), months, a, errors, 1_000)
    band = np.quantile(drawn.by_month.sum(axis=1), draws.QUANTILES)
    assert band == pytest.approx(reference, rel=0.005)
    assert np.array(draws.analytic(positions, months, a, errors)) == pytest.approx(reference, rel=0.005)
    apart = np.sqrt(errors.personal**2 + errors.loads.variance)
    luck = np.sqrt(errors.personal_attainment**2 + np.where(errors.personal_attainment > 0, errors.shared_attainment**2, 0))
    luck = np.sqrt(luck**2 + errors.variable_loads.variance)
    alone = errors._replace(
        loads=shared(np.zeros((40, 0))), variable_loads=shared(np.zeros((40, 0))), personal=apart, shared_attainment=0.0, personal_attainment=luck
    )
    narrow = np.quantile(draws.draw(positions, np.zeros(40, int), months, a, alone, 1_000).by_month.sum(axis=1), draws.QUANTILES)
    share = (narrow[2] - narrow[0]) / (reference[2] - reference[0])
    print(
        f"a thousand draws {band / reference - 1}, analytic {np.array(draws.analytic(positions, months, a, errors)) / reference - 1}, independent width {share:.2f} of it"
    )
    assert share < 0.8, "errors drawn apart make a band that is too narrow"


def test_a_teams_band_is_that_of_independent_draws():
    """Two people of ten, their market errors and their own drawn apart: the band of a part is as wide as the sum of its variances says."""
    n, months = 10, months_from("2027-01", 12)
    positions = Positions(np.full(n, 100e3), np.zeros(n), np.full(n, -NEVER), np.full(n, NEVER), np.zeros(n), np.zeros(n), np.zeros(n, bool))
    errors = draws.Errors(shared(np.eye(n)[:, :6] * 0.1), shared(np.zeros((n, 0))), np.full(n, 0.1), 0.0, np.zeros(n))
    drawn = draws.draw(positions, np.arange(n) // 2, months, Assumptions(), errors, 8_000).by_team
    sd = np.log(drawn).std(axis=0)
    assert sd[:3] == pytest.approx(np.full(3, 0.1), rel=0.06), "two people, each .1 of the market and .1 of their own"
    assert sd[3:] == pytest.approx(np.full(2, 0.1 / np.sqrt(2)), rel=0.06)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(5)).max() < 0.06, "teams that share no error move apart"


def test_chunks_do_not_change_the_futures_much_and_a_seed_gives_the_same(monkeypatch):
    positions, errors = team_of_forty()
    months, a = months_from("2027-01", 12), Assumptions(attrition=0.1)
    one = draws.draw(positions, np.zeros(40, int), months, a, errors, 500)
    assert (one.by_month == draws.draw(positions, np.zeros(40, int), months, a, errors, 500).by_month).all()
    monkeypatch.setattr(draws, "CHUNK_CELLS", 500 * 12 * 7)
    other = draws.draw(positions, np.zeros(40, int), months, a, errors, 500)
    assert np.quantile(other.by_month.sum(axis=1), draws.QUANTILES) == pytest.approx(np.quantile(one.by_month.sum(axis=1), draws.QUANTILES), rel=0.01)


# --- the whole plan ---------------------------------------------------------------------

PLAN = {
    "from": "2027-01",
    "months": 24,
    "rows": [
        {
            "title": "Account Director",
            "location": "Austin, TX",
            "start_on": "2027-03-15",
            "count": 3,
            "team": "Client services",
            "equity_usd": 40_000,
            "sign_on_usd": 10_000,
        },
        {"title": "Account Manager", "location": "Austin, TX", "count": 10, "base_usd": 80_000, "variable_usd": 25_000, "team": "Client services"},
        {"title": "Software Engineer", "location": "Denver, CO", "start_on": "2027-06-01", "count": 5, "team": "Product"},
    ],
    "assumptions": {"merit_rate": 0.032, "attrition": 0.1},
    "scenarios": [{"name": "slow hiring", "hire_slip_months": 2}, {"name": "in Boise", "hires_in": {"Boise, ID": 1}}, {"name": "P75", "market_percentile": 75}],
}


def costed(model, plan):
    return headcount.cost_plan(model, schemas.load(contract.PLAN, plan), TODAY)


def test_a_plan_adds_up_every_way(model):
    found = costed(model, PLAN)
    for s in found["scenarios"]:
        total = s["total"]["expected_usd"]
        assert sum(s["components"].values()) == total
        for period in ("month", "quarter", "year"):
            assert sum(r["expected_usd"] for r in s[f"by_{period}"]) == total
            assert all(sum(r[part] for part in cost.COMPONENTS) == r["expected_usd"] for r in s[f"by_{period}"])
        for cut in ("by_team", "by_level", "by_location"):
            assert sum(r["expected_usd"] for r in s[cut]) == total
            assert sum(r["people"] for r in s[cut]) == 18
        assert s["total"]["p10"] < s["total"]["p50"] < s["total"]["p90"]
        assert all(m["p10"] <= m["p50"] <= m["p90"] for m in s["by_month"])
        for q in ("p10", "p50", "p90"):
            assert s["analytic"][q] == pytest.approx(s["total"][q], rel=0.02)
    plan, slow, boise, high = (s["total"]["expected_usd"] for s in found["scenarios"])
    assert slow < plan
    assert boise < plan < high
    for d, s in zip(found["differences"], found["scenarios"][1:], strict=True):
        assert d["expected_usd"] == s["total"]["expected_usd"] - plan
    points = {p["assumption"]: p["expected_usd"] for p in found["one_point"]}
    assert points["merit_rate"] > 0 > points["attrition"]
    assert points["hire_slip_months"] < 0


def test_the_same_plan_gives_the_same_figures(model):
    assert costed(model, PLAN) == costed(model, PLAN)


def test_known_pay_has_no_market_error(model):
    row = {"title": "Account Manager", "location": "Austin, TX", "base_usd": 80_000, "variable_usd": 0}
    found = costed(model, {"from": "2027-01", "rows": [row]})["scenarios"][0]["total"]
    assert found["p10"] == found["p90"] == pytest.approx(found["expected_usd"], abs=1)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"rows": [{"title": "Account Director", "location": "London"}]}, "/rows/0/location"),
        ({"rows": [{"title": "Account Director", "start_on": "2027-05-01", "end_on": "2027-04-01"}]}, "/rows/0/end_on"),
        ({"rows": [{"title": "Account Director", "cuont": 2}]}, "/rows/0/cuont"),
        ({"rows": []}, "/rows"),
        ({"from": "2027-13"}, "/from"),
        ({"months": 61}, "/months"),
        ({"assumptions": {"merit": 1}}, "/assumptions/merit"),
        ({"scenarios": [{"name": "plan"}]}, "/scenarios"),
    ],
)
def test_what_is_wrong_with_a_plan_names_its_place(model, change, pointer):
    from compsvc.errors import RequestError

    with pytest.raises(RequestError) as refused:
        costed(model, {**PLAN, **change})
    assert refused.value.problems[0].pointer == pointer


def test_a_year_not_published_yet_says_so(model):
    taxes = costed(model, {**PLAN, "from": "2027-06", "scenarios": []})["taxes"]
    assert [(t["year"], t["published"]) for t in taxes] == [(2027, True), (2028, False), (2029, False)]


# --- what a row is paid ------------------------------------------------------------------

HERE = {"title": "Account Manager", "location": "Austin, TX", "base_usd": 80_000, "variable_usd": 0}


def plan_of(rows, **assumptions):
    return {"from": "2027-01", "rows": rows, "assumptions": assumptions}


def test_a_blank_is_priced_and_zero_means_none(model):
    from compsvc.pricing import price

    rows = [{**HERE}, {**HERE, "variable_usd": None}, {"title": "Software Engineer", "location": "Denver, CO", "base_usd": 140_000}]
    found = costed(model, plan_of([{k: v for k, v in row.items() if v is not None} for row in rows], attainment="as-designed"))["scenarios"][0]["rows"]
    assert [(r["variable_usd"] > 0, r["variable_from"]) for r in found] == [(False, "plan"), (True, "market mix"), (True, "market mean")]
    share = price(model, {"title": "Account Manager", "location": "Austin, TX"}, TODAY)["mix"]["base_share"]
    assert found[1]["variable_usd"] == pytest.approx(80_000 * (1 / share - 1), abs=1)
    engineer = price(model, {"title": "Software Engineer", "location": "Denver, CO"}, TODAY)["pay"]
    v, spread = engineer["variable"], np.log(engineer["variable"]["p90"] / engineer["variable"]["p10"]) / 2.563103
    assert found[2]["variable_usd"] == pytest.approx(140_000 / engineer["base"]["p50"] * v["p_any"] * v["p50"] * np.exp(spread**2 / 2), rel=1e-4)


def test_a_market_percentile_moves_openings_alone(model):
    rows = [{"title": "Account Manager", "location": "Austin, TX"}, {"title": "Account Manager", "location": "Austin, TX", "start_on": "2027-02-01"}]
    at = [[r["base_usd"] for r in costed(model, plan_of(rows, market_percentile=p))["scenarios"][0]["rows"]] for p in (50, 75)]
    assert at[0][0] == at[1][0] == at[0][1] < at[1][1]


def test_market_variable_has_its_own_error(model):
    row = {"title": "Account Executive", "location": "Austin, TX", "base_usd": 90_000}
    whole = costed(model, plan_of([row] * 20))["scenarios"][0]["total"]
    known = costed(model, plan_of([{**row, "variable_usd": 60_000}] * 20))["scenarios"][0]["total"]
    assert (whole["p90"] - whole["p10"]) / whole["p50"] > 1.3 * (known["p90"] - known["p10"]) / known["p50"]


def test_a_merit_matrix_by_hand(model):
    """Market P50 M; strong below it gets 5 %, solid above it 2 %: 5 % of .9 M and 2 % of 1.2 M, scaled to 3 % of 2.1 M."""
    from compsvc.pricing import price

    mid = price(model, {"title": "Account Manager", "location": "Austin, TX"}, TODAY)["pay"]["base"]["p50"]
    rows = [
        {**HERE, "base_usd": 0.9 * mid, "performance": "strong"},
        {**HERE, "base_usd": 1.2 * mid, "performance": "solid"},
        {**HERE, "base_usd": mid},
    ]
    matrix = {"compa_ratio_limits": [1.0], "raises": {"strong": [0.05, 0.04], "solid": [0.03, 0.02]}}
    plan = plan_of(rows, merit_matrix=matrix, merit_rate=0.01, merit_month=7)
    found = costed(model, plan)["scenarios"][0]
    assert found["merit"] == {
        "rated": 2,
        "payroll_usd": pytest.approx(2.1 * mid, abs=1),
        "raises_usd": pytest.approx(0.069 * mid, abs=1),
        "scaled_by": 1.0,
        "compa_ratio_denominator": "market P50 of base",
    }
    flat = mid * (2.1 + 1.0)
    assert found["components"]["base"] == pytest.approx(flat + (0.069 + 0.01) * mid / 2, abs=2)
    plan["assumptions"]["merit_matrix"] = {**matrix, "budget": 0.03}
    scaled = costed(model, plan)["scenarios"][0]["merit"]
    assert (scaled["raises_usd"], scaled["scaled_by"]) == (pytest.approx(0.063 * mid, abs=1), pytest.approx(0.063 / 0.069, abs=1e-4))
    plan["rows"][0]["performance"] = "stong"
    from compsvc.errors import RequestInvalid

    with pytest.raises(RequestInvalid) as refused:
        costed(model, plan)
    assert (refused.value.problems[0].pointer, refused.value.problems[0].did_you_mean) == ("/rows/0/performance", ("strong",))


def test_a_plan_with_a_matrix_is_json_and_a_scenario_may_drop_it(model):
    import orjson

    matrix = {"compa_ratio_limits": [1.0], "raises": {"Solid": [0.04, 0.03]}}
    plan = plan_of([{**HERE, "performance": "solid"}], merit_matrix=matrix)
    found = costed(model, {**plan, "scenarios": [{"name": "flat", "merit_matrix": None, "merit_rate": 0.03}]})
    assert orjson.loads(orjson.dumps(found)) == found
    assert found["scenarios"][0]["merit"]["rated"] == 1
    assert found["scenarios"][1]["merit"] is None


@pytest.mark.parametrize(
    ("assumed", "pointer"),
    [
        ({"rates": {"EURO": 1}}, "/assumptions/rates/EURO"),
        ({"rates": {"EUR": 0}}, "/assumptions/rates/EUR"),
        ({"hires_in": {"": 0.5}}, "/assumptions/hires_in/"),
        ({"hires_in": {"Austin, TX": 60}}, "/assumptions/hires_in/Austin, TX"),
        ({"hires_in": {"Austin, TX": 0.6, "Boise, ID": 0.6}}, "/assumptions/hires_in"),
        ({"merit_matrix": {"compa_ratio_limits": [1.0], "raises": {"solid": ["600%", 0.1]}}}, "/assumptions/merit_matrix/raises/solid"),
        ({"merit_matrix": {"compa_ratio_limits": [1.0], "raises": {"solid": [0.1]}}}, "/assumptions/merit_matrix/raises"),
        ({"merit_matrix": {"compa_ratio_limits": [1.1, 0.9], "raises": {"solid": [0.1, 0.1, 0.1]}}}, "/assumptions/merit_matrix/compa_ratio_limits"),
    ],
)
def test_wrong_values_inside_named_values_are_refused_by_name(small_office, assumed, pointer):
    refused = small_office.app_client("acme", "planner").post("/v1/plans", json=plan_of([HERE], **assumed))
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        ({"base_usd": 103}, "/rows/0/base_usd"),
        ({"variable_usd": 15}, "/rows/0/variable_usd"),
        ({"base_usd": None, "variable_usd": None, "base": "3%", "currency": "EUR"}, "/rows/0/base"),
        ({"base_usd": None, "variable_usd": None, "base": "95.000", "currency": "EUR"}, "/rows/0/base"),
        ({"variable_usd": None, "location": "Austni, Texsa"}, "/rows/0/location"),
    ],
)
def test_pay_that_cannot_be_a_years_is_refused(model, row, pointer):
    from compsvc.errors import RequestError

    with pytest.raises(RequestError) as refused:
        costed(model, plan_of([{k: v for k, v in {**HERE, **row}.items() if v is not None}], rates={"EUR": 1.08}))
    assert refused.value.problems[0].pointer == pointer


def test_people_and_assumptions_are_told(model):
    rows = [{**HERE}, {**HERE, "end_on": "2027-02-15"}, {**HERE, "start_on": "2027-03-01", "count": 2}]
    found = costed(model, plan_of(rows))["scenarios"][0]
    assert [m["people"] for m in found["by_month"][:4]] == [2.0, 1.5, 3.0, 3.0]
    assert (found["by_quarter"][0]["people"], found["assumptions"]["attrition"], found["assumptions"]["benefits_load"]) == (
        2.2,
        0.0,
        cost.INSURANCE_AND_RETIREMENT_LOAD,
    )


def test_openings_go_to_places_by_their_shares(model):
    rows = [
        {"title": "Account Manager", "location": "Austin, TX", "start_on": "2027-02-01", "count": 7},
        {**HERE, "count": 2},
        {"title": "Account Manager", "location": "Austin, TX", "start_on": "2027-05-01", "count": 3},
    ]
    found = costed(model, plan_of(rows, hires_in={"Boise, ID": 0.5, "Denver, CO": 0.2}))["scenarios"][0]["by_location"]
    assert {r["location"].split(",")[0]: r["people"] for r in found} == {"Boise City": 5, "Denver-Aurora-Centennial": 2, "Austin-Round Rock-San Marcos": 5}


def test_pay_in_another_currency_and_place(model):
    berlin = {"title": "Account Manager", "location": "Berlin", "base": 70_000, "variable": 10_000, "currency": "EUR", "payroll_tax_share": 0.21}
    found = costed(model, plan_of([berlin], rates={"EUR": 1.1}, benefits_load=0.0))["scenarios"][0]
    assert found["components"] == {"base": 77_000, "variable": 11_000, "taxes": round(88_000 * 0.21), "benefits": 0, "equity": 0, "one_time": 0, "overhead": 0}
    dearer = costed(model, {**plan_of([berlin], rates={"EUR": 1.1}), "scenarios": [{"name": "strong euro", "rates": {"EUR": 1.2}}]})
    assert dearer["differences"][0]["drivers"] == [{"assumption": "rates", "expected_usd": dearer["differences"][0]["expected_usd"]}]


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        ({"location": "Berlin", "base": 70_000, "variable": 0, "currency": "EUR"}, "/rows/0/payroll_tax_share"),
        ({"location": "Berlin", "base": 70_000, "currency": "EUR", "payroll_tax_share": 0.2}, "/rows/0/variable_usd"),
        ({"location": "Austin, TX", "base": 70_000, "currency": "EUR"}, "/rows/0/currency"),
        ({"location": "Austin, TX", "base": 70_000}, "/rows/0/currency"),
        ({"location": "Austin, TX", "base": 70_000, "base_usd": 70_000, "currency": "USD"}, "/rows/0/base"),
        ({"location": "Austin, TX", "sign_on_usd": 5_000}, "/rows/0/sign_on_usd"),
    ],
)
def test_rows_whose_fields_do_not_fit(model, row, pointer):
    from compsvc.errors import RequestInvalid

    rates = {} if pointer.endswith("currency") else {"EUR": 1.1}
    with pytest.raises(RequestInvalid) as refused:
        costed(model, plan_of([{"title": "Account Manager", **row}], rates=rates))
    assert [p.pointer for p in refused.value.problems] == [pointer]


def test_every_wrong_row_is_told_at_once(model):
    from compsvc.errors import RequestInvalid

    rows = [{"title": "Account Manager", "location": "London"}, {**HERE}, {"title": "Account Manager", "location": "Atlantis"}]
    with pytest.raises(RequestInvalid) as refused:
        costed(model, plan_of(rows))
    assert [p.pointer for p in refused.value.problems] == ["/rows/0/location", "/rows/2/location"]


def test_cuts_add_up_over_every_period_and_drivers_to_the_difference(model):
    found = costed(model, {**PLAN, "scenarios": [{"name": "slow and few", "hire_slip_months": 2, "attrition": 0.2, "merit_rate": 0.0}]})
    assert found["quarters"][:2] == ["2027-Q1", "2027-Q2"]
    assert found["years"] == ["2027", "2028"]
    for s in found["scenarios"]:
        total = s["total"]["expected_usd"]
        for period, n in (("month", 24), ("quarter", 8), ("year", 2)):
            assert len(s[f"by_{period}"]) == n
            for cut in ("by_team", "by_level", "by_location"):
                assert sum(sum(r[f"by_{period}"]) for r in s[cut]) == total
                assert [sum(r[f"by_{period}"][i] for r in s[cut]) for i in range(n)] == [r["expected_usd"] for r in s[f"by_{period}"]]
    difference = found["differences"][0]
    alone = {d["assumption"]: d["expected_usd"] for d in difference["drivers"]}
    assert set(alone) == {"hire_slip_months", "attrition", "merit_rate"}
    assert all(usd < 0 for usd in alone.values())
    assert sum(alone.values()) + difference["together_usd"] == difference["expected_usd"]
    assert difference["together_usd"] > 0, "who has left gets no raise: together they save less than one by one"


# --- doors -----------------------------------------------------------------------------


def test_api_and_command_line_give_the_same_figures(small_office, runner, tmp_path):
    import json

    from compsvc.cli import main

    path, out = tmp_path / "plan.json", tmp_path / "cost.json"
    path.write_text(json.dumps(PLAN))
    by_api = small_office.app_client("acme", "planner").post("/v1/plans", json=PLAN)
    assert by_api.status_code == 200
    assert runner.invoke(main, ["plan", str(path), "--out", str(out)]).exit_code == 0
    assert out.read_bytes() == by_api.data
    assert small_office.app_client("acme", "recruiter").post("/v1/plans", json=PLAN).status_code == 403
    large = small_office.app_client("acme", "planner").post("/v1/plans", json={**PLAN, "rows": [{**PLAN["rows"][0], "count": 9_000}], "draws": 10_000})
    assert (large.status_code, "fewer draws" in large.get_json()["errors"][0]["allowed"]) == (422, True)


def test_a_csv_of_rows_and_its_mistakes(runner, tmp_path):
    from compsvc.cli import main

    path = tmp_path / "rows.csv"
    path.write_text('title,location,team,start_on,count,base_usd\nAccount Director,"Austin, TX",CS,2027-03-15,3,\nAccount Manager,"Austin, TX",CS,,10,80k\n')
    shown = runner.invoke(main, ["plan", str(path), "--from", "2027-01", "--months", "6", "--assume", "merit_rate=3.2%"])
    assert shown.exit_code == 0, shown.output
    assert "13 people" in shown.output
    for words, said in (
        (["--months", "6"], "from: is needed"),
        (["--from", "2027-01", "--assume", "merit=1"], "there is no such field"),
        (["--from", "2027-01", "--out", "x.pdf"], "Allowed: .json, .csv, .xlsx, .svg, .png"),
    ):
        wrong = runner.invoke(main, ["plan", str(path), *words])
        assert wrong.exit_code == 2
        assert said in wrong.output
    path.write_text("title,location\nAccount Director,London\n")
    wrong = runner.invoke(main, ["plan", str(path), "--from", "2027-01"])
    assert "Row 1" in wrong.output


def test_the_workbooks_formulas_say_what_their_cells_hold(model):
    """Every formula is a sum over cells, or a cell of another sheet, and holds the figure it works out to."""
    import io
    import re
    import zipfile
    from xml.etree import ElementTree

    from compsvc.headcount.workbook import workbook

    found = costed(model, {**PLAN, "scenarios": [{"name": "=slow'; hiring", "hire_slip_months": 2}]})
    book = zipfile.ZipFile(io.BytesIO(workbook(found)))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    names = [s.get("name") for s in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{space}sheet")]
    cells, formulas = {}, {}
    for i, name in enumerate(names, start=1):
        for cell in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{i}.xml")).iter(f"{space}c"):
            value, formula = cell.find(f"{space}v"), cell.find(f"{space}f")
            if value is not None and cell.get("t") != "s":
                cells[name, cell.get("r")] = float(value.text)
            if formula is not None:
                formulas[name, cell.get("r")] = formula.text

    def worked(sheet, text):
        other = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", text)
        if other:
            return cells[other[1], other[2]]
        first, low, last, high = re.fullmatch(r"SUM\(([A-Z])(\d+):([A-Z])(\d+)\)", text).groups()
        columns = [chr(c) for c in range(ord(first), ord(last) + 1)]
        return sum(cells.get((sheet, f"{c}{r}"), 0.0) for c in columns for r in range(int(low), int(high) + 1))

    assert len(formulas) > 60
    for (sheet, at), text in formulas.items():
        assert worked(sheet, text) == cells[sheet, at], (sheet, at, text)
    assert cells["plan", "I26"] == found["scenarios"][0]["total"]["expected_usd"]


@pytest.mark.parametrize(
    "plan",
    [
        {"from": "2027-01", "rows": [{"title": "Account Director", "start_on": "2029-01-01"}]},
        {
            "from": "2027-01",
            "months": 3,
            "rows": [{"title": "Account Director", "start_on": "2027-02-01"}],
            "scenarios": [{"name": "late", "hire_slip_months": 6}],
        },
        {
            "from": "2027-04",
            "draws": 100,
            "rows": [{"title": "Account Director", "base_usd": 248_088.06, "end_on": "2027-04-03"}],
            "assumptions": {"attrition": 0.4},
        },
    ],
    ids=["nothing yet", "all slip away", "gone at once"],
)
def test_plans_that_cost_next_to_nothing_are_costed(model, small_office, plan):
    assert costed(model, plan)["scenarios"][0]["total"]["p10"] >= 0
    assert small_office.app_client("acme", "planner").post("/v1/plans", json=plan).status_code == 200


def test_equity_of_people_here_already_is_expensed_and_a_vest_adds_up(model):
    here = costed(model, {"from": "2027-01", "rows": [{"title": "Account Director", "base_usd": 100_000, "equity_usd": 48_000}]})
    assert here["scenarios"][0]["components"]["equity"] == 12_000
    late = costed(
        model, {"from": "2027-01", "months": 60, "rows": [{"title": "Account Director", "base_usd": 1_000, "equity_usd": 48_000, "start_on": "2027-01-31"}]}
    )
    assert late["scenarios"][0]["components"]["equity"] == pytest.approx(48_000, abs=2)


def test_where_people_land_does_not_move_what_is_expected(model):
    plan = {"from": "2027-01", "rows": [{"title": "Account Director", "location": "Austin, TX", "count": 300}], "assumptions": {"personal_error": 0.5}}
    total = costed(model, plan)["scenarios"][0]["total"]
    assert total["p10"] < total["expected_usd"] < total["p90"]


@pytest.mark.parametrize(("typed", "pointer"), [("82000,50", "/rows/0/base_usd"), ("82.000", "/rows/0/base_usd"), ("1,2,3", "/rows/0/base_usd")])
def test_money_that_could_mean_two_things_is_refused(model, typed, pointer):
    from compsvc.errors import RequestError

    with pytest.raises(RequestError) as refused:
        costed(model, {"from": "2027-01", "rows": [{"title": "Account Director", "base_usd": typed}]})
    assert refused.value.problems[0].pointer == pointer


def test_a_long_table_survives_a_session_that_is_over(small_office):
    import re

    from tests.conftest import PASSWORD

    client = small_office.app.test_client()
    table = "title,team\n" + "".join(f"Account Director,Team {i}\n" for i in range(8_000))
    assert len(table) > 150_000
    asked = client.post("/plan", data={"rows": table, "from": "2027-01", "merit_rate": "3"})
    assert asked.status_code == 401
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.get_data(as_text=True)))
    after = client.post("/sign-in", data={**carried, "email": small_office.person("acme", "planner"), "password": PASSWORD})
    assert "Team 7999" in after.get_data(as_text=True)
