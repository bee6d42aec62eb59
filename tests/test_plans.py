"""Plans that are kept and costed in the background: a queue that loses and doubles nothing, runners that are killed, and the doors to it."""

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from compsvc import headcount, schemas
from compsvc.errors import NotFound, StateConflict
from compsvc.headcount import exports, runner
from compsvc.schemas import headcount as contract
from compsvc.store import plans as kept_plans
from tests.conftest import PASSWORD, TODAY, in_ci
from tests.test_writers import Server

PLAN = {
    "from": "2027-01",
    "name": "2027",
    "draws": 200,
    "rows": [
        {"title": "Account Director", "location": "Austin, TX", "team": "CS", "start_on": "2027-03-15", "count": 3},
        {"title": "Software Engineer", "location": "Denver, CO", "team": "Product", "count": 4},
    ],
    "scenarios": [{"name": "slow <hiring>", "hire_slip_months": 2, "attrition": 0.2}],
}
ASYNC = {"Prefer": "respond-async"}


def direct(model, plan=PLAN):
    return headcount.cost_plan(model, schemas.load(contract.PLAN, plan), TODAY)


def keep(store, who, plan=PLAN, key=None):
    return store.plans.keep(who, plan, 7, 14, key, "0" * 64)[0]


# --- the queue ---------------------------------------------------------------------------


def test_a_plan_is_claimed_run_and_kept(office, model):
    who = office.who("acme", "planner")
    plan = keep(office.store, who)
    assert (plan.state, plan.done, plan.total) == ("queued", 0, 14)
    with pytest.raises(StateConflict):
        office.store.plans.result(who, plan.id)
    assert runner.run_waiting(office.store, lambda: model, lambda: TODAY, 1) == 1
    assert office.store.plans.get(who, plan.id).state == "done"
    assert office.store.plans.result(who, plan.id) == direct(model)
    with pytest.raises(NotFound):
        office.store.plans.get(office.who("globex", "planner"), plan.id)


def test_twenty_plans_and_eight_runners_at_once(office):
    """Each plan is claimed by one runner, whatever the others do."""
    who = office.who("acme", "planner")
    made = {keep(office.store, who).id for _ in range(20)}
    gate = threading.Barrier(8)

    def take(i):
        gate.wait()
        found = []
        while (claimed := office.store.plans.claim(f"r{i}", 100)) is not None:
            found.append(claimed.id)
        return found

    with ThreadPoolExecutor(8) as pool:
        taken = [plan_id for found in pool.map(take, range(8)) for plan_id in found]
    assert sorted(taken) == sorted(made)
    assert office.store.plans.claim("another", 20) is None


def test_no_more_run_at_once_than_may(office):
    who = office.who("acme", "planner")
    for _ in range(3):
        keep(office.store, who)
    assert office.store.plans.claim("a", 2)
    assert office.store.plans.claim("b", 2)
    assert office.store.plans.claim("c", 2) is None
    assert office.store.plans.waiting(3) == 1
    assert office.store.plans.waiting(2) == 0


def test_a_silent_runner_loses_its_plan_and_five_of_them_end_it(office, monkeypatch):
    who = office.who("acme", "planner")
    plan = keep(office.store, who)
    monkeypatch.setattr(kept_plans, "LEASE_SECONDS", -2)
    for i in range(5):
        claimed = office.store.plans.claim(f"r{i}", 1)
        assert claimed is not None
        assert office.store.plans.waiting(1) == 1
        if i:
            assert not office.store.plans.beat(plan.id, f"r{i - 1}", 1), "the one before has it no longer"
            assert not office.store.plans.finish(plan.id, f"r{i - 1}", {"total": 1})
    assert office.store.plans.claim("r5", 1) is None
    failed = office.store.plans.get(who, plan.id)
    assert failed.state == "failed"
    assert "5 times" in failed.problem["message"]


