"""Every route x (ok, 404, 405, 415, 422, bug): one error shape, RFC 9457, and answers of the promised form.

The shape: application/problem+json with type, title, status, code, detail, errors;
every member of errors has pointer and detail.
"""

import json

import pytest
from jsonschema import Draft202012Validator

from compsvc import access
from compsvc.api import ranges as api_module
from tests.conftest import TODAY

ROLE = {"title": "Account Director", "location": "Austin, TX", "industry": "ad agency", "employees": 200}


def assert_problem(response, status, code=None):
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    body = json.loads(response.data)
    assert set(body) == {"type", "title", "status", "code", "detail", "errors"}
    assert body["status"] == status
    assert all({"pointer", "detail"} <= set(e) <= {"pointer", "detail", "allowed", "did_you_mean"} for e in body["errors"])
    if code:
        assert body["code"] == code
    return body


def test_every_get_route_answers(client, app):
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and rule.rule != "/favicon.ico" and access.open_to_all(rule.rule, "GET"):
            query = "?q=acc" if rule.rule in ("/v1/titles", "/v1/places", "/v1/industries") else ""
            assert client.get(rule.rule + query).status_code == 200, rule.rule


def test_security_headers_on_every_response(client):
    for path in ("/", "/healthz", "/v1/vocabulary", "/nowhere", "/v1/nowhere", "/static/compsvc.css"):
        with client.get(path) as response:
            headers = response.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_unknown_path_is_a_problem_under_v1_and_a_page_elsewhere(client):
    assert_problem(client.get("/v1/nowhere"), 404)
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert page.content_type.startswith("text/html")


def test_wrong_method(client):
    response = client.get("/v1/ranges")
    assert_problem(response, 405)
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/v1/ranges", "/v1/ranges/batch"])
def test_wrong_content_type(client, path):
    assert_problem(client.post(path, data="title=x"), 415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/v1/ranges", "/v1/ranges/batch"])
def test_malformed_json(client, path):
    assert_problem(client.post(path, data="{", content_type="application/json"), 400, "malformed_json")


@pytest.mark.parametrize("path", ["/v1/checks", "/v1/postings"])
def test_a_role_that_is_no_object_is_told_what_one_holds(client, path):
    error = client.post(path, json={"text": "Account Manager", "role": "Account Manager", "base_usd": 1}).get_json()["errors"]
    found = next(e for e in error if e["pointer"] == "/role")
    assert found["detail"] == "this is not an object"
    assert "title" in found["allowed"]


def test_too_large(client, settings):
    refused = client.post("/v1/ranges", data=b" " * (settings.max_body_bytes + 1), content_type="application/json")
    assert_problem(refused, 413)
    assert f"{settings.max_body_bytes:,} bytes" in refused.get_json()["detail"], "a refusal says what would be accepted"
    form = client.post("/check", data={"title": "x" * 200_000}, content_type="multipart/form-data", headers={"Accept": "text/html"})
    assert form.status_code == 413
    assert "100,000 of them in the fields of a form" in form.get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "pointer", "near"),
    [
        ({"titel": "Account Director"}, "/titel", "title"),
        ({"title": "Account Director", "location": "London"}, "/location", None),
        ({"title": "Account Director", "location": "Springfield"}, "/location", "Springfield, IL"),
        ({"title": "Account Director", "currency": "EUR"}, "/currency", "USD"),
        ({"title": "Account Director", "currency": "dollars"}, "/currency", None),
        ({"title": "Account Director", "employees": "1.2.3"}, "/employees", None),
        ({"title": "Account Director", "industry": "hospitl xx"}, "/industry", None),
        ({"title": "Account Director", "employees": 0}, "/employees", None),
        ({"title": "Account Director", "employees": True}, "/employees", None),
        ({"title": "Account Director", "level": "M9"}, "/level", None),
        ({"title": "Account Director", "experience_years": -1}, "/experience_years", None),
        ({"title": "Account Director", "experience_years": float("nan")}, "/experience_years", None),
        ({"title": "Account Director", "as_of": "2019-12-31"}, "/as_of", None),
        ({"title": "Account Director", "as_of": "2029-12-31"}, "/as_of", None),
        ({"title": "Account Director", "as_of": "soon"}, "/as_of", None),
        ({"title": "Account Director", "remote": "sometimes"}, "/remote", None),
        ({"title": "Account Director", "population": "everyone"}, "/population", None),
        ({"title": ""}, "/title", None),
        ({"title": "qwrtz zxcvb"}, "/title", None),
        ({"title": 7}, "/title", None),
        ({"occupation": "99-9999"}, "/occupation", None),
        ({"family": "acount-management"}, "/family", "account-management"),
        ({}, "/title", None),
    ],
)
def test_refusals_name_the_field_and_the_nearest_value(client, role, pointer, near):
    body = assert_problem(client.post("/v1/ranges", data=json.dumps(role), content_type="application/json"), 400 if "NaN" in json.dumps(role) else 422)
    if body["status"] == 400:
        return
    problems = {e["pointer"]: e for e in body["errors"]}
    assert pointer in problems
    assert near is None or near in problems[pointer].get("did_you_mean", [])


def test_array_instead_of_object(client):
    assert_problem(client.post("/v1/ranges", json=[ROLE]), 422, "invalid_request")


def test_a_bug_never_shows_its_text(client, monkeypatch):
    def broken(*_args):
        raise RuntimeError("secret text of a bug")

    monkeypatch.setattr(api_module, "price", broken)
    body = assert_problem(client.post("/v1/ranges", json=ROLE), 500, "internal")
    assert "secret" not in json.dumps(body)


