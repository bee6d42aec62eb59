"""A candidate's check: the recruiter's number and reasons, what is sure and what is not, what to ask, the EU sheet, and nothing kept. Ladders: levels rise, moves are prices."""

import html
import json
import logging
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compsvc import checks, formulas, incentives, ladders, vocabulary
from compsvc.postings import article5
from tests.conftest import TODAY

ROLE = {"title": "Account Director", "location": "Denver, CO", "industry": "ad agency", "employees": 200}


def ask(client, **body):
    answer = client.post("/v1/checks", json={"role": ROLE, **body})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def codes(found):
    return [q["code"] for q in found["questions"]]


def test_the_candidate_sees_the_recruiters_range_whole_and_the_same_reasons(client):
    found = ask(client, base_usd=118_000, variable_usd=40_000)
    assert found["range"] == client.post("/v1/ranges", json=ROLE).get_json()
    offer = client.post("/v1/offers/model", json={"role": ROLE, "base_usd": 118_000, "variable_usd": 40_000}).get_json()
    assert found["standing"] == offer["standing"]
    assert found["mix"] == offer["mix"]
    assert found["verdict"] == offer["verdict"]


def test_the_parts_of_an_offer_add_up_or_are_refused(client):
    assert ask(client, base_usd=100_000, ote_usd=150_000)["terms"]["variable_usd"] == 50_000
    assert ask(client, ote_usd=150_000, variable_usd=50_000)["terms"]["base_usd"] == 100_000
    assert ask(client, base_usd="100k", variable_usd="50k", ote_usd="150k")["terms"]["ote_usd"] == 150_000
    for body, pointer in (
        ({"base_usd": 100_000, "variable_usd": 50_000, "ote_usd": 160_000}, "/ote_usd"),
        ({"base_usd": 100_000, "ote_usd": 90_000}, "/ote_usd"),
        ({"ote_usd": 90_000, "variable_usd": 95_000}, "/variable_usd"),
        ({"variable_usd": 10_000}, "/base_usd"),
        ({"pay_usd": 1e5, "base_usd": 1e5}, "/pay_usd"),
        ({"base_usd": 1e5, "told": {"range_low": 2e5, "range_high": 1e5}}, "/told/range_high"),
        ({"base_usd": 1e5, "current_pay_usd": 9e4}, "/current_pay_usd"),
        ({"base_usd": 1e5, "role": {**ROLE, "location": "Atlantis"}}, "/role/location"),
    ):
        answer = client.post("/v1/checks", json={"role": ROLE, **body})
        assert answer.status_code == 422, body
        assert pointer in [e["pointer"] for e in answer.get_json()["errors"]], (body, answer.get_json())


def test_what_nobody_has_said_is_not_placed_and_is_asked(client):
    found = ask(client, base_usd=118_000)
    assert found["terms"]["variable_usd"] is None
    assert found["standing"]["variable"] == {"offered_usd": None, "verdict": None, "why": "variable pay was not said"}
    assert found["verdict"]["by"] == "base"
    assert {"variable", "posted-range", "quota", "attainment", "level", "history"} <= set(codes(found))
    none = ask(client, base_usd=118_000, variable_usd=0)
    assert not {"variable", "quota", "attainment"} & set(codes(none))
    granted = ask(client, base_usd=118_000, equity_usd=40_000, sign_on_usd=5_000)
    assert {"vesting", "equity-value", "refreshers", "sign-on"} <= set(codes(granted))
    told = ask(client, base_usd=118_000, told={"range_low": 100_000, "range_high": 130_000})
    assert "posted-range" not in codes(told)
    assert "100,000 to 130,000" in next(q["ask"] for q in told["questions"] if q["code"] == "position-in-range")
    assert {law["code"] for law in found["laws"]} == {"US-CO"}


def test_a_figure_nobody_explained_has_a_verdict_only_where_both_readings_agree(client):
    market = client.post("/v1/ranges", json=ROLE).get_json()["pay"]
    between = ask(client, pay_usd=market["ote"]["p50"])
    assert between["verdict"]["code"] == "cannot-tell"
    assert "pay-basis" in codes(between)
    low = ask(client, pay_usd=30_000)
    assert (low["verdict"]["code"], low["verdict"]["by"]) == ("below", "both")
    assert "below-market" in codes(low)
    assert ask(client, pay_usd=2_000_000)["verdict"]["code"] == "above"


