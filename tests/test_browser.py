"""A person's way through the page, in headless Chromium, against the running gunicorn service."""

import time

import pytest

from tests.browsing import FORM, answer, api_pay, fetched, fill, press, shoot, sign_in, sign_out, type_in, wait_for
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def test_fill_the_form_and_read_the_same_number_as_the_api(browser, service):
    shown = fill(browser, service)
    pay = api_pay(service, FORM)
    assert shown == f"${pay['base']['p50']:,}"
    assert browser.find_element("id", "ote-p50").text == f"${pay['ote']['p50']:,}"
    rows = [[cell.text for cell in row.find_elements("css selector", "td")] for row in browser.find_elements("css selector", "#percentiles tbody tr")]
    assert [row[:5] for row in rows] == [[f"${pay[part][q]:,}" for q in ("p10", "p25", "p50", "p75", "p90")] for part in ("base", "variable", "ote")]
    whiskers = [bar.get_attribute("x1") for bar in browser.find_elements("css selector", "g.component .mid")]
    assert float(whiskers[1]) < float(whiskers[0]) < float(whiskers[2])
    assert shoot(browser, "page-desktop", 1200) <= 0
    assert shoot(browser, "page-phone", 390) <= 0


def test_the_answer_is_a_link(browser, service):
    fill(browser, service)
    address = browser.current_url
    assert "title=Account" in address
    browser.get("about:blank")
    browser.get(address)
    assert "Account Director" in browser.title


def test_suggestions_come_while_typing(browser, service):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(service + "/")
    browser.find_element(By.ID, "title").send_keys("account dir")
    names = WebDriverWait(browser, 10).until(lambda b: [o.get_attribute("value") for o in b.find_elements(By.CSS_SELECTOR, "#title-list option")])
    assert "Account Director" in names


def test_keyboard_alone_reaches_the_answer(browser, service):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(service + "/")
    for _ in range(20):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        if browser.switch_to.active_element.get_attribute("id") == "title":
            break
    ActionChains(browser).send_keys("Account Director", Keys.ENTER).perform()
    assert answer(browser).startswith("$")


def test_it_works_without_javascript(browser, service):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        assert fill(browser, service) == f"${api_pay(service, FORM)['base']['p50']:,}"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_every_field_has_a_label_and_pictures_have_words(browser, service):
    fill(browser, service)
    unlabelled = browser.execute_script(
        "return [...document.querySelectorAll('input,select')].filter(e => !document.querySelector(`label[for=\"${e.id}\"]`)).length"
    )
    unnamed = browser.execute_script("return [...document.querySelectorAll('svg')].filter(e => !e.getAttribute('aria-label')).length")
    assert (unlabelled, unnamed) == (0, 0)


def test_an_error_names_the_field_and_keeps_what_was_typed(browser, service):
    browser.get(service + "/?title=Account+Director&location=London")
    assert "outside the United States" in browser.find_element("css selector", "[role=alert]").text
    assert browser.find_element("id", "location").get_attribute("aria-invalid") == "true"
    assert browser.find_element("id", "location").get_attribute("value") == "London"


def test_accuracy_and_docs_pages(browser, service):
    for path in ("/accuracy", "/docs"):
        browser.get(service + path)
        assert browser.find_element("css selector", "h1").text
    browser.get(service + "/accuracy")
    shoot(browser, "accuracy-desktop", 1200)


# --- offers ---------------------------------------------------------------------------


def test_a_recruiter_from_job_title_to_an_approved_exported_offer(browser, service, kept):
    """The whole way, a signed-out start included; under five minutes of scripted steps, no dead end."""
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select

    started = time.monotonic()
    sign_out(browser, service)
    fill(browser, service)
    press(browser, "Build an offer for this role")
    assert browser.find_element("id", "base_usd").get_attribute("value")
    suggested = browser.find_element("id", "ote").text
    before = browser.find_element("id", "figures-title")
    browser.execute_script("const s = document.getElementById('base_usd-slider'); s.value = 130000; s.dispatchEvent(new Event('input', {bubbles: true}))")
    wait_for(browser, lambda b: b.find_element("id", "ote").text != suggested)
    assert browser.find_element("id", "base_usd").get_attribute("value") == "130000"
    assert before.id != browser.find_element("id", "figures-title").id, "the figures were swapped without a new page"
    type_in(
        browser, variable_usd="70k", sign_on_usd="10000", equity_usd="80000", quota_usd="900k", accelerator_above="100", accelerator="1.5", ramp="0%, 50%, 75%"
    )
    wait_for(browser, lambda b: b.find_elements("id", "expected-variable") and b.find_element("id", "ote").text == "$200,000")
    shoot(browser, "offer-desktop", 1200)
    assert shoot(browser, "offer-phone", 390) <= 0
    browser.set_window_size(1200, 900)
    type_in(browser, reference="REQ-1042", expires_on="2026-12-15")
    press(browser, "Sign in to keep it")
    type_in(browser, email="recruiter@acme.example", password=PASSWORD)
    assert press(browser, "Sign in") == "Build an offer"
    assert browser.find_element("id", "base_usd").get_attribute("value") == "130000"
    assert "REQ-1042" in press(browser, "Keep as draft")
    kept_at = browser.current_url
    press(browser, "Change it")
    type_in(browser, base_usd="132000", why="asked for a little more")
    press(browser, "Save the change")
    assert "$202,000" in browser.find_element("id", "ote").text
    press(browser, "Submit for approval")
    assert browser.find_element("id", "state").text == "submitted"
    assert "analyst or admin" in browser.find_element(By.CSS_SELECTOR, ".steps").text
    sign_out(browser, service)
    sign_in(browser, service, "analyst")
    browser.get(kept_at)
    press(browser, "Approve")
    assert browser.find_element("id", "state").text == "approved"
    sign_out(browser, service)
    sign_in(browser, service, "recruiter")
    browser.get(kept_at)
    press(browser, "Extend to the candidate")
    for link in browser.find_elements(By.CSS_SELECTOR, ".downloads a"):
        status, kind, length = fetched(browser, link.get_attribute("href"))
        assert (status, length > 100) == (200, True), (link.text, kind)
    shoot(browser, "offer-kept-desktop", 1200)
    press(browser, "Accepted")
    assert browser.find_element("id", "state").text == "accepted"
    press(browser, "Offers")
    Select(browser.find_element("id", "state")).select_by_value("accepted")
    press(browser, "Show")
    assert "REQ-1042" in browser.find_element(By.TAG_NAME, "table").text
    took = time.monotonic() - started
    assert took < 300
    who = kept.accounts.workspace_id("acme")
    assert kept.audit.verify(who) == []
    print(f"{took:.0f} s")