def test_a_cancelled_plan_stops(office, model, monkeypatch):
    who = office.who("acme", "planner")
    plan = keep(office.store, who, {**PLAN, "rows": [{**PLAN["rows"][0], "count": 3_000}], "draws": 1_000})
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.05)

    def cancel():
        while office.store.plans.get(who, plan.id).done == 0:
            time.sleep(0.02)
        office.store.plans.cancel(who, plan.id)

    thread = threading.Thread(target=cancel)
    thread.start()
    runner.run_waiting(office.store, lambda: model, lambda: TODAY, 1)
    thread.join()
    stopped = office.store.plans.get(who, plan.id)
    assert stopped.state == "cancelled"
    assert 0 < stopped.done < 6_000
    with pytest.raises(StateConflict):
        office.store.plans.cancel(who, plan.id)


def test_a_plan_that_cannot_be_priced_fails_with_its_rows(office, model):
    who = office.who("acme", "planner")
    plan = keep(office.store, who, {**PLAN, "rows": [*PLAN["rows"], {"title": "Account Director", "location": "Atlantis"}]})
    keep(office.store, who)
    assert runner.run_waiting(office.store, lambda: model, lambda: TODAY, 1) == 2
    failed = office.store.plans.get(who, plan.id)
    assert (failed.state, failed.problem["errors"][0]["pointer"]) == ("failed", "/rows/2/location")


