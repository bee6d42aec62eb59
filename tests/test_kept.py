"""Kept offers on SQLite and PostgreSQL: versions, states, who may, concurrency by version, idempotency, Band and people."""

import pytest

from compsvc import lifecycle
from compsvc.kept import Desk
from tests.conftest import OFFER, ROLE, TODAY

MATCH = '"v{}"'


def step(client, offer_id, version, to, status=200, why="because"):
    answer = client.post(f"/v1/offers/{offer_id}/state", json={"to": to, "why": why}, headers={"If-Match": MATCH.format(version)})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def test_an_offer_from_draft_to_accepted(office):
    rita, ana = office.app_client("acme", "recruiter"), office.app_client("acme", "analyst")
    offer_id = office.keep("acme", expires_on="2026-12-15")
    changed = rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": 125_000, "why": "counter"}, headers={"If-Match": MATCH.format(1)})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"v2"')
    assert changed.get_json()["figures"]["terms"]["base_usd"] == 125_000
    step(rita, offer_id, 2, "submitted")
    step(rita, offer_id, 3, "approved", 403)
    step(ana, offer_id, 3, "approved")
    step(rita, offer_id, 4, "extended")
    final = step(rita, offer_id, 5, "accepted").get_json()
    assert (final["state"], final["version"]) == ("accepted", 6)
    history = rita.get(f"/v1/offers/{offer_id}/versions").get_json()["versions"]
    assert [(v["version"], v["state"], v["why"]) for v in history] == [
        (1, "draft", "first draft"),
        (2, "draft", "counter"),
        (3, "submitted", "because"),
        (4, "approved", "because"),
        (5, "extended", "because"),
        (6, "accepted", "because"),
    ]
    assert rita.get(f"/v1/offers/{offer_id}?version=1").get_json()["figures"]["terms"]["base_usd"] == 120_000
    assert office.store.audit.verify(office.ids["acme"]) == []


def test_every_step_that_is_not_one_is_refused(office):
    rita = office.app_client("acme", "recruiter")
    offer_id = office.keep("acme")
    for to in lifecycle.STATES:
        if to not in lifecycle.STEPS["draft"]:
            assert step(rita, offer_id, 1, to, 409).get_json()["code"] == "state_conflict"
    step(rita, offer_id, 1, "submitted")
    refused = rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": 1e5}, headers={"If-Match": MATCH.format(2)})
    assert refused.status_code == 409
    assert "back to draft" in refused.get_json()["errors"][0]["allowed"]
    step(rita, offer_id, 2, "draft")
    assert rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": 1e5}, headers={"If-Match": MATCH.format(3)}).status_code == 200


def test_whoever_submitted_does_not_approve(office):
    ana, adam = office.app_client("acme", "analyst"), office.app_client("acme", "admin")
    offer_id = ana.post("/v1/offers", json=OFFER).get_json()["id"]
    step(ana, offer_id, 1, "submitted")
    assert "somebody else" in step(ana, offer_id, 2, "approved", 403).get_json()["detail"]
    step(adam, offer_id, 2, "approved")


@pytest.mark.parametrize("given", ["20261201", "2026-W50-1", 20261201, "2026-13-01", ""])
def test_a_date_has_one_form(office, given):
    refused = office.app_client("acme", "recruiter").post("/v1/offers", json={**OFFER, "expires_on": given})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/expires_on")


def test_who_wrote_the_terms_does_not_approve_them(office):
    ana, rita, adam = (office.app_client("acme", r) for r in ("analyst", "recruiter", "admin"))
    offer_id = ana.post("/v1/offers", json=OFFER).get_json()["id"]
    step(rita, offer_id, 1, "submitted")
    step(ana, offer_id, 2, "approved", 403)
    step(adam, offer_id, 2, "approved")


def test_sending_back_for_a_change_is_not_writing(office):
    ana, rita = (office.app_client("acme", r) for r in ("analyst", "recruiter"))
    offer_id = office.keep("acme")
    step(rita, offer_id, 1, "submitted")
    step(ana, offer_id, 2, "draft")
    rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": 110_000}, headers={"If-Match": MATCH.format(3)})
    step(rita, offer_id, 4, "submitted")
    step(ana, offer_id, 5, "approved")


