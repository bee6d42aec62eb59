"""Kept offers on SQLite and PostgreSQL: versions, states, who may, concurrency by version, idempotency, Band and people."""

import pytest

from compsvc import lifecycle
from tests.conftest import OFFER, ROLE

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


def test_an_expired_offer_is_not_extended_or_accepted(office):
    rita, ana = office.app_client("acme", "recruiter"), office.app_client("acme", "analyst")
    offer_id = office.keep("acme", expires_on="2026-11-21")
    step(rita, offer_id, 1, "submitted")
    step(ana, offer_id, 2, "approved")
    assert "expired on 2026-11-21" in step(rita, offer_id, 3, "extended", 409).get_json()["detail"]


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
    refused = band("Ohio")
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == "/role/location"


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