def test_every_question_can_come_up_and_fills_its_blanks(client):
    bodies = [
        {"pay_usd": 30_000},
        {"base_usd": 60_000, "equity_usd": 1, "sign_on_usd": 1},
        {"base_usd": 118_000, "told": {"range_low": 1e5}},
        {"base_usd": 0, "variable_usd": 120_000},
        {"role": {"title": "Account Director"}, "base_usd": 1e5},
    ]
    seen = {q["code"]: q for body in bodies for q in ask(client, **body)["questions"]}
    assert set(seen) == {row["code"] for row in checks.questions()}
    assert formulas.QUOTA_TO_OTE_SOURCE in seen["quota"]["why"]
    assert f"{incentives.AS_REPORTED.at_quota_share:.0%} of people" in seen["attainment"]["why"]
    assert not [q for q in seen.values() if re.search(r"[{}]|None|  ", q["ask"] + q["why"])]


def test_the_sentence_names_the_percentile_of_the_table(client):
    """18.52 is 18.5 in the answer, P18 on the page; in words it was P19."""
    for base in range(100_000, 200_000, 250):
        found = ask(client, base_usd=base, variable_usd=base // 3)
        for part in found["standing"].values():
            assert f" at P{part['percentile']:.0f} of " in part["why"]


def test_pay_in_a_check_is_neither_kept_nor_logged(small_office, caplog):
    caplog.set_level(logging.DEBUG)
    client = small_office.app.test_client()
    canary = {"role": {"title": "Account Director"}, "base_usd": 118_357, "variable_usd": 41_113, "told": {"criteria": "Zyxquar grade"}}
    assert client.post("/v1/checks", json=canary).get_json()["kept"] is False
    assert (
        client.post("/check", data={"title": "Account Director", "base_usd": "118357", "variable_usd": "41113", "criteria": "Zyxquar grade"}).status_code == 200
    )
    assert client.post("/posting", data={"text": "Account Director\nBase salary $118,357. Zyxquar grade"}).status_code == 200
    small_office.store.engine.dispose()
    path = Path(small_office.store.url.removeprefix("sqlite:///"))
    kept = b"".join(p.read_bytes() for p in path.parent.glob(f"{path.name}*"))
    for word in ("118357", "118,357", "41113", "Zyxquar"):
        assert word not in caplog.text
        assert word.encode() not in kept


def test_pay_comes_in_bodies_never_in_links(client):
    assert client.get("/check?title=Account+Director&base_usd=120000").status_code == 422
    assert b"120000" not in client.get("/check?title=Account+Director&base_usd=120000").data
    page = client.post("/check", data={"title": "Account Director", "base_usd": "118357"}).get_data(as_text=True)
    assert not [link for link in re.findall(r'(?:href|action)="([^"]*)"', page) if "118" in link]


# --- the EU's sheet ------------------------------------------------------------------


def items(found):
    return {i["item"]: i for i in found["article_5"]["items"]}


def test_the_sheet_names_what_is_missing_by_the_article():
    """Worked by hand from the article's text: 5(1)(a) pay and criteria, 5(1)(b) agreement, 5(1) in time, 5(2) history, 5(3) neutral."""
    none = article5.sheet(article5.Told(title="Salesman"))
    assert [i["item"] for i in none["items"] if i["missing"]] == ["pay", "criteria", "collective agreement", "in time", "no pay history", "neutral title"]
    whole = article5.Told("Account Director", 70_000, 85_000, "EUR", "year", "base", ("level",), "IT sector, grade E", True, False)
    assert article5.sheet(whole)["complete"]
    assert next(i["told"] for i in article5.sheet(whole)["items"]) == "70,000 to 85,000 EUR a year, base"
    assert not article5.sheet(whole._replace(asked_history=True))["complete"]
    assert not article5.sheet(whole._replace(high=None))["complete"]
    for title, neutral in (
        ("Sales Manager (m/w/d)", True),
        ("Foreman", False),
        ("Woman's wear buyer", True),
        ("German teacher", True),
        ("Handyman (m/w/d)", True),
    ):
        assert (items({"article_5": article5.sheet(whole._replace(title=title))})["neutral title"]["missing"] == "") is neutral, title


def test_a_job_in_the_union_has_a_sheet_and_no_range(client):
    found = ask(
        client,
        role={"title": "Account Director", "location": "Berlin, Germany"},
        told={"range_low": 80_000, "range_high": 90_000, "currency": "EUR", "before_interview": True},
        base_usd=80_000,
    )
    assert found["range"] is None
    assert "outside the United States" in found["not_priced"]["message"]
    assert items(found)["pay"]["told"] == "80,000 to 90,000 EUR a year, base"
    assert items(found)["in time"]["missing"] == ""
    assert {law["code"] for law in found["laws"]} == {"EU"}
    posting = client.post(
        "/v1/postings", json={"text": "Account Director\nLocation: Berlin, Germany\nSalary €70,000 - €85,000. 5+ years of experience."}
    ).get_json()
    assert items(posting)["pay"]["told"] == "70,000 to 85,000 EUR a year, base"
    assert posting["to_post"]["json_ld"][0]["jobLocation"]["address"] == {"@type": "PostalAddress", "addressLocality": "Berlin", "addressCountry": "Germany"}
    for place, union in (
        ("Paris, TX", False),
        ("Dublin, OH", False),
        ("Dublin, Ireland", True),
        ("Madrid", True),
        ("London, UK", False),
        ("Berlin, CT", False),
    ):
        assert article5.in_the_union(place) is union


def test_an_offer_of_commission_alone_is_checked(client):
    found = ask(client, base_usd=0, variable_usd=150_000)
    assert found["terms"] | {"base_usd": 0, "variable_usd": 150_000, "ote_usd": 150_000} == found["terms"]
    assert (found["standing"]["base"]["verdict"], found["standing"]["base"]["why"]) == (None, "no base is offered: pay is variable alone")
    assert found["verdict"]["by"] == "ote"
    assert "no-base" in codes(found)
    assert client.post("/v1/checks", json={"role": ROLE, "base_usd": 0}).get_json()["errors"][0]["pointer"] == "/variable_usd"
    page = client.post("/check", data={"title": "Account Manager", "location": "Denver, CO", "base_usd": "0", "variable_usd": "90k"})
    assert page.status_code == 200
    assert "no base is offered" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("told", "offer", "words"),
    [
        ({"range_low": 60_000, "range_high": 80_000}, "below", "base of 50,000 is 10,000 under the range you were told, 60,000 to 80,000: ask why"),
        ({"range_low": 40_000, "range_high": 60_000}, "within", "base of 50,000 stands 50% of the way up the range you were told, 40,000 to 60,000"),
        ({"range_high": 45_000}, "above", "base of 50,000 is 5,000 over the range you were told, up to 45,000"),
        ({"range_low": 45_000}, "within", "base of 50,000 is no less than the least you were told, from 45,000"),
        ({"range_high": 55_000}, "within", "base of 50,000 is no more than the most you were told, up to 55,000"),
        ({"range_low": 50_000.4, "range_high": 60_000}, "within", "base of 50,000 stands 0% of the way up the range you were told, 50,000 to 60,000"),
        ({"range_low": 40_000, "range_high": 60_000, "currency": "EUR"}, None, "the range you were told is in EUR, and is not compared"),
    ],
)
def test_the_offer_is_held_against_the_range_that_was_told(client, told, offer, words):
    found = ask(client, base_usd=50_000, told=told)
    assert (found["told_range"]["offer"], found["told_range"]["why"]) == (offer, words)
    assert set(found["told_range"]["market_percentile"]) == (
        {name.removeprefix("range_") for name in told if name != "currency"} if "currency" not in told else set()
    )
    assert ask(client, base_usd=50_000)["told_range"] is None