def test_history_compares_terms_as_read_not_as_typed(office):
    rita = office.app_client("acme", "recruiter")
    offer_id = office.keep("acme", base_usd="120k")
    rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": "$120,000", "sign_on_usd": "5k"}, headers={"If-Match": MATCH.format(1)})
    assert rita.get(f"/v1/offers/{offer_id}/versions").get_json()["versions"][1]["changes"] == {"sign_on_usd": [0, 5_000]}


def test_history_of_terms_the_contract_no_longer_takes_is_told_as_sent(small_office, monkeypatch):
    from compsvc.errors import RequestInvalid

    rita = small_office.app_client("acme", "recruiter")
    offer_id = small_office.keep("acme")
    rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": 125_000}, headers={"If-Match": MATCH.format(1)})

    def refuse(schema, sent):
        raise RequestInvalid("no longer")

    monkeypatch.setattr("compsvc.kept.schemas.load", refuse)
    found = Desk(None, small_office.store, TODAY).history(small_office.who("acme"), offer_id)
    assert found[1]["changes"] == {"base_usd": [120_000, 125_000]}


def test_history_says_what_changed(office):
    rita = office.app_client("acme", "recruiter")
    offer_id = office.keep("acme")
    rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": 125_000, "note": "x"}, headers={"If-Match": MATCH.format(1)})
    history = rita.get(f"/v1/offers/{offer_id}/versions").get_json()["versions"]
    assert history[1]["changes"] == {"base_usd": [120_000, 125_000], "note": [None, "x"]}


@pytest.mark.parametrize(
    ("policy", "pointer"),
    [
        ({"effective_on": "1900-01-01"}, "/effective_on"),
        ({"geography": "zones"}, "/zones"),
        ({"zones": [{"name": "A", "factor": 1}]}, "/zones"),
        ({"geography": "zones", "zones": [{"name": "A", "factor": 1, "states": ["Texas"]}]}, "/zones/0/states"),
        ({"geography": "zones", "zones": [{"name": "A", "factor": 1, "areas": ["99999"]}]}, "/zones/0/areas"),
        ({"rules": [{"level": "ME"}]}, "/rules/0/level"),
        ({"rules": [{"family": "sale"}]}, "/rules/0/family"),
        ({"name": None}, "/name"),
    ],
)
def test_a_policy_that_would_stop_offers_is_refused(office, policy, pointer):
    refused = office.app_client("acme", "analyst").post("/v1/band-policies", json={"name": "p", "effective_on": "2026-01-01", **policy})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, pointer)


def test_an_area_of_a_zone_goes_before_its_state(office):
    ana, rita = office.app_client("acme", "analyst"), office.app_client("acme", "recruiter")
    zones = [
        {"name": "CA", "factor": 1.0, "states": ["CA"]},
        {"name": "SF", "factor": 1.3, "areas": ["41860"]},
        {"name": "KS", "factor": 0.9, "states": ["KS"]},
        {"name": "MO", "factor": 0.8, "states": ["MO"]},
    ]
    assert ana.post("/v1/band-policies", json={"name": "z", "effective_on": "2026-01-01", "geography": "zones", "zones": zones}).status_code == 201
    places = {
        "San Francisco, CA": "SF",
        "Los Angeles, CA": "CA",
        "Kansas City, KS": "KS",
        "Overland Park, Kansas": "KS",
        "Kansas City KS 66101": "KS",
        "Kansas City, MO": "MO",
    }
    for place, zone in places.items():
        body = rita.post("/v1/offers/model", json={"role": {**ROLE, "location": place}, "base_usd": 120_000}).get_json()
        assert f"zone {zone}" in body["band"]["why"], place


def test_a_band_never_closes_up(office):
    ana, rita = office.app_client("acme", "analyst"), office.app_client("acme", "recruiter")
    policy = {"name": "p", "effective_on": "2026-01-01", "default": {"market_percentile": 50, "spread": 0.05}, "round_to_usd": 10_000}
    assert ana.post("/v1/band-policies", json=policy).status_code == 201
    band = rita.post("/v1/offers/model", json={"role": ROLE, "base_usd": 120_000}).get_json()["band"]
    assert band["min_usd"] < band["mid_usd"] < band["max_usd"]
    for point in ("min", "mid", "max"):
        found = rita.post("/v1/offers/suggest", json={"role": ROLE, "band": point}).get_json()
        assert found["offer"]["base_usd"] == band[f"{point}_usd"]