def test_the_same_key_keeps_one_plan(office):
    planner = office.app_client("acme", "planner")
    headers = {**ASYNC, "Idempotency-Key": "a-key-of-mine"}
    first, again = (planner.post("/v1/plans", json=PLAN, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert planner.post("/v1/plans", json={**PLAN, "name": "x"}, headers=headers).status_code == 409
    assert planner.post("/v1/plans", json=PLAN, headers={**ASYNC, "Idempotency-Key": "short"}).status_code == 422


# --- doors -------------------------------------------------------------------------------


def test_a_kept_plan_by_the_api(small_office, model):
    planner = small_office.app_client("acme", "planner")
    sent = planner.post("/v1/plans", json=PLAN, headers=ASYNC)
    where = sent.headers["Location"]
    assert (sent.status_code, sent.headers["Preference-Applied"]) == (202, "respond-async")
    assert planner.get(where).headers["Retry-After"]
    assert planner.get(f"{where}/result").status_code == 409
    runner.run_waiting(small_office.store, lambda: model, lambda: TODAY, 1)
    assert planner.get(where).get_json()["state"] == "done"
    assert planner.get(f"{where}/result").data == planner.post("/v1/plans", json=PLAN).data
    for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("svg", b"<svg"), ("png", b"\x89PNG")):
        file = planner.get(f"{where}/result?as={form}")
        assert (file.status_code, file.data[: len(begins)]) == (200, begins), form
    assert planner.post(f"{where}/cancel").status_code == 409
    assert [p["name"] for p in planner.get("/v1/plans").get_json()["plans"]] == ["2027"]
    actions = [entry.action for entry in small_office.store.audit.entries(small_office.ids["acme"])]
    assert actions.count("plan.keep") == 1
    assert actions.count("plan.read") == 5


def test_a_position_in_the_band_needs_one_and_costs_what_it_says(small_office, model):
    planner, analyst = small_office.app_client("acme", "planner"), small_office.app_client("acme", "analyst")
    row = {"title": "Account Director", "location": "Austin, TX", "variable_usd": 0}
    plan = {"from": "2027-01", "rows": [{**row, "band_position": p} for p in (0, 0.5, 1)]}
    refused = planner.post("/v1/plans", json=plan)
    assert (refused.status_code, [e["pointer"] for e in refused.get_json()["errors"]]) == (422, [f"/rows/{i}/band_position" for i in range(3)])
    policy = {"name": "p", "effective_on": "2026-01-01", "default": {"market_percentile": 60, "spread": 0.5}}
    assert analyst.post("/v1/band-policies", json=policy).status_code == 201
    found = planner.post("/v1/plans", json=plan).get_json()
    band = analyst.post("/v1/offers/model", json={"role": {"title": "Account Director", "location": "Austin, TX"}, "base_usd": 100_000}).get_json()["band"]
    rows = found["scenarios"][0]["rows"]
    assert [r["base_usd"] for r in rows] == [band["min_usd"], round((band["min_usd"] + band["max_usd"]) / 2), band["max_usd"]]
    assert {r["pay_from"] for r in rows} == {"band"}
    where = planner.post("/v1/plans", json=plan, headers=ASYNC).headers["Location"]
    runner.run_waiting(small_office.store, lambda: model, lambda: TODAY, 1)
    assert planner.get(f"{where}/result").get_json() == found, "the runner reads the workspace's own Bands"
    twice = {**plan, "rows": [{**row, "band_position": 0.5, "base_usd": 90_000}]}
    assert planner.post("/v1/plans", json=twice).get_json()["errors"][0]["pointer"] == "/rows/0/band_position"


def test_a_large_plan_is_kept_and_one_past_every_limit_refused(small_office):
    planner = small_office.app_client("acme", "planner")
    large = {"from": "2027-01", "months": 36, "rows": [{**PLAN["rows"][0], "count": 2_000}]}
    assert planner.post("/v1/plans", json=large).status_code == 202
    for change, pointer in (({"count": 10_000, "months": 60, "draws": 10_000}, "/rows"),):
        refused = planner.post("/v1/plans", json={"from": "2027-01", "months": 60, "draws": 10_000, "rows": [{**PLAN["rows"][0], "count": 10_000}] * 2})
        assert (refused.status_code, refused.get_json()["errors"][0]["pointer"]) == (422, pointer), change


# --- files -------------------------------------------------------------------------------


def test_every_line_of_the_csv_adds_up(model):
    import csv

    lines = list(csv.DictReader(io.StringIO(exports.of(direct(model), "csv")[0].decode("utf-8-sig"))))
    for name in ("2027", "slow <hiring>"):
        mine = [line for line in lines if line["scenario"] == name]
        total = int(next(line for line in mine if line["by"] == "total")["expected_usd"])
        for by in ("month", "quarter", "year", "team", "level", "location"):
            assert sum(int(line["expected_usd"]) for line in mine if line["by"] == by) == total, by


def test_pictures_hold_every_month_and_what_people_wrote_is_text(model):
    from PIL import Image

    found = direct(model)
    svg = exports.of(found, "svg")[0].decode()
    assert "slow &lt;hiring&gt;" in svg
    assert "<hiring>" not in svg
    assert svg.count("<rect") > 12 * 3
    with zipfile.ZipFile(io.BytesIO(exports.of(found, "xlsx")[0])) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()
    with Image.open(io.BytesIO(exports.of(found, "png")[0])) as image:
        assert image.size[0] == 1_720
        assert len(image.convert("RGB").getcolors(100_000)) > 20


def office_program():
    """LibreOffice, which CI must have."""
    found = shutil.which("soffice")
    if found is None:
        if in_ci():
            pytest.fail("CI must install LibreOffice")
        pytest.skip("no LibreOffice here; install libreoffice-calc to have a workbook worked out again")
    return found


def worked_out_again(data, tmp_path):
    """The workbook as LibreOffice works it out from its formulas alone: what the cells held is taken out first."""
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(bare, "w") as out:
        for info in source.infolist():
            part = source.read(info)
            if info.filename.startswith("xl/worksheets/"):
                part = re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", part)
            out.writestr(info.filename, part)
    (tmp_path / "bare.xlsx").write_bytes(bare.getvalue())
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    words = [
        office_program(),
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path / "out"),
        str(tmp_path / "bare.xlsx"),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    return (tmp_path / "out" / "bare.xlsx").read_bytes()


def sheets_of(data):
    """Cells of every sheet by name."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_libreoffice_works_the_workbook_out_to_the_same_totals(model, tmp_path):
    found = direct(model, {**PLAN, "months": 18})
    data = exports.of(found, "xlsx")[0]
    ours, theirs = sheets_of(data), sheets_of(worked_out_again(data, tmp_path))
    assert ours.keys() == theirs.keys()
    for name, cells in ours.items():
        for mine, again in zip(cells, theirs[name], strict=True):
            assert mine == again[: len(mine)], name
    formulas = sum(part.count(b"<f>") for part in parts_of(data))
    assert formulas > 2 * (18 + 9) + 2 * 8
    total = {row[0]: row[1:] for row in theirs["Compare"]}["expected"]
    assert total[:2] == [s["total"]["expected_usd"] for s in found["scenarios"]]
    print(f"{formulas} formulas worked out again by LibreOffice, every cell the same; totals {total}")


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]


# --- runners that are killed ---------------------------------------------------------------


def runners_of(url):
    """Processes that run plans of this store."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and b"plans\0work" in (entry / "cmdline").read_bytes() and url.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


def wait_for(what, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


@pytest.fixture
def planners(tmp_path):
    found = Server(f"sqlite:///{tmp_path}/kept.sqlite3", tmp_path, "planner")
    yield found
    found.close()
    for pid in runners_of(found.store.url):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def test_killed_runners_and_a_killed_server_lose_no_plan(planners, model):
    """Five plans accepted; the runner is killed in the middle of one, then the whole server and the runner; every plan ends done, with the figures of one that was never disturbed."""
    plans = [{"from": "2027-01", "months": 24, "name": f"plan {i}", "rows": [{**PLAN["rows"][0], "count": 1_200 + i}]} for i in range(5)]
    ids = []
    for plan in plans:
        status, headers, body, _ = planners.ask("POST", "/v1/plans", plan, headers=ASYNC, key=True)
        assert (status, headers["Location"]) == (202, f"/v1/plans/{body['id']}")
        ids.append(body["id"])

    def states():
        return [planners.ask("GET", f"/v1/plans/{plan_id}", key=True)[2] for plan_id in ids]

    wait_for(lambda: any(s["state"] == "running" and s["done"] for s in states()))
    killed = runners_of(planners.store.url)
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    wait_for(lambda: any(s["attempts"] == 2 for s in states()))
    taken_over = time.monotonic() - began
    planners.kill()
    for pid in runners_of(planners.store.url):
        os.kill(pid, signal.SIGKILL)
    planners.start()
    wait_for(lambda: all(s["state"] == "done" for s in states()), 150)
    print(f"a plan was taken over {taken_over:.1f} s after its runner was killed; attempts {[s['attempts'] for s in states()]}")
    for plan, plan_id in zip(plans, ids, strict=True):
        assert planners.ask("GET", f"/v1/plans/{plan_id}/result", key=True)[2] == direct(model, plan)


# --- pages -------------------------------------------------------------------------------


def signed_in(office, role="planner"):
    client = office.app.test_client()
    assert client.post("/sign-in", data={"email": office.person("acme", role), "password": PASSWORD}).status_code == 303
    return client


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def table_in(page):
    import html

    return html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.S)[1])