def test_nothing_is_said_to_stand_below_where_the_whole_cannot_be_told(client):
    strange = client.post("/v1/checks", json={"role": {"title": "Wizard of Light Bulb Moments", "location": "Miami, FL"}, "base_usd": 20_000}).get_json()
    assert (strange["verdict"]["code"], "below-market" in codes(strange)) == ("cannot-tell", False)
    figure = client.post("/v1/checks", json={"role": {"title": "Senior Account Manager", "location": "Denver, CO"}, "pay_usd": 70_000}).get_json()
    assert figure["verdict"]["code"] == "below" or "below-market" not in codes(figure)
    same = client.post("/v1/checks", json={"role": {"title": "Registered Nurse", "location": "Minot, ND"}, "pay_usd": 66_000}).get_json()
    assert same["standing"]["base"]["may_be"] == same["standing"]["ote"]["may_be"]
    assert same["verdict"]["words"].endswith("whichever the figure counts")


def test_a_currency_nobody_has_is_refused_and_no_offer_abroad_is_called_dollars(client):
    problem = client.post("/v1/checks", json={"role": ROLE, "base_usd": 5e4, "told": {"range_low": 4e4, "currency": "EUS"}}).get_json()["errors"][0]
    assert (problem["pointer"], "no currency we know" in problem["detail"]) == ("/told/currency", True)
    abroad = client.post("/v1/checks", json={"role": {"title": "Accountant", "location": "Berlin"}, "base_usd": 60_000}).get_json()
    assert "USD" not in str(abroad["article_5"])


