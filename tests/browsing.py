"""What a test does in a browser: fill, press, sign in, take a picture."""

import json
import os
import urllib.request

from tests.conftest import PASSWORD, PROJECT


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
        if field.tag_name == "select":
            field.find_element("css selector", f"option[value='{value}']").click()
            continue
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