def test_cells_are_mended_on_the_page_and_only_in_the_table_they_belong_to(small_office):
    client = signed_in(small_office)
    table = "title,location,level,count\nAccount Director,Atlantis,,2\nAnalyst,Texas,L9,x"
    page = client.post("/plan", data={"rows": table, "from": "2027-01"}).get_data(as_text=True)
    for name in ("fix-0-location", "fix-1-level", "fix-1-count"):
        assert f'name="{name}"' in page, "every cell at once, the market's and the contract's"
    fixes = {"fix-0-location": "Austin, TX", "fix-1-level": "P3", "fix-1-count": "4"}
    form = {"rows": table_in(page).replace("\n", "\r\n"), "from": "2027-01", "seal": hidden(page, "seal"), **fixes}
    edited = client.post("/plan", data={**form, "rows": form["rows"] + "Analyst,Texas,P3,1\r\n"})
    assert edited.status_code == 422
    assert "not taken over" in edited.get_data(as_text=True)
    done = client.post("/plan", data=form)
    assert done.status_code == 200
    assert table_in(done.get_data(as_text=True)) == 'title,level,location,count\nAccount Director,,"Austin, TX",2\nAnalyst,P3,Texas,4\n'


def test_a_mended_cell_stays_in_its_row(small_office):
    client = signed_in(small_office)
    table = 'Title,Location,Base,Bonus\nAccount Manager,"Austin, TX",100000,0\nTBD,n/a,,\nAccount Director,"Denver, CO",150000,0'
    page = client.post("/plan", data={"rows": table, "from": "2027-01"}).get_data(as_text=True)
    form = {"rows": table_in(page), "from": "2027-01", "seal": hidden(page, "seal"), "fix-1-title": "Data Analyst"}
    done = table_in(client.post("/plan", data=form).get_data(as_text=True))
    assert done == 'title,location,base_usd,variable_usd\nAccount Manager,"Austin, TX",100000,0\nData Analyst,,,\nAccount Director,"Denver, CO",150000,0\n'


