"""A person's way through the page, in headless Chromium, against the running gunicorn service."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from compsvc.sealing import Seals
from compsvc.store import Store
from tests.conftest import PASSWORD, PROJECT, SECRET, TODAY, in_ci

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A store with a workspace, a recruiter and an analyst."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'kept.sqlite3'}", Seals(SECRET, Path("none")))
    store.upgrade()
    workspace_id = store.accounts.add_workspace("acme")
    for role in ("recruiter", "analyst", "viewer"):
        store.accounts.add_person(workspace_id, f"{role}@acme.example", role, PASSWORD)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def service(kept):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "COMPSVC_PORT": str(port),
        "COMPSVC_TODAY": TODAY,
        "COMPSVC_WORKERS": "2",
        "COMPSVC_DATABASE_URL": kept.url,
        "COMPSVC_SECRET_KEY": SECRET,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:compsvc.gunicorn", "compsvc.app:create_app()"], cwd=PROJECT, env=env, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                with urllib.request.urlopen(address + "/readyz", timeout=2) as response:
                    assert response.status == 200
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("the service did not start")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        if in_ci():
            pytest.fail("Chromium and chromedriver are needed in CI")
        pytest.skip("Chromium or chromedriver is not installed; `apt-get install chromium chromium-driver` to run browser tests")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield found
    found.quit()


def api_pay(service, role):
    request = urllib.request.Request(service + "/v1/ranges", json.dumps(role).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["pay"]


def answer(browser):
    """The median on the page, once the answer is there."""
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 20).until(lambda b: [e.text for e in b.find_elements("id", "p50") if e.text])[0]


FORM = {"title": "Account Director", "location": "Austin, TX", "industry": "ad agency", "employees": "200"}


def fill(browser, service):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser.get(service + "/")
    for name, value in FORM.items():
        browser.find_element(By.ID, name).send_keys(value, Keys.TAB)
    browser.find_element(By.CSS_SELECTOR, "button").click()
    return answer(browser)


def shoot(browser, name, width):
    """A screenshot of the whole page in docs/ when COMPSVC_SCREENSHOTS is set, at the given width."""
    browser.set_window_size(width, 900)
    height = browser.execute_script("return document.documentElement.scrollHeight")
    browser.set_window_size(width, min(height + 150, 4000))
    overflow = browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if os.environ.get("COMPSVC_SCREENSHOTS"):
        browser.save_screenshot(str(PROJECT / "docs" / f"{name}.png"))
    return overflow


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


def wait_for(browser, found, seconds=15):
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, seconds).until(found)


def press(browser, words):
    """Press the button or follow the link with these words, and wait for the page that follows."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.common.by import By

    old = browser.find_element(By.TAG_NAME, "html")
    named = f"*[self::a or self::button][normalize-space()='{words}'][not(@aria-hidden)]"
    found = browser.find_elements(By.XPATH, f"//main//{named}") or browser.find_elements(By.XPATH, f"//{named}")
    assert found, f"no '{words}' on {browser.current_url}"
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found[0])
    found[0].click()

    def gone(_browser):
        try:
            return not old.is_enabled()
        except WebDriverException:
            return True

    wait_for(browser, gone)
    return wait_for(browser, lambda b: b.find_element("css selector", "h1")).text


def type_in(browser, **values):
    for name, value in values.items():
        field = browser.find_element("id", name)
        browser.execute_script("for (let e = arguments[0].closest('details'); e; e = e.parentElement.closest('details')) e.open = true", field)
        field.clear()
        field.send_keys(value)


def sign_in(browser, service, role):
    browser.get(service + "/sign-in")
    type_in(browser, email=f"{role}@acme.example", password=PASSWORD)
    press(browser, "Sign in")


def sign_out(browser, service):
    browser.delete_all_cookies()
    browser.get(service + "/")


def fetched(browser, href):
    """(status, content type, length) of a download, asked for as the page would."""
    return browser.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0]).then(async r => done([r.status, r.headers.get('Content-Type'), (await r.arrayBuffer()).byteLength]))",
        href,
    )


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


def test_a_planner_from_rows_to_a_workbook(browser, service, kept):
    """Paste rows with mistakes, mend them, compare a scenario, see the band, take the workbook."""
    kept.accounts.add_person(kept.accounts.workspace_id("acme"), "planner@acme.example", "planner", PASSWORD)
    sign_out(browser, service)
    sign_in(browser, service, "planner")
    press(browser, "Headcount plan")
    type_in(browser, rows="title,location,start_on,count\nAccount Director,Lndon,2027-03-15,2\nAccount Manager,Austin TX,,x")
    press(browser, "Cost it")
    said = browser.find_element("css selector", "[role=alert]").text
    assert "Row 2, count" in said
    type_in(
        browser,
        rows="title,location,team,start_on,count\nAccount Director,Austin TX,CS,2027-03-15,2\nSoftware Engineer,Denver,Product,,3",
        months="18",
        merit_rate="3.2",
        attrition="10",
    )
    type_in(browser, scenario="slow hiring", hire_slip_months_b="2")
    press(browser, "Cost it")
    totals = [r.text for r in browser.find_elements("css selector", "#totals tbody tr")]
    assert len(totals) == 2
    assert totals[1].startswith("slow hiring")
    assert len(browser.find_elements("css selector", "svg.costs rect")) > 18
    assert shoot(browser, "plan-desktop", 1200) <= 0
    assert shoot(browser, "plan-phone", 390) <= 0
    browser.set_window_size(1200, 900)
    size = browser.execute_async_script(
        "const done = arguments[0]; const f = document.querySelector('main form'); const d = new FormData(f); d.append('as', 'xlsx');"
        "fetch('/plan', {method: 'POST', body: d}).then(async r => done([r.status, (await r.arrayBuffer()).byteLength, r.headers.get('Content-Type')]))"
    )
    assert size[0] == 200
    assert size[1] > 5_000
    assert "spreadsheetml" in size[2]
    sign_out(browser, service)