def test_query_strings_go_through_a_schema(client):
    assert_problem(client.get("/v1/titles"), 422)
    assert_problem(client.get("/v1/titles?q=a&limit=many"), 422)
    assert_problem(client.get("/v1/titles?q=a&nonsense=1"), 422)


def test_answer_is_what_openapi_promises(client):
    document = client.get("/openapi.json").get_json()
    schema = {**document["components"]["schemas"]["Range"], "components": document["components"]}
    for role in (ROLE, {"occupation": "15-1252"}, {**ROLE, "population": "survey-2023", "remote": True, "experience_years": 8}):
        answer = client.post("/v1/ranges", json=role).get_json()
        Draft202012Validator(schema).validate(answer)


def test_identical_request_gives_identical_bytes_and_etag(client):
    first, second = (client.post("/v1/ranges", json=ROLE) for _ in range(2))
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    again = client.post("/v1/ranges", json=ROLE, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_batch_keeps_order_and_one_bad_item_fails_alone(client):
    items = [{"id": "a", **ROLE}, {"id": "b", "title": "Account Director", "location": "London"}, 7, {"id": "c", "occupation": "15-1252"}]
    found = client.post("/v1/ranges/batch", json=items).get_json()
    assert [i["status"] for i in found] == [200, 422, 422, 200]
    assert [i["id"] for i in found] == ["a", "b", None, "c"]
    assert found[0]["result"]["pay"] == client.post("/v1/ranges", json=ROLE).get_json()["pay"]


def test_batch_reads_ndjson(client):
    lines = "\n".join([json.dumps({"id": "a", **ROLE}), "{broken", json.dumps({"occupation": "15-1252"})])
    response = client.post("/v1/ranges/batch", data=lines, content_type="application/x-ndjson")
    found = [json.loads(line) for line in response.data.splitlines()]
    assert [i["status"] for i in found] == [200, 422, 200]


def test_batch_limit(client):
    assert_problem(client.post("/v1/ranges/batch", data=json.dumps([1] * 10_001), content_type="application/json"), 422)


def test_scope_tells_what_was_applied_and_relaxed(client):
    body = client.post("/v1/ranges", json={"title": "Account Director", "location": "Xyzzy, TX", "remote": True}).get_json()
    assert body["scope"]["applied"]["location"] == "TX"
    assert body["scope"]["relaxed"] == ["'Xyzzy' was not found in Texas; priced for the state"]
    assert body["scope"]["ignored"] == []
    assert body["scope"]["requested"]["remote"] == "remote"
    assert body["as_of"] == TODAY
    assert "scope_relaxed" in {w["code"] for w in body["warnings"]}


def test_a_place_that_says_remote_is_priced_as_remote_work(client):
    said = client.post("/v1/ranges", json={"title": "Account Director", "location": "Remote (US)"}).get_json()
    asked = client.post("/v1/ranges", json={"title": "Account Director", "location": "United States", "remote": True}).get_json()
    assert said["scope"]["applied"]["remote"] == "remote"
    assert said["role"]["work_mode"] == "remote"
    assert said["pay"] == asked["pay"]


def test_metrics_count_requests(client):
    client.post("/v1/ranges", json=ROLE)
    text = client.get("/metrics").get_data(as_text=True)
    assert 'compsvc_requests_total{route="/v1/ranges",status="200"}' in text
    assert "compsvc_model_info" in text


def test_the_edge_answers_as_flask_does(app):
    """A range answered before Flask's contexts and the same request through Flask's route: same status, body, type and ETag."""
    edge = app.wsgi_app
    for body, headers in ((json.dumps(ROLE), {}), ("{", {}), (json.dumps({"title": "x" * 500}), {}), (json.dumps(ROLE), {"Content-Type": "text/plain"})):
        found = []
        for layer in (edge, edge._wsgi):
            app.wsgi_app = layer
            try:
                response = app.test_client().post("/v1/ranges", data=body, headers={"Content-Type": "application/json", **headers})
            finally:
                app.wsgi_app = edge
            found.append((response.status_code, response.data, response.content_type, response.headers.get("ETag"), response.headers.get("Content-Length")))
        assert found[0] == found[1]


def test_an_unchanged_range_is_not_sent_again(client):
    first = client.post("/v1/ranges", json=ROLE)
    again = client.post("/v1/ranges", json=ROLE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.post("/v1/ranges", json={**ROLE, "employees": 201}, headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_bug_in_one_item_does_not_fail_the_batch(client, monkeypatch):
    real = api_module.price

    def sometimes(model, asked, today):
        if asked.get("title") == "Paralegal":
            raise ZeroDivisionError("secret")
        return real(model, asked, today)

    monkeypatch.setattr(api_module, "price", sometimes)
    items = client.post("/v1/ranges/batch", json=[ROLE, {"title": "Paralegal"}, ROLE]).get_json()
    assert [item["status"] for item in items] == [200, 500, 200]
    assert items[1]["error"]["code"] == "internal"
    assert "secret" not in json.dumps(items[1])


@pytest.mark.parametrize("length", ["\u00b2", "-1", "1e3", ""])
def test_a_length_that_is_no_number_is_no_fault_of_ours(client, length):
    response = client.post("/v1/ranges", data=json.dumps(ROLE), content_type="application/json", environ_overrides={"CONTENT_LENGTH": length})
    assert response.status_code < 500