def test_a_scope_less_does_not_read_by_a_side_door(office):
    office.app_client("acme", "analyst").post("/v1/band-policies", json={"name": "p", "effective_on": "2026-01-01"})
    office.app_client("acme", "analyst").post("/v1/pay-records", json=people(9))
    office.keys["acme", "narrow"] = office.store.accounts.add_key(office.ids["acme"], "n", "viewer", ("account:read",))[1]
    found = office.app_client("acme", "narrow").post("/v1/offers/model", json={"role": ROLE, "base_usd": 120_000}).get_json()
    assert (found["band"], found["people"]) == (None, None)


NULLS = [
    ("/v1/offers", {**OFFER, "reference": None}),
    ("/v1/offers", {**OFFER, "why": None}),
    ("/v1/pay-records", [{"reference": None, "family": "sales", "level": "P3", "base_usd": 1, "paid_on": "2026-01-01"}]),
    ("/v1/pay-records", [{"reference": "a", "family": None, "level": "P3", "base_usd": 1, "paid_on": "2026-01-01"}]),
    ("/v1/pay-records", [{"reference": "HR/204", "family": "sales", "level": "P3", "base_usd": 1, "paid_on": "2026-01-01"}]),
    ("/v1/pay-records", [{"reference": "..", "family": "sales", "level": "P3", "base_usd": 1, "paid_on": "2026-01-01"}]),
    ("/v1/offers", {**OFFER, "reference": "a\0b"}),
    ("/v1/offers", {**OFFER, "role": {**ROLE, "title": "Account Director\0"}}),
]


@pytest.mark.parametrize(("path", "body"), NULLS, ids=range(len(NULLS)))
def test_null_and_odd_text_are_refused_by_name(office, path, body):
    assert office.app_client("acme", "admin").post(path, json=body).status_code == 422


@pytest.mark.parametrize("path", ["/v1/offers/%00", "/v1/offers/ofr_%00/versions", "/v1/offers?after=%00", "/v1/offers/x", "/offers/%00"])
def test_odd_ids_are_not_there(office, path):
    assert office.app_client("acme", "admin").get(path).status_code in (404, 401, 422)


def test_records_entered_at_once_do_not_trip_over_each_other(office):
    from concurrent.futures import ThreadPoolExecutor

    def enter(_):
        return office.app_client("acme", "analyst").post("/v1/pay-records", json=people(300)).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(enter, range(6))) == {201}
    assert len(office.app_client("acme", "analyst").get("/v1/pay-records").get_json()["records"]) == 300


def test_sign_ins_at_once_are_counted(office):
    from concurrent.futures import ThreadPoolExecutor

    email = office.person("acme", "viewer")

    def attempt(_):
        return office.app.test_client().post("/sign-in", data={"email": email, "password": "wrong"}).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(attempt, range(30)))
    assert set(codes) <= {401, 429}
    assert codes.count(401) <= 10


def test_no_pay_lands_in_the_log(office, caplog):
    from compsvc.errors import StoreConflict
    from compsvc.store.tables import offer_versions

    offer_id = office.keep("acme", note="a note nobody else should read")
    with pytest.raises(StoreConflict) as refused, office.store.writing() as connection:
        connection.execute(offer_versions.insert().values(offer_id=offer_id, version=1, at="", who="", why="", state="", terms="120000", figures="120000"))
    office.app_client("acme", "recruiter").post(f"/v1/offers/{offer_id}/state", json={"to": "submitted", "why": None}, headers={"If-Match": MATCH.format(1)})
    text = caplog.text + str(refused.value) + repr(refused.value.__cause__)
    assert "120000" not in text
    assert "nobody else" not in text