def test_a_form_sent_twice_keeps_one_plan(small_office):
    client = signed_in(small_office)
    page = client.get("/plan").get_data(as_text=True)
    form = {"rows": "title,location\nAccount Director,Texas", "from": "2027-01", "as": "keep", "csrf": hidden(page, "csrf"), "once": hidden(page, "once")}
    assert client.post("/plan", data=form).headers["Location"] == client.post("/plan", data=form).headers["Location"]


def test_columns_are_named_on_the_page(small_office):
    client = signed_in(small_office)
    data = {"rows": "Role,Wo,Notes\nAccount Director,Texas,=1+1", "from": "2027-01"}
    page = client.post("/plan", data=data).get_data(as_text=True)
    assert 'name="column-1"' in page
    form = {**data, "rows": table_in(page), "seal": hidden(page, "seal"), "column-1": "location", "column-2": "-"}
    done = client.post("/plan", data=form)
    assert done.status_code == 200
    assert table_in(done.get_data(as_text=True)) == "title,location\nAccount Director,Texas\n"


def test_a_kept_plan_by_the_page(small_office, model):
    client = signed_in(small_office)
    csrf = hidden(client.get("/plan").get_data(as_text=True), "csrf")
    form = {
        "rows": "title,location,start\nAccount Director,Texas,2027-02-01",
        "from": "2027-01",
        "name": "Q1 <b>",
        "hires_in": "Boise, ID: 50%",
        "scenario": "late",
        "hire_slip_months_b": "2",
    }
    form |= {"merit_limits": "0.9, 1.1", "merit_raises": "strong: 5%, 4%, 3%", "merit_budget": "3", "rates": "EUR: 1.1"}
    assert client.post("/plan", data={**form, "as": "keep"}).status_code == 422, "without the form's seal"
    where = client.post("/plan", data={**form, "as": "keep", "csrf": csrf}).headers["Location"]
    waiting = client.get(where)
    assert waiting.headers["Refresh"] == f"2; url={where}"
    assert "<progress" in waiting.get_data(as_text=True)
    runner.run_waiting(small_office.store, lambda: model, lambda: TODAY, 1)
    page = client.get(where).get_data(as_text=True)
    assert "Q1 &lt;b&gt;" in page
    assert 'id="cost"' in page
    assert client.get(f"{where}/xlsx").data[:2] == b"PK"
    edit = client.get(f"{where}/edit").get_data(as_text=True)
    for name in ("name", "hires_in", "scenario", "hire_slip_months_b", "merit_limits", "merit_raises"):
        import html

        assert html.unescape(hidden(edit, name)) == form[name], name
    assert "Q1 &lt;b&gt;" in client.get("/plans").get_data(as_text=True)


def test_a_plan_that_failed_is_mended_from_its_page(small_office, model):
    client = signed_in(small_office)
    plan = keep(small_office.store, small_office.who("acme", "planner"), {"from": "2027-01", "rows": [{"title": "Account Director", "location": "Atlantis"}]})
    runner.run_waiting(small_office.store, lambda: model, lambda: TODAY, 1)
    page = client.get(f"/plans/{plan.id}").get_data(as_text=True)
    assert "failed" in page
    assert "Row 1, location: " in page
    assert 'name="fix-0-location"' in client.get(f"/plans/{plan.id}/edit").get_data(as_text=True)
