"""Who may do what: every route x method x role x workspace from the policy file, id swaps, extra fields, faults, dumps, and the audit log under tampering."""

import random
import re
import sqlite3

import pytest

from compsvc import access
from compsvc.api import identity
from compsvc.app import create_app
from compsvc.settings import Settings
from tests.conftest import OFFER, PASSWORD, ROLE, SECRET, TODAY

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ASKING = (access.ANONYMOUS, *access.ROLES)
DENIED = {401, 403}


def routes(app):
    return sorted((rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods & set(METHODS) - {"HEAD"})


def test_every_route_and_method_has_a_rule(app):
    missing = set(routes(app)) - set(access.rules())
    assert not missing, f"add {missing} to compsvc/access.csv"
    assert set(access.rules()) == set(routes(app)), "access.csv names routes that are gone"


def test_a_route_without_a_rule_is_denied_to_everybody(small_office):
    app = small_office.app
    app.view_functions["left_out"] = lambda: "secret"
    app.url_map.add(type(next(app.url_map.iter_rules()))("/v1/left-out", endpoint="left_out", methods=["GET"]))
    for role in ASKING:
        answer = small_office.app_client("acme", role).get("/v1/left-out")
        assert answer.status_code in DENIED
        assert b"secret" not in answer.data


def filled(route, office, workspace):
    """The route with ids of things that exist in a workspace."""
    made = {"<offer_id>": office.made[workspace], "<plan_id>": office.plans[workspace], "<reference>": "E-1", "<form>": "csv", "<path:filename>": "compsvc.css"}
    for name, value in made.items():
        route = route.replace(name, value)
    return route


def body_for(route, method):
    if method not in ("POST", "PATCH") or not route.startswith("/v1/"):
        return {}
    plain = {k: v for k, v in OFFER.items() if k != "reference"}
    bodies = {
        "/v1/ranges": ROLE,
        "/v1/ranges/batch": [ROLE],
        "/v1/offers": OFFER,
        "/v1/offers/model": plain,
        "/v1/offers/suggest": {"role": ROLE, "ote_percentile": 50},
        "/v1/offers/compare": {"offers": [{**plain, "name": "a"}, {**plain, "name": "b"}]},
        "/v1/offers/<offer_id>": {"note": "x"},
        "/v1/offers/<offer_id>/state": {"to": "submitted"},
        "/v1/plans": SMALL_PLAN,
        "/v1/postings": {"text": "Account Director\nAustin, TX"},
        "/v1/checks": {"role": ROLE, "base_usd": 120_000},
        "/v1/ladders": ROLE,
        "/v1/plans/<plan_id>/cancel": None,
        "/v1/band-policies": {"name": "p", "effective_on": "2026-01-01"},
        "/v1/pay-records": [{"reference": "E-1", "family": "sales", "level": "P3", "base_usd": 1e5, "paid_on": "2026-01-01"}],
    }
    return {"json": bodies[route]}


SMALL_PLAN = {"from": "2027-01", "months": 2, "draws": 100, "rows": [ROLE]}


QUERY = {"/v1/titles": "?q=a", "/v1/places": "?q=a", "/v1/industries": "?q=a", "/v1/offers/<offer_id>/export": "?as=csv"}


@pytest.fixture
def furnished(small_office):
    """Offices with an offer and a pay record in each workspace."""
    record = [{"reference": "E-1", "family": "account-management", "level": "P3", "base_usd": 1e5, "paid_on": "2026-01-01"}]
    small_office.made, small_office.plans = {}, {}
    for name in small_office.ids:
        small_office.made[name] = small_office.keep(name)
        assert small_office.app_client(name, "analyst").post("/v1/pay-records", json=record).status_code == 201
        kept = small_office.app_client(name, "planner").post("/v1/plans", json=SMALL_PLAN, headers={"Prefer": "respond-async"})
        assert kept.status_code == 202
        small_office.plans[name] = kept.get_json()["id"]
    return small_office


def test_every_route_and_role_under_v1_is_as_the_policy_says(furnished):
    """2xx (or a refusal of the request itself) exactly where the policy lets the role in, and only within the own workspace."""
    tried = 0
    for (route, method), rule in access.rules().items():
        if not route.startswith("/v1/"):
            continue
        for workspace in furnished.ids:
            for role in ASKING:
                for theirs in furnished.ids:
                    path = filled(route, furnished, theirs) + QUERY.get(route, "")
                    headers = {"If-Match": '"v1"'}
                    answer = furnished.app_client(workspace, role).open(path, method, headers=headers, **body_for(route, method))
                    tried += 1
                    where = (method, route, role, workspace, theirs, answer.status_code)
                    if role not in rule.roles:
                        assert answer.status_code == (401 if role == access.ANONYMOUS else 403), where
                    elif ("<offer_id>" in route or "<plan_id>" in route) and theirs != workspace:
                        assert answer.status_code == 404, where
                    else:
                        assert answer.status_code not in DENIED, where
                        assert answer.status_code < 500, where
    assert tried >= 4 * 6 * 25


def sign_in(office, workspace, role):
    client = office.app.test_client()
    if role != access.ANONYMOUS:
        answer = client.post("/sign-in", data={"email": office.person(workspace, role), "password": PASSWORD})
        assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


def test_every_page_and_role_is_as_the_policy_says(furnished):
    clients = {(w, r): sign_in(furnished, w, r) for w in furnished.ids for r in ASKING}
    for (route, method), rule in access.rules().items():
        if route.startswith("/v1/") or route in ("/sign-out", "/sign-in"):
            continue
        for (workspace, role), client in clients.items():
            for theirs in furnished.ids:
                with client.open(filled(route, furnished, theirs), method=method, data={} if method == "POST" else None) as answer:
                    where = (method, route, role, workspace, theirs, answer.status_code)
                    if role not in rule.roles:
                        assert answer.status_code == (401 if role == access.ANONYMOUS else 403), where
                    elif ("<offer_id>" in route or "<plan_id>" in route) and theirs != workspace:
                        assert answer.status_code in ((404,) if method == "GET" else (403, 404)), where
                    elif method == "POST" and route not in ("/offer", "/compare", "/plan", "/posting", "/check"):
                        assert answer.status_code == 403, where
                    else:
                        assert answer.status_code not in DENIED, where
                    assert answer.status_code < 500, where


def test_ten_thousand_swapped_ids_leak_nothing(furnished):
    """Ids of the other workspace, and ids that are nobody's, on every route that takes one: 404 and not a word of the other's offer."""
    rng = random.Random(3)
    secret = "only globex knows this note"
    theirs = [furnished.keep("globex", note=secret, reference=f"GLOBEX-{i}") for i in range(20)]
    client, swaps, leaks = furnished.app_client("acme", "admin"), 10_000, 0
    plans = [
        furnished.app_client("globex", "planner")
        .post("/v1/plans", json={**SMALL_PLAN, "name": f"GLOBEX-{i}"}, headers={"Prefer": "respond-async"})
        .get_json()["id"]
        for i in range(5)
    ]
    of_plans = [("GET", ""), ("GET", "/result"), ("GET", "/result?as=csv"), ("POST", "/cancel")]
    shapes = [
        ("GET", ""),
        ("GET", "?version=1"),
        ("PATCH", ""),
        ("POST", "/state"),
        ("GET", "/versions"),
        ("GET", "/export?as=csv"),
        ("GET", "/export?as=lever"),
    ]
    for _ in range(swaps // 5):
        plan_id = rng.choice(plans) if rng.random() < 0.8 else f"pln_{rng.getrandbits(128):032x}"
        method, tail = rng.choice(of_plans)
        answer = client.open(f"/v1/plans/{plan_id}{tail}", method)
        leaks += answer.status_code != 404 or b"GLOBEX" in answer.data
    for _ in range(swaps - swaps // 5):
        offer_id = rng.choice(theirs) if rng.random() < 0.8 else f"ofr_{rng.getrandbits(128):032x}"
        method, tail = rng.choice(shapes)
        body = {"json": {"note": "x"} if method == "PATCH" else {"to": "submitted"}} if method != "GET" else {}
        answer = client.open(f"/v1/offers/{offer_id}{tail}", method, headers={"If-Match": '"v1"'}, **body)
        leaks += answer.status_code != 404 or secret.encode() in answer.data or b"GLOBEX" in answer.data
    assert leaks == 0
    after = client.get(f"/v1/offers?after={theirs[0]}")
    assert after.status_code == 404
    assert b"GLOBEX" not in client.get("/v1/offers?limit=200").data
    assert b"GLOBEX" not in client.get("/v1/plans").data


def test_both_refusals_of_an_id_look_alike(furnished):
    client = furnished.app_client("acme", "admin")
    other, nobodys = (client.get(f"/v1/offers/{i}") for i in (furnished.made["globex"], "ofr_" + "0" * 32))
    assert (other.status_code, other.data, dict(other.headers).keys()) == (nobodys.status_code, nobodys.data, dict(nobodys.headers).keys())


def test_extra_fields_set_nothing(furnished):
    """A thousand bodies with a field that is not the caller's to set: refused by name, and nothing changes."""
    rng = random.Random(4)
    client, offer_id = furnished.app_client("acme", "recruiter"), furnished.made["acme"]
    before = client.get(f"/v1/offers/{offer_id}").data
    names = [
        "id",
        "workspace_id",
        "state",
        "version",
        "created_by",
        "submitted_by",
        "who",
        "figures",
        "role_id",
        "is_admin",
        "created_at",
        "approved",
        "__class__",
    ]
    for _ in range(1_000):
        extra = {rng.choice(names): rng.choice(["approved", 1, True, furnished.ids["globex"], {}, []])}
        body, path, method = rng.choice(
            [
                ({**OFFER, **extra}, "/v1/offers", "POST"),
                (extra, f"/v1/offers/{offer_id}", "PATCH"),
                ({"to": "submitted", **extra}, f"/v1/offers/{offer_id}/state", "POST"),
            ]
        )
        answer = client.open(path, method, json=body, headers={"If-Match": '"v1"'})
        assert answer.status_code == 422, (body, answer.status_code)
        assert answer.get_json()["errors"][0]["pointer"] == "/" + next(iter(extra))
    assert client.get(f"/v1/offers/{offer_id}").data == before
    assert len(client.get("/v1/offers").get_json()["offers"]) == 1


@pytest.mark.parametrize("broken", [ZeroDivisionError("secret"), RuntimeError("secret"), KeyError("secret"), TypeError("secret")])
def test_a_fault_inside_an_authorization_check_denies(small_office, broken, monkeypatch):
    def decide(*_args):
        raise broken

    monkeypatch.setattr(identity.access, "check", decide)
    answer = small_office.app_client("acme", "admin").get("/v1/offers")
    assert answer.status_code == 403
    assert b"secret" not in answer.data


@pytest.mark.parametrize("part", ["scopes_of", "who"])
def test_a_fault_while_finding_out_who_asks_denies(small_office, part, monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(identity.access, part, broken)
    answer = small_office.app_client("acme", "admin").get("/v1/offers")
    assert answer.status_code == 403


def test_a_store_that_is_down_denies_what_needs_it(settings):
    app = create_app(Settings.from_environment(today=TODAY, database_url="postgresql://nobody@127.0.0.1:1/none", secret_key=SECRET))
    answer = app.test_client().get("/v1/offers", headers={"Authorization": f"Bearer csk_{'0' * 32}_{'a' * 43}"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert app.test_client().post("/v1/offers/model", json={"role": ROLE, "base_usd": 1e5}).status_code == 200
    assert app.test_client().get("/offer").status_code == 200


def test_a_key_may_carry_less_than_its_role(small_office):
    key = small_office.store.accounts.add_key(small_office.ids["acme"], "reader", "recruiter", ("offers:read",))[1]
    small_office.keys["acme", "reader"] = key
    client = small_office.app_client("acme", "reader")
    assert client.get("/v1/offers").status_code == 200
    assert client.post("/v1/offers", json=OFFER).status_code == 403


def test_revoked_expired_and_altered_keys_open_nothing(small_office):
    store, workspace_id = small_office.store, small_office.ids["acme"]
    key_id, key = store.accounts.add_key(workspace_id, "k", "viewer", ())
    small_office.keys["acme", "k"] = key
    assert small_office.app_client("acme", "k").get("/v1/offers").status_code == 200
    store.accounts.revoke_key(workspace_id, key_id)
    old = store.accounts.add_key(workspace_id, "old", "viewer", (), days=0)[1]
    for given in (key, old, small_office.keys["acme", "viewer"][:-1] + "x", "csk_x_y", "", "Bearer", key.upper(), "csk_" + "0" * 32 + "_" + "a" * 43):
        small_office.keys["acme", "bad"] = given or "?"
        assert small_office.app_client("acme", "bad").get("/v1/offers").status_code == 401


def test_a_dumped_database_holds_no_usable_key(small_office, tmp_path):
    session = sign_in(small_office, "acme", "recruiter").get_cookie("compsvc").value
    small_office.store.engine.dispose()
    dump = "\n".join(sqlite3.connect(tmp_path / "kept.sqlite3").iterdump())
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for key in [*small_office.keys.values(), session, PASSWORD]:
        secret = key.split("_", 2)[2] if key.startswith("csk_") else key
        assert secret not in dump
        assert secret.encode() not in raw
    found = re.findall(r"[A-Za-z0-9_-]{43,}", dump)
    for text in {*found, *(f"csk_{key_id}_{text[:43]}" for text in found for key_id in re.findall(r"'([0-9a-f]{32})'", dump)[:5])}:
        small_office.keys["acme", "found"] = text
        assert small_office.app_client("acme", "found").get("/v1/offers").status_code == 401


def test_keys_hold_256_random_bits(small_office):
    import base64

    secrets = {key.split("_", 2)[2] for key in small_office.keys.values()}
    assert len(secrets) == len(small_office.keys)
    assert all(len(base64.urlsafe_b64decode(s + "=")) == 32 for s in secrets)


def test_too_many_failed_sign_ins_wait(small_office):
    client, email = small_office.app.test_client(), small_office.person("acme", "viewer")
    codes = [client.post("/sign-in", data={"email": email, "password": "wrong"}).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 429
    assert client.post("/sign-in", data={"email": small_office.person("acme", "admin"), "password": PASSWORD}).status_code == 303


def test_sign_out_disabling_and_foreign_forms(small_office):
    client = sign_in(small_office, "acme", "recruiter")
    assert client.get("/offers").status_code == 200
    cookie = client.get_cookie("compsvc")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert client.post("/offers", data={"reference": "x"}).status_code == 403
    assert client.post("/offer", data={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    client.post("/sign-out")
    client.set_cookie("compsvc", cookie.value)
    assert client.get("/offers").status_code == 401
    other = sign_in(small_office, "acme", "viewer")
    small_office.store.accounts.disable_person(small_office.ids["acme"], "viewer@acme.example")
    assert other.get("/offers").status_code == 401


def test_cookies_need_https_where_the_service_is_reached_from_elsewhere(tmp_path):
    settings = Settings.from_environment(host="0.0.0.0", database_url=f"sqlite:///{tmp_path}/x.sqlite3", secret_key=SECRET)
    assert settings.secure_cookies
    assert not Settings.from_environment(host="127.0.0.1").secure_cookies
    assert Settings.from_environment(host="127.0.0.1", https="yes").secure_cookies


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example", "/offers/../x", "/offers/ofr_1?x=//evil"])
def test_signing_in_leads_to_our_own_pages_alone(small_office, then):
    client = small_office.app.test_client()
    answer = client.post("/sign-in", data={"email": small_office.person("acme", "viewer"), "password": PASSWORD, "next": then})
    assert answer.headers["Location"] == "/offers"


def test_what_was_typed_survives_a_session_that_is_over(small_office):
    """On the offer, the Band and a step: sign in again, and go on where it was."""
    client = small_office.app.test_client()

    def again(path, role, **typed):
        asked = client.post(path, data=typed)
        assert asked.status_code == 401
        carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.get_data(as_text=True)))
        after = client.post("/sign-in", data={**carried, "email": small_office.person("acme", role), "password": PASSWORD})
        client.delete_cookie("compsvc")
        return after

    offer = again("/offers", "recruiter", title="Account Director", base_usd="123456", at="70", mix="60%", reference="REQ-7").get_data(as_text=True)
    assert all(f'value="{v}"' in offer for v in ("123456", "70", "60%", "REQ-7"))
    band = again("/band", "analyst", name="Ours", rules="*, M5, 65, 50%", why="yearly").get_data(as_text=True)
    assert "*, M5, 65, 50%" in band
    assert 'value="Ours"' in band
    offer_id = small_office.keep("acme")
    assert again(f"/offers/{offer_id}/state", "recruiter", to="submitted", version="1", why="x").headers["Location"] == f"/offers/{offer_id}"


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("threshold", "5", "5%"),
        ("threshold", ".4", "40%"),
        ("threshold", "40", "40%"),
        ("accelerator_above", "1", "100%"),
        ("accelerator_above", "110", "110%"),
        ("cap", "2.5", "250%"),
        ("merit_rate", "3", "3%"),
    ],
)
def test_percentages_are_read_as_they_are_meant(name, typed, kept):
    from compsvc.web.form import FORM_FIELDS, body_of

    found = body_of({"base_usd": "1", name: typed, "quota_usd": "1", "accelerator": "1.5", "tier_type": "marginal"})
    for part in FORM_FIELDS[name].strip("/").split("/"):
        found = found[int(part)] if isinstance(found, list) else found[part]
    assert found == kept


def test_a_rate_that_could_mean_two_things_is_refused():
    from compsvc.errors import RequestInvalid
    from compsvc.web.form import body_of

    with pytest.raises(RequestInvalid, match="two things"):
        body_of({"merit_rate": ".03"})


# --- the audit log -------------------------------------------------------------------


def tamper(rng, rows, heads):
    """Rows of the log after one random act of somebody with the whole database but not the secret."""
    rows = [dict(r) for r in rows]
    head = dict(heads)
    act = rng.choice(["change", "delete", "swap", "insert", "cut", "cut-and-head", "copy-seal", "renumber"])
    i = rng.randrange(len(rows))
    if act == "change":
        name = rng.choice(["at", "who", "action", "subject", "detail", "seal"])
        rows[i][name] = rows[i][name][:-1] + ("x" if rows[i][name][-1:] != "x" else "y") if rows[i][name] else "x"
    elif act == "delete":
        gone = rows.pop(i)
        if rng.random() < 0.5:
            for row in rows:
                row["n"] -= row["n"] > gone["n"]
            head["n"] -= 1
    elif act == "swap":
        j = rng.choice([k for k in range(len(rows)) if k != i])
        rows[i]["n"], rows[j]["n"] = rows[j]["n"], rows[i]["n"]
    elif act == "insert":
        rows.append({**rows[i], "n": len(rows) + 1, "subject": "made up"})
        head["n"] += 1
    elif act == "cut":
        rows = rows[:i]
    elif act == "cut-and-head":
        rows = rows[:i]
        head["n"], head["seal"] = len(rows), rows[-1]["seal"] if rows else "0" * 64
    elif act == "copy-seal":
        j = rng.choice([k for k in range(len(rows)) if k != i])
        rows[i]["who"], rows[i]["seal"] = rows[j]["who"] + "?", rows[j]["seal"]
    else:
        rows[i]["n"] += len(rows)
    return rows, head


def test_a_thousand_tamperings_with_the_audit_log_are_found(small_office):
    from sqlalchemy import delete, insert, select, text, update

    from compsvc.store.tables import audit, audit_heads

    store, workspace_id, rng = small_office.store, small_office.ids["acme"], random.Random(9)
    for _ in range(8):
        small_office.keep("acme")
    assert store.audit.verify(workspace_id) == []
    mine = audit.c.workspace_id == workspace_id
    with store.engine.connect() as connection:
        rows = [dict(r._mapping) for r in connection.execute(select(audit).where(mine).order_by(audit.c.n))]
        head = dict(connection.execute(select(audit_heads).where(audit_heads.c.workspace_id == workspace_id)).one()._mapping)
    with store.writing() as connection:
        for act in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_no_{act}"))

    def put(some, its_head):
        with store.writing() as connection:
            connection.execute(delete(audit).where(mine))
            if some:
                connection.execute(insert(audit), some)
            connection.execute(update(audit_heads).where(audit_heads.c.workspace_id == workspace_id).values(n=its_head["n"], seal=its_head["seal"]))

    missed = 0
    for _ in range(1_000):
        put(*tamper(rng, rows, head))
        missed += store.audit.verify(workspace_id) == []
    assert missed == 0
    put(rows, head)
    assert store.audit.verify(workspace_id) == []


def test_one_log_does_not_pass_for_another(small_office):
    """Sound entries of one workspace under another's name are found: the seal holds the workspace."""
    from compsvc.store.audit import FIRST, AuditLog, _sealed
    from compsvc.store.audit import Entry as E

    log = AuditLog(small_office.store, small_office.store.seals)
    entry = E(1, "2026-01-01", "x", "y", "z", "", "")
    acme, globex = small_office.ids.values()
    seal = log._seals.of("audit", _sealed(acme, entry, FIRST))
    assert not log._seals.matches("audit", _sealed(globex, entry, FIRST), seal)


def test_the_command_line_makes_keys_and_finds_tampering(tmp_path, runner, monkeypatch):
    from compsvc.cli import main

    monkeypatch.setenv("COMPSVC_DATABASE_URL", f"sqlite:///{tmp_path}/cli.sqlite3")
    monkeypatch.setenv("COMPSVC_SECRET_KEY", SECRET)

    def run(*words, code=0, given=None):
        result = runner.invoke(main, list(words), input=given)
        assert result.exit_code == code, result.output
        return result.output

    run("store", "upgrade")
    run("accounts", "workspace", "acme")
    assert "taken" in run("accounts", "workspace", "acme", code=2)
    assert "recruiter" in run("accounts", "person", "a@b.example", "--workspace", "acme", "--role", "boss", code=2)
    run("accounts", "person", "a@b.example", "--workspace", "acme", "--role", "viewer", "--password-stdin", given="long enough password\n")
    assert "at least 12" in run("accounts", "person", "c@b.example", "--workspace", "acme", "--role", "viewer", "--password-stdin", given="short\n", code=2)
    key = re.search(r"csk_([0-9a-f]{32})_\S+", run("accounts", "key", "ats", "--workspace", "acme", "--role", "viewer", "--scope", "offers:read"))
    assert "offers:write" not in run("accounts", "key", "x", "--workspace", "acme", "--role", "viewer", "--scope", "offers:write", code=2).split("Allowed")[1]
    assert key[1] in run("accounts", "list", "--workspace", "acme")
    run("accounts", "revoke", key[1], "--workspace", "acme")
    assert "revoked" in run("accounts", "list", "--workspace", "acme")
    assert "there is no workspace" in run("accounts", "list", "--workspace", "nobody", code=2)
    assert "is no address" in run(
        "accounts", "person", "ab", "--workspace", "acme", "--role", "viewer", "--password-stdin", given="long enough password\n", code=2
    )
    run("accounts", "disable", "a@b.example", "--workspace", "acme")
    assert "disabled" in run("accounts", "list", "--workspace", "acme")
    run("accounts", "password", "a@b.example", "--workspace", "acme", "--password-stdin", given="another long password\n")
    assert "disabled" not in run("accounts", "list", "--workspace", "acme")
    assert "Nobody signs in" in run("accounts", "password", "x@b.example", "--workspace", "acme", "--password-stdin", given="another long password\n", code=2)
    assert "whole" in run("audit", "verify")
    assert "acme" in run("audit", "head")
    with sqlite3.connect(tmp_path / "cli.sqlite3") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET who = 'nobody' WHERE n = 2")
    connection.close()
    assert "entry 2 was changed" in run("audit", "verify", code=1)