def test_the_call_that_the_page_shows_is_one_the_contract_takes(client):
    page = client.post(
        "/check", data={"title": "Account Manager", "location": "Denver, CO", "base_usd": "72k", "variable_usd": "18k", "before_interview": "true"}
    )
    call = json.loads(html.unescape(re.search(r"POST /v1/checks\nContent-Type: application/json\n\n(.*?)</code>", page.get_data(as_text=True), re.DOTALL)[1]))
    assert call == {
        "role": {"title": "Account Manager", "location": "Denver, CO"},
        "base_usd": 72_000,
        "variable_usd": 18_000,
        "told": {"before_interview": True},
    }


@pytest.mark.parametrize("path", ["/", "/ladder", "/check"])
def test_a_link_that_a_campaign_counts_still_opens(client, path):
    assert client.get(f"{path}?title=Account+Manager&utm_source=x&gclid=1").status_code == 200
    refused = client.get(f"{path}?title=Account+Manager&pay=1")
    assert (refused.status_code, "pay" in refused.get_data(as_text=True).lower()) == (422, True)


@pytest.mark.parametrize(
    "title",
    [
        *("Paralegal (part-time, 20 hours)", "Account Manager - Part time", "Account manager, 1099", "Seasonal Accountant"),
        *("Account Manager 0.5 FTE", "Account Manager, 3 days a week", "Account Manager - 6 months", "PT Account Manager", "Account Manager (PT)"),
        "Account Director - 20 hrs/week",
    ],
)
def test_what_is_not_full_time_is_told(client, title):
    warned = {w["code"] for w in client.post("/v1/ranges", json={"title": title}).get_json()["warnings"]}
    assert "not_full_time" in warned
    assert "not_full_time" not in {w["code"] for w in client.post("/v1/ranges", json={"title": "Contract Manager"}).get_json()["warnings"]}


# --- ladders -------------------------------------------------------------------------


FAMILIES = sorted(vocabulary.families())


