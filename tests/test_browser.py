"""A person's way through the page, in headless Chromium, against the running gunicorn service."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.conftest import PROJECT, TODAY, in_ci

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def service():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "COMPSVC_PORT": str(port), "COMPSVC_TODAY": TODAY, "COMPSVC_WORKERS": "2"}
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
