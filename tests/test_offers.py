"""What an offer answers: same figures through every door, answers of the promised form, no odd body that is a fault of ours."""

import json
import random

import pytest
from jsonschema import Draft202012Validator

from compsvc import openapi
from compsvc.cli import main
from tests.conftest import ROLE

FULL = {
    "role": ROLE,
    "base_usd": 120_000,
    "variable_usd": 60_000,
    "sign_on_usd": 10_000,
    "benefits_usd": 25_000,
    "equity": {"usd": 80_000, "vest_years": 4, "cliff_months": 12, "every": "quarterly"},
    "refreshers": [{"usd": 20_000, "after_months": 12}],
    "equity_growth": 0.1,
    "merit_rate": 0.03,
    "plan": {
        "quota_usd": 900_000,
        "threshold": 0.4,
        "tiers": [{"above": 1, "multiplier": 1.5}],
        "tier_type": "marginal",
        "cap": 3,
        "spifs": [{"usd": 2_000, "at": 0.5}],
        "ramp_quota_shares": [0, 0.5],
        "draw_usd": 3_000,
        "draw_months": 2,
        "attainment": {"observed": [0, 0.5, 1, 1.5]},
    },
}
ODD = [None, "", "x", -1, 0, 1e308, 10**30, True, [], {}, "\u0000", "=1+1", "\ud7ff", "9" * 400, [[]], {"a": {}}, "1e5", "50%", "120k", float("1e-320")]


def test_api_page_and_command_line_give_the_same_figures(client, runner, tmp_path):
    path = tmp_path / "offer.json"
    path.write_text(json.dumps(FULL))
    by_api = client.post("/v1/offers/model", json=FULL)
    by_cli = runner.invoke(main, ["offer", "--file", str(path), "--json"])
    assert by_cli.exit_code == 0, by_cli.output
    assert by_cli.output.strip().encode() == by_api.data
    page = client.post(
        "/offer",
        data={
            "title": ROLE["title"],
            "location": ROLE["location"],
            "industry": ROLE["industry"],
            "employees": "200",
            "base_usd": "120k",
            "variable_usd": "60k",
        },
    )
    simple = client.post("/v1/offers/model", json={"role": ROLE, "base_usd": 120_000, "variable_usd": 60_000}).get_json()
    assert f'id="ote">${simple["terms"]["ote_usd"]:,}<' in page.get_data(as_text=True)
    assert simple["verdict"]["words"][1:] in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "body", "schema"),
    [
        ("/v1/offers/model", FULL, "OfferFigures"),
        ("/v1/offers/model", {"role": {"title": "Registered Nurse"}, "base_usd": 90_000}, "OfferFigures"),
        ("/v1/offers/suggest", {"role": ROLE, "budget_usd": 150_000}, "Suggestion"),
        ("/v1/offers/compare", {"offers": [{**FULL, "name": "ours"}, {"role": ROLE, "base_usd": 150_000, "name": "theirs"}]}, "Comparison"),
    ],
)
def test_answers_are_what_openapi_promises(client, path, body, schema):
    document = openapi.document()
    promised = {**document["components"]["schemas"][schema], "components": document["components"]}
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    Draft202012Validator(promised).validate(answer.get_json())


def test_the_same_request_gives_the_same_bytes(client):
    first, again = (client.post("/v1/offers/model", json=FULL) for _ in range(2))
    assert first.data == again.data
    assert client.post("/v1/offers/model", json=FULL, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def places_of(value, path=()):
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places_of(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places_of(inner, (*path, i))


def test_no_odd_body_is_a_fault_of_ours(client):
    """Two thousand offers with something odd somewhere: a figure or a refusal that names a field, never a fault."""
    rng, places = random.Random(2), list(places_of(FULL))
    seen = set()
    for _ in range(2_000):
        body = json.loads(json.dumps(FULL))
        for path in rng.sample(places[1:], rng.choice([1, 1, 2, 4])):
            here = body
            try:
                for step in path[:-1]:
                    here = here[step]
                if rng.random() < 0.15:
                    del here[path[-1]]
                elif rng.random() < 0.1 and isinstance(here, dict):
                    here["odd"] = rng.choice(ODD)
                else:
                    here[path[-1]] = rng.choice(ODD)
            except (KeyError, IndexError, TypeError):
                continue
        answer = client.post(rng.choice(["/v1/offers/model", "/v1/offers/suggest"]), json=body)
        seen.add(answer.status_code)
        assert answer.status_code in (200, 400, 422), (body, answer.get_data(as_text=True))
        if answer.status_code == 422:
            assert answer.get_json()["errors"], body
    assert {200, 422} <= seen


@pytest.mark.parametrize("at", [{"ote_percentile": 50}, {"base_percentile": 75}, {"budget_usd": 150_250}, {"ote_percentile": 25, "base_share": 0.6}])
def test_a_suggested_offer_stands_where_it_was_asked_to(client, at):
    found = client.post("/v1/offers/suggest", json={"role": ROLE, **at}).get_json()
    offer = client.post("/v1/offers/model", json=found["offer"]).get_json()
    if "ote_percentile" in at:
        assert offer["standing"]["ote"]["percentile"] == pytest.approx(at["ote_percentile"], abs=1)
    if "base_percentile" in at:
        assert offer["standing"]["base"]["percentile"] == pytest.approx(at["base_percentile"], abs=1)
    if "budget_usd" in at:
        assert at["budget_usd"] - 500 <= offer["terms"]["ote_usd"] <= at["budget_usd"]
    assert offer["terms"]["base_share"] == pytest.approx(at.get("base_share", found["base_share"]), abs=0.01)
    assert offer["terms"]["base_usd"] % 500 == offer["terms"]["variable_usd"] % 500 == 0


def test_first_year_counts_ramp_and_draw_and_benefits_are_said_once(client):
    offer = client.post("/v1/offers/model", json=FULL).get_json()
    assert offer["years"][0]["variable_usd"] == offer["plan"]["first_year"]["variable_usd"] < offer["years"][1]["variable_usd"]
    assert offer["first_year_usd"] == offer["years"][0]["total_usd"]
    assert offer["plan"]["cost"]["benefits_usd"] == offer["terms"]["benefits_usd"] == 25_000
    assert offer["terms"]["employer_cost_usd"] == 205_000


def test_words_name_what_they_are_measured_against(client):
    nurse = client.post("/v1/offers/model", json={"role": {"title": "Registered Nurse"}, "base_usd": 90_000, "variable_usd": 5_000}).get_json()
    assert "total cash paid" in nurse["standing"]["ote"]["market_ratio"]["denominator"]
    assert "who have any" in nurse["standing"]["variable"]["why"]
    assert "target_against_paid" in {w["code"] for w in nurse["warnings"]}
    director = client.post("/v1/offers/model", json={"role": ROLE, "base_usd": 120, "variable_usd": 60_000}).get_json()
    assert {"low_base", "no_plan"} <= {w["code"] for w in director["warnings"]}