@given(st.sampled_from(FAMILIES), st.sampled_from(sorted(vocabulary.levels())), st.sampled_from([None, "Austin, TX", "New York, NY", "Ohio"]))
@settings(max_examples=80, deadline=None)
def test_pay_rises_with_level_within_a_track_and_steps_are_where_they_say(model, family, level, location):
    asked = {"family": family, "level": level} | ({"location": location} if location else {})
    found = ladders.ladder(model, asked, TODAY)
    for track in "PME":
        medians = [row["base"]["p50"] for row in found["levels"] if row["track"] == track]
        assert medians == sorted(medians)
    order = [row["code"] for row in found["levels"]]
    if level in order:
        assert next(row for row in found["levels"] if row["is_own"])["base"]["p50"] == found["range"]["pay"]["base"]["p50"]
        same = [c for c in order if c[0] == level[0]]
        assert found["previous"] is None or found["previous"] in order[: order.index(level)]
        assert all(n in order for n in found["next"])
        if same.index(level) + 1 < len(same):
            assert found["next"][0] == same[same.index(level) + 1]
    times = [move["times"] for move in found["moves"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    "role",
    [
        {"title": "Executive Assistant", "location": "New York, NY"},
        {"title": "HR Business Partner", "location": "Denver, CO"},
        {"title": "Account Director", "location": "Austin, TX"},
        {"title": "Corporate Counsel", "location": "Chicago, IL", "experience_years": 12},
        {"title": "Receptionist", "location": "New York, NY"},
    ],
)
def test_the_roles_own_level_has_the_roles_own_range_and_no_step_up_pays_less(client, role):
    found = client.post("/v1/ladders", json=role).get_json()
    rows = {row["code"]: row for row in found["levels"]}
    own = rows[found["range"]["role"]["level"]["code"]]
    for name in ("base", "ote"):
        assert [own[name][q] for q in ladders.SHOWN] == [found["range"]["pay"][name][q] for q in ladders.SHOWN]
    assert rows[found["next"][0]]["base"]["p50"] >= own["base"]["p50"]
    level = next(move for move in found["moves"] if move["field"] == "level")
    for end in ("low", "high"):
        assert level[end]["base_p50"] == rows[level[end]["code"]]["base"]["p50"], "one figure for one level"


@pytest.mark.parametrize(
    "role",
    [
        {"title": "Product Manager", "industry": "SaaS", "location": "Austin, TX"},
        {"title": "Customer Success Manager", "experience_years": 30},
        {"title": "Account Director", "population": "survey-2023"},
        {"title": "Senior Medical Director"},
        {"title": "Chief of Staff"},
    ],
)
def test_the_role_lies_within_its_own_moves_and_no_next_level_pays_less(client, role):
    found = client.post("/v1/ladders", json=role).get_json()
    pays = {row["code"]: row["base"]["p50"] for row in found["levels"]}
    own = found["range"]["pay"]["base"]["p50"]
    for move in found["moves"]:
        assert move["low"]["base_p50"] <= move["own"]["base_p50"] <= move["high"]["base_p50"], move
        if move["field"] in ("location", "industry", "employees"):
            asked = {**role, move["field"]: move["low"]["code"]}
            assert client.post("/v1/ranges", json=asked).get_json()["pay"]["base"]["p50"] == move["low"]["base_p50"]
    assert all(pays[code] >= own for code in found["next"])
    assert found["previous"] is None or pays[found["previous"]] <= own


def test_labels_of_what_moves_pay_stay_inside_the_picture_and_apart():
    from compsvc.web.pictures import BETWEEN_LABELS, LETTER, WIDTH, tornado

    def move(low, high, name):
        return {"field": "industry", "low": {"name": name, "base_p50": low}, "high": {"name": name, "base_p50": high}, "own": {"base_p50": low}}

    for bar in tornado(
        [move(60_000, 200_000, "Arts"), move(190_000, 195_000, "Finance and Insurance Companies"), move(61_000, 62_000, "Administrative and Support")]
    ):
        assert 0 <= bar.left <= bar.left + bar.width <= WIDTH
        assert bar.high_ends <= WIDTH
        assert bar.high_ends - LETTER * len(bar.high_label) >= bar.low_begins + LETTER * len(bar.low_label) + BETWEEN_LABELS - 0.2


def test_no_industry_is_named_that_hardly_anybody_of_the_role_works_in(client):
    found = client.post("/v1/ladders", json={"title": "Nurse Manager", "location": "Houston, TX"}).get_json()
    industry = next(move for move in found["moves"] if move["field"] == "industry")
    assert industry["n_values"] < 15
    assert "Wholesale" not in industry["high"]["name"]


def test_every_move_is_the_price_of_the_role_with_that_value(client):
    role = {"title": "Senior Account Manager", "location": "Denver, CO"}
    found = client.post("/v1/ladders", json=role).get_json()
    assert found["range"] == client.post("/v1/ranges", json=role).get_json()
    named = {move["field"]: move for move in found["moves"]}
    assert set(named) == {"location", "industry", "employees", "experience_years", "level"}
    for name in ("location", "industry", "employees", "experience_years"):
        for end in ("low", "high"):
            code = named[name][end]["code"]
            value = float(code) if name == "experience_years" else code
            assert client.post("/v1/ranges", json={**role, name: value}).get_json()["pay"]["base"]["p50"] == named[name][end]["base_p50"], (name, end)
    assert found["previous"] == "P3"
    assert found["next"] == ["P5", "M2"]


def test_an_occupation_without_a_family_has_no_levels_and_still_moves(client):
    orphan = next(code for code in vocabulary.occupations() if code not in vocabulary.occupation_families() and code.startswith(("53", "51", "47")))
    answer = client.post("/v1/ladders", json={"occupation": orphan})
    assert answer.status_code == 200, answer.get_json()
    found = answer.get_json()
    assert found["levels"] == []
    assert "level" not in {move["field"] for move in found["moves"]}
    if answer.status_code == 200:
        assert answer.get_json()["levels"] == []
        assert {m["field"] for m in answer.get_json()["moves"]} >= {"location", "industry"}


@pytest.mark.parametrize("path", ["/ladder?title=Account+Director&location=Austin%2C+TX", "/ladder?occupation=11-2022", "/ladder", "/check", "/posting"])
def test_pages_open(client, path):
    answer = client.get(path)
    assert answer.status_code == (422 if "occupation" in path else 200)
    assert answer.content_type.startswith("text/html")