def test_an_offer_without_javascript(browser, service):
    sign_out(browser, service)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(service + "/offer?title=Account+Director&location=Austin%2C+TX")
        base = browser.find_element("id", "base_usd")
        assert base.get_attribute("value")
        base.clear()
        base.send_keys("150000")
        press(browser, "Work out")
        assert browser.find_element("css selector", "#standing tbody td").text == "$150,000"
        press(browser, "Suggest base and variable")
        assert browser.find_element("id", "base_usd").get_attribute("value") != "150000"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_ours_and_theirs_side_by_side(browser, service):
    browser.get(service + "/compare")
    type_in(browser, title="Account Director", location="Austin, TX", base_usd_a="120k", variable_usd_a="60k", base_usd_b="140k", equity_usd_b="100k")
    press(browser, "Compare")
    table = browser.find_element("id", "compared").text
    assert "ours" in table
    assert "$140,000 (+20000)" in table or "+20,000" in table
    shoot(browser, "compare-desktop", 1200)


def test_a_band_policy_by_its_form(browser, service):
    sign_out(browser, service)
    sign_in(browser, service, "analyst")
    browser.get(service + "/band")
    type_in(browser, name="US pay policy", effective_on="2026-01-01", rules="account-managment, M5, 60, 50%")
    press(browser, "Keep this version")
    assert "account-management" in browser.find_element("css selector", "[role=alert]").text
    assert "account-managment" in browser.find_element("id", "rules").get_attribute("value")
    type_in(browser, rules="account-management, M5, 60, 50%")
    press(browser, "Keep this version")
    assert "In force" in browser.find_element("id", "main").text
    browser.get(service + "/offer?title=Account+Director&location=Austin%2C+TX")
    assert "compa-ratio" in browser.find_element("id", "figures").text.lower()
    sign_out(browser, service)


@pytest.mark.parametrize("path", ["/", "/offer?title=Account+Director", "/compare", "/sign-in", "/accuracy", "/docs"])
def test_every_input_has_a_name_of_its_own(browser, service, path):
    browser.get(service + path)
    unnamed = browser.execute_script(
        "return [...document.querySelectorAll('input:not([type=hidden]),select,textarea,button')].filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim()).map(e => e.outerHTML)"
    )
    assert unnamed == []
    ids = browser.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def messy_workbook(path):
    """A plan as people send it: a merged title and header, currency signs, levels and a place left to guess, a total, a second sheet."""
    import datetime

    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("FY27 plan")
    month = book.add_format({"num_format": "mmm-yy"})
    sheet.merge_range("A1:J1", "Headcount plan FY27 (draft 3)")
    for j, name in ((0, "Job title"), (1, "Office"), (2, "Dept"), (3, "Level"), (4, "HC"), (7, "Start date"), (8, "Manager"), (9, "Notes")):
        sheet.merge_range(2, j, 3, j, name)
    sheet.merge_range("F3:G3", "Annual pay (USD)")
    sheet.write_row("F4", ["Base", "Target bonus"])
    lines = [
        ["Account Director", "Austin, TX", "Client services", None, 2, None, None, datetime.datetime.fromisoformat("2027-03-15"), "Dana", "backfill"],
        ["Account Manager", "Austin, TX", "Client services", "P3", 6, "$82,000", "28k", None, "Dana", None],
        ["Sr. Software Engineer", "Denver", "Product", "IC4", 3, "TBD", "\u2014", "Q2 2027", "Lee", None],
        ["VP Client Services", "New York, NY", "Client services", "L9", 1, "\u20ac 240.000", None, "2027-01-15", "CEO", "?"],
        ["Financial Analyst", "Atlantis", "Finance", None, "one", 95_000.0, 0, "03/04/2027", None, None],
    ]
    for i, line in enumerate(lines, start=4):
        for j, value in enumerate(line):
            if isinstance(value, datetime.datetime):
                sheet.write_datetime(i, j, value, month)
            elif value is not None:
                sheet.write(i, j, value)
    sheet.write(10, 0, "Total")
    sheet.write_formula(10, 4, "=SUM(E5:E9)", None, 12)
    book.add_worksheet("Assumptions").write(0, 0, "merit 3 %")
    book.close()