def test_an_expired_offer_is_not_extended_or_accepted(office):
    rita, ana = office.app_client("acme", "recruiter"), office.app_client("acme", "analyst")
    past = rita.post("/v1/offers", json={**OFFER, "expires_on": "2026-11-21"})
    assert (past.status_code, past.get_json()["errors"][0]["pointer"]) == (422, "/expires_on")
    offer_id = office.keep("acme", expires_on=TODAY)
    step(rita, offer_id, 1, "submitted")
    step(ana, offer_id, 2, "approved")
    office.app.extensions["compsvc"] = office.app.extensions["compsvc"]._replace(today=lambda: "2026-11-23")
    assert f"expired on {TODAY}" in step(rita, offer_id, 3, "extended", 409).get_json()["detail"]
    step(rita, offer_id, 3, "draft")


def test_a_change_says_which_version_it_was_made_from(office):
    rita = office.app_client("acme", "recruiter")
    offer_id = office.keep("acme")
    path = f"/v1/offers/{offer_id}"
    assert rita.patch(path, json={"base_usd": 1e5}).status_code == 428
    assert rita.patch(path, json={"base_usd": 1e5}, headers={"If-Match": "*"}).status_code == 428
    assert rita.patch(path, json={"base_usd": 1e5}, headers={"If-Match": MATCH.format(2)}).status_code == 412
    assert rita.patch(path, json={"base_usd": 1e5}, headers={"If-Match": MATCH.format(1)}).status_code == 200
    assert rita.patch(path, json={"base_usd": 2e5}, headers={"If-Match": MATCH.format(1)}).status_code == 412


def test_null_takes_an_optional_field_away_and_others_stay(office):
    rita = office.app_client("acme", "recruiter")
    offer_id = office.keep("acme", equity={"usd": 80_000}, note="keep me")
    found = rita.patch(f"/v1/offers/{offer_id}", json={"equity": None}, headers={"If-Match": MATCH.format(1)}).get_json()
    assert found["figures"]["terms"]["equity_usd"] == 0
    assert found["terms"]["note"] == "keep me"
    refused = rita.patch(f"/v1/offers/{offer_id}", json={"base_usd": None}, headers={"If-Match": MATCH.format(2)})
    assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, "/base_usd")


def test_an_idempotency_key_makes_one_offer(office):
    rita = office.app_client("acme", "recruiter")
    first = rita.post("/v1/offers", json=OFFER, headers={"Idempotency-Key": "key-000001"})
    again = rita.post("/v1/offers", json=OFFER, headers={"Idempotency-Key": "key-000001"})
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    other = rita.post("/v1/offers", json={**OFFER, "base_usd": 1e5}, headers={"Idempotency-Key": "key-000001"})
    assert (other.status_code, other.get_json()["code"]) == (409, "state_conflict")
    assert rita.post("/v1/offers", json=OFFER, headers={"Idempotency-Key": "short"}).status_code == 422
    globex = office.app_client("globex", "recruiter").post("/v1/offers", json=OFFER, headers={"Idempotency-Key": "key-000001"})
    assert globex.get_json()["id"] != first.get_json()["id"]
    assert len(rita.get("/v1/offers").get_json()["offers"]) == 1


def test_the_list_pages_through_everything_once_and_holds_no_pay(office):
    made = {office.keep("acme", reference=f"REQ-{i}") for i in range(7)}
    rita, seen, after = office.app_client("acme", "recruiter"), [], ""
    while True:
        page = rita.get(f"/v1/offers?limit=3{f'&after={after}' if after else ''}").get_json()
        seen += [o["id"] for o in page["offers"]]
        after = page["next_after"]
        if not after:
            break
    assert len(seen) == 7
    assert set(seen) == made
    assert "120" not in str(page["offers"][0].get("reference", ""))
    assert "base_usd" not in str(page)
    assert rita.get("/v1/offers?state=accepted").get_json()["offers"] == []
    assert rita.get("/v1/offers?state=lost").status_code == 422


def test_the_band_in_force_on_the_first_day_is_read(office):
    ana, rita = office.app_client("acme", "analyst"), office.app_client("acme", "recruiter")
    policies = [
        {"name": "US", "effective_on": "2026-01-01", "default": {"market_percentile": 50, "spread": 0.5}},
        {"name": "US", "effective_on": "2027-01-01", "rules": [{"family": "account-management", "level": "M5", "market_percentile": 75, "spread": 0.4}]},
    ]
    for policy in policies:
        assert ana.post("/v1/band-policies", json=policy).status_code == 201
    now = rita.post("/v1/offers/model", json={k: v for k, v in OFFER.items() if k != "reference"}).get_json()["band"]
    later = rita.get(f"/v1/offers/{office.keep('acme', starts_on='2027-02-01')}").get_json()["figures"]["band"]
    assert (now["version"], later["version"]) == (1, 2)
    assert later["mid_usd"] > now["mid_usd"]
    assert now["max_usd"] / now["min_usd"] == pytest.approx(1.5, abs=0.02)
    assert now["compa_ratio"] == {"value": round(120_000 / now["mid_usd"], 3), "denominator": "Band midpoint"}
    assert office.app_client("globex", "recruiter").post("/v1/offers/model", json={"role": ROLE, "base_usd": 1e5}).get_json()["band"] is None
    found = rita.post("/v1/offers/suggest", json={"role": ROLE, "band": "mid"}).get_json()
    assert abs(found["offer"]["base_usd"] - now["mid_usd"]) <= 500


def test_zones_and_the_place_no_zone_covers(office):
    ana, rita = office.app_client("acme", "analyst"), office.app_client("acme", "recruiter")
    zones = [{"name": "A", "factor": 1.2, "states": ["CA"]}, {"name": "B", "factor": 1.0, "states": ["TX"]}]
    assert ana.post("/v1/band-policies", json={"name": "z", "effective_on": "2026-01-01", "geography": "zones", "zones": zones}).status_code == 201

    def band(place):
        return rita.post("/v1/offers/model", json={"role": {**ROLE, "location": place}, "base_usd": 120_000})

    high, low = (band(place).get_json()["band"] for place in ("San Francisco, CA", "Austin, TX"))
    assert high["mid_usd"] / low["mid_usd"] == pytest.approx(1.2, rel=0.01)
    outside = band("Ohio").get_json()
    assert outside["band"] is None
    assert [w for w in outside["warnings"] if w["code"] == "no_band" and "Ohio" in w["message"]]
    assert band("San Francisco, CA").get_json()["band"]["why"].count("zone A") == 1


def people(n, level="M5", start=100_000, family="account-management"):
    return [
        {"reference": f"{level}-{i}", "family": family, "level": level, "area": "12420", "base_usd": start + 1_000 * i, "paid_on": "2026-10-01"}
        for i in range(n)
    ]


def test_parity_and_inversion_tell_a_recruiter_groups_alone(office):
    ana, rita = office.app_client("acme", "analyst"), office.app_client("acme", "recruiter")
    body = {"role": ROLE, "base_usd": 120_000}
    assert rita.post("/v1/offers/model", json=body).get_json()["people"] is None
    assert ana.post("/v1/pay-records", json=people(5)).status_code == 201
    assert rita.post("/v1/offers/model", json=body).get_json()["people"]["parity"]["verdict"] == "cannot-tell"
    assert ana.post("/v1/offers/model", json=body).get_json()["people"]["parity"]["verdict"] == "above-peers"
    assert ana.post("/v1/pay-records", json=[*people(9), *people(8, "M6", 105_000)]).get_json() == {"records": 17}
    found = rita.post("/v1/offers/model", json=body).get_json()["people"]
    assert (found["parity"]["verdict"], found["inversion"]["verdict"]) == ("above-peers", "inverted")
    assert rita.get("/v1/pay-records").status_code == 403
    low = rita.post("/v1/offers/model", json={"role": ROLE, "base_usd": 101_000}).get_json()["people"]
    assert (low["parity"]["verdict"], low["inversion"]["verdict"]) == ("like-peers", "in-order")


def test_no_shown_figure_of_people_is_anybodys_own_pay():
    from compsvc.disclosure import shown_quantile

    for n in range(6, 60):
        values = [100_003.0 + 7_001 * i + 13 * (i % 5) for i in range(n)]
        for q in (0.25, 0.5):
            shown = shown_quantile(values, q, sees_rows=False)
            assert shown % 1000 == 0
            assert shown not in values