def saved(browser, script_form):
    """(status, content type, bytes) of the plan's form sent as a download."""
    import base64

    status, kind, data = browser.execute_async_script(
        "const [form, done] = arguments; const d = new FormData(document.querySelector('#plan')); d.append('as', form);"
        "fetch('/plan', {method: 'POST', body: d}).then(async r => { const b = new Uint8Array(await r.arrayBuffer()); let s = ''; for (const c of b) s += String.fromCharCode(c); done([r.status, r.headers.get('Content-Type'), btoa(s)]) })",
        script_form,
    )
    return status, kind, base64.b64decode(data)


def test_a_planner_from_a_messy_workbook_to_one_that_adds_up(browser, service, kept, tmp_path):
    """Upload, say what columns are, mend cells, choose a level, compare two scenarios, take the files; LibreOffice works the workbook out to the page's totals."""
    from tests.test_plans import sheets_of, worked_out_again

    began = time.monotonic()
    kept.accounts.add_person(kept.accounts.workspace_id("acme"), "planner@acme.example", "planner", PASSWORD)
    messy_workbook(tmp_path / "messy.xlsx")
    sign_out(browser, service)
    sign_in(browser, service, "planner")
    press(browser, "Headcount plan")
    browser.find_element("id", "file").send_keys(str(tmp_path / "messy.xlsx"))
    press(browser, "Cost it")
    asked = browser.find_elements("css selector", "#repair select")
    assert [browser.find_element("css selector", f"label[for={s.get_attribute('id')}]").text for s in asked] == ["Manager", "Notes"]
    press(browser, "Go on")
    notes = browser.find_element("css selector", ".notes").text
    assert "is a total and was left out" in notes
    assert "IC4" in notes
    mending = {e.get_attribute("name"): e for e in browser.find_elements("css selector", "#repair [name]")}
    assert set(mending) == {"fix-3-base_usd", "fix-3-level", "fix-4-location", "fix-4-count", "fix-4-start_on"}
    assert shoot(browser, "plan-mend-desktop", 1200) <= 0
    browser.set_window_size(1200, 900)
    type_in(browser, **{"fix-3-base_usd": "260000", "fix-4-location": "Chicago, IL", "fix-4-count": "1", "fix-4-start_on": "2027-04-03", "fix-3-level": "E1"})
    type_in(browser, months="18", merit_rate="3.2", attrition="10", scenario="slow hiring", hire_slip_months_b="2", market_percentile_b="60")
    press(browser, "Take these over and cost it")
    totals = [r.text.split() for r in browser.find_elements("css selector", "#totals tbody tr")]
    assert [row[0] for row in totals] == ["plan", "slow"]
    levels = browser.find_elements("css selector", "#priced select")
    assert levels, "rows without a level can be given one"
    levels[0].find_element("css selector", "option[value=P3]").click()
    press(browser, "Cost it again")
    assert len(browser.find_elements("css selector", "#priced select")) == len(levels) - 1
    totals = [[c.text for c in r.find_elements("css selector", "td")] for r in browser.find_elements("css selector", "#totals tbody tr")]
    assert len(browser.find_elements("css selector", "svg rect")) > 18 * 3
    assert shoot(browser, "plan-desktop", 1200) <= 0
    assert shoot(browser, "plan-phone", 390) <= 0
    browser.set_window_size(1200, 900)
    for form, kind, begins in (("csv", "text/csv", b"\xef\xbb\xbf"), ("svg", "image/svg+xml", b"<svg"), ("png", "image/png", b"\x89PNG")):
        status, content_type, data = saved(browser, form)
        assert (status, content_type.split(";")[0], data[: len(begins)]) == (200, kind, begins)
    status, _, data = saved(browser, "xlsx")
    assert status == 200
    expected = next(row for row in sheets_of(worked_out_again(data, tmp_path))["Compare"] if row[0] == "expected")
    assert [f"${usd:,.0f}" for usd in expected[1:3]] == [row[0] for row in totals]
    press(browser, "Cost and keep")
    wait_for(browser, lambda b: b.find_elements("css selector", "#state.done"), 40)
    assert [c.text for c in browser.find_elements("css selector", "#totals tbody td:nth-child(2)")] == [row[0] for row in totals]
    print(f"from a messy workbook to a kept plan in {time.monotonic() - began:.0f} s of scripted steps")
    sign_out(browser, service)