def test_records_are_entered_all_or_none(office):
    ana = office.app_client("acme", "analyst")
    bad = [*people(2), {**people(1)[0], "reference": "x", "family": "acount-management"}]
    refused = ana.post("/v1/pay-records", json=bad)
    assert refused.status_code == 422
    assert (
        refused.get_json()["errors"][0]
        == {
            "pointer": "/2/family",
            "detail": "'acount-management' is not a family",
            "allowed": "codes of GET /v1/vocabulary",
            "did_you_mean": ["account-management", "asset-management", "product-management"],
        }
        or refused.get_json()["errors"][0]["did_you_mean"][0] == "account-management"
    )
    assert ana.get("/v1/pay-records").get_json()["records"] == []
    assert ana.post("/v1/pay-records", json=people(2) * 2).status_code == 422
    assert ana.post("/v1/pay-records", json=people(2)).status_code == 201
    assert ana.delete("/v1/pay-records/M5-0").status_code == 204
    assert ana.delete("/v1/pay-records/M5-0").status_code == 404
    assert [r["reference"] for r in ana.get("/v1/pay-records").get_json()["records"]] == ["M5-1"]


def test_reading_an_offer_is_logged(office):
    offer_id = office.keep("acme")
    viewer = office.app_client("acme", "viewer")
    viewer.get(f"/v1/offers/{offer_id}")
    viewer.get(f"/v1/offers/{offer_id}/export?as=csv")
    entries = office.app_client("acme", "admin").get("/v1/audit?limit=1000").get_json()
    assert entries["whole"]
    assert [(e["action"], e["subject"]) for e in entries["entries"]][-4:-1] == [
        ("offer.create", offer_id),
        ("offer.read", offer_id),
        ("offer.export", offer_id),
    ]
    assert "120000" not in str(entries)


def test_a_kept_offer_tells_nobody_of_single_people(office):
    """An analyst who may read pay records keeps an offer; what is kept tells no more than a recruiter may know, now and in every export."""
    ana, rita = office.app_client("acme", "analyst"), office.app_client("acme", "recruiter")
    assert ana.post("/v1/pay-records", json=people(1, start=133_700)).status_code == 201
    assert ana.post("/v1/offers/model", json={"role": ROLE, "base_usd": 120_000}).get_json()["people"]["parity"]["n_people"] == 1
    offer_id = ana.post("/v1/offers", json=OFFER).get_json()["id"]
    ana.patch(f"/v1/offers/{offer_id}", json={"base_usd": 121_000}, headers={"If-Match": MATCH.format(1)})
    for version in (1, 2):
        found = rita.get(f"/v1/offers/{offer_id}?version={version}").get_json()["figures"]["people"]
        assert found["parity"]["verdict"] == "cannot-tell"
        assert "ratio" not in found["parity"]
    assert rita.patch(f"/v1/offers/{offer_id}", json={}, headers={"If-Match": MATCH.format(2)}).status_code == 422


def test_kept_offers_and_plans_answer_as_openapi_promises(small_office):
    from jsonschema import Draft202012Validator

    from compsvc import openapi

    document = openapi.document()

    def promised(name, answer):
        Draft202012Validator({**document["components"]["schemas"][name], "components": document["components"]}).validate(answer.get_json())

    rita = small_office.app_client("acme", "recruiter")
    made = rita.post("/v1/offers", json={**OFFER, "equity": {"usd": 1e5}, "plan": {"quota_usd": 1e6}})
    promised("KeptOffer", made)
    promised("KeptOffer", rita.get(f"/v1/offers/{made.get_json()['id']}"))
    plan = {"from": "2027-01", "months": 3, "draws": 100, "rows": [{**ROLE, "start_on": "2027-02-10"}], "scenarios": [{"name": "later", "hire_slip_months": 1}]}
    promised("PlanCost", small_office.app_client("acme", "planner").post("/v1/plans", json=plan))
    promised("Problem", rita.patch(f"/v1/offers/{made.get_json()['id']}", json={"base_usd": 1}))
