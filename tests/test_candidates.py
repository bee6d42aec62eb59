"""A candidate's and a recruiter's way through postings, checks and ladders, in headless Chromium: by mouse, by keyboard alone, without JavaScript; and no page with an accessibility violation that axe-core finds."""

import json
import urllib.request

import pytest

from compsvc import access
from tests.browsing import press, shoot, sign_in, sign_out, type_in, wait_for
from tests.conftest import PROJECT
from tests.test_papers import docx

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

POSTING = (PROJECT / "tests" / "postings" / "tune" / "a01-senior-account-manager.txt").read_text(encoding="utf-8")
AXE = (PROJECT / "tests" / "axe" / "axe.min.js").read_text(encoding="utf-8")
ROLE = {"title": "Account Director", "location": "Denver, CO", "industry": "ad agency", "employees": "200"}


def asked(service, path, body):
    request = urllib.request.Request(service + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def violations(browser):
    """What axe-core finds on the page that is open, WCAG 2.1 A and AA and its best practices: (rule, how bad, the first place)."""
    browser.execute_script(AXE)
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations), e => done([{id: String(e), impact: '', nodes: [{html: ''}]}]))"
    )
    return [(v["id"], v["impact"], v["nodes"][0]["html"][:160]) for v in found]


def without_scripts(browser, off=True):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": off})


def keys(browser, *what):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*what).perform()


def tab_to(browser, test, most=80):
    """Move by Tab until the focused element passes a test."""
    from selenium.webdriver.common.keys import Keys

    for _ in range(most):
        keys(browser, Keys.TAB)
        if test(browser.switch_to.active_element):
            return browser.switch_to.active_element
    pytest.fail("the keyboard does not get there")


def named(name):
    return lambda element: element.get_attribute("id") == name


def button(words):
    return lambda element: element.tag_name == "button" and element.text == words


def paste(browser, text):
    browser.execute_script("arguments[0].value = arguments[1]", browser.find_element("id", "text"), text)


def test_a_recruiter_reads_a_posting_mends_it_and_takes_what_to_post(browser, service):
    sign_out(browser, service)
    press(browser, "Read a posting")
    paste(browser, POSTING)
    press(browser, "Read it")
    told = asked(service, "/v1/postings", {"text": POSTING})
    assert browser.find_element("id", "title").get_attribute("value") == told["role"]["title"]
    assert [row.find_element("tag name", "th").text for row in browser.find_elements("css selector", "#stated tbody tr")] == [
        " ".join(p["words"].split()) for p in told["pay"]
    ]
    medians = [row.find_elements("tag name", "td")[2].text for row in browser.find_elements("css selector", "#percentiles tbody tr")]
    assert medians == [f"${told['range']['pay'][name]['p50']:,}" for name in ("base", "variable", "ote")]
    assert f"{told['to_post']['low']:,} to {told['to_post']['high']:,}" in browser.find_element("id", "to-post").text
    assert len(browser.find_elements("css selector", "mark.pay")) >= len(told["pay"])
    shoot(browser, "posting-desktop", 1200)
    assert shoot(browser, "posting-phone", 390) <= 0
    browser.set_window_size(1200, 900)
    type_in(browser, location="Boise, ID", industry="")
    press(browser, "Price with these fields")
    mended = asked(service, "/v1/postings", {"text": POSTING, "role": {"location": "Boise, ID", "industry": None}})
    assert mended["role"].get("industry") is None
    assert f"${mended['range']['pay']['base']['p50']:,}" in browser.find_element("id", "percentiles").text
    assert mended["range"]["pay"]["base"]["p50"] != told["range"]["pay"]["base"]["p50"]


def test_a_word_file_is_read_from_the_page(browser, service, tmp_path):
    path = tmp_path / "job.docx"
    path.write_bytes(docx(POSTING))
    browser.get(service + "/posting")
    browser.find_element("id", "file").send_keys(str(path))
    press(browser, "Read it")
    assert browser.find_element("id", "title").get_attribute("value") == asked(service, "/v1/postings", {"text": POSTING})["role"]["title"]


def test_a_candidate_sees_the_recruiters_number_and_what_to_ask(browser, service):
    sign_out(browser, service)
    press(browser, "Check an offer")
    type_in(browser, **ROLE, base_usd="118k", variable_usd="40k", equity_usd="40000")
    press(browser, "Check it")
    told = asked(service, "/v1/checks", {"role": ROLE, "base_usd": 118_000, "variable_usd": 40_000, "equity_usd": 40_000})
    range_ = asked(service, "/v1/ranges", ROLE)
    assert told["range"]["pay"] == range_["pay"]
    assert browser.find_element("id", "verdict").text == told["verdict"]["words"]
    medians = [row.find_elements("tag name", "td")[-2].text for row in browser.find_elements("css selector", "#standing tbody tr")]
    assert medians == [f"${range_['pay'][name]['p50']:,}" for name in ("base", "variable", "ote")]
    assert len(browser.find_elements("css selector", "#questions li")) == len(told["questions"])
    assert "118" not in browser.current_url
    shoot(browser, "check-desktop", 1200)
    assert shoot(browser, "check-phone", 390) <= 0
    browser.set_window_size(1200, 900)
    press(browser, "See the career ladder of this job")
    ladder = asked(service, "/v1/ladders", ROLE)
    assert len(browser.find_elements("css selector", "#levels tbody tr")) == len(ladder["levels"])
    assert "this level" in browser.find_element("css selector", "tr.own").text
    shoot(browser, "ladder-desktop", 1200)
    assert shoot(browser, "ladder-phone", 390) <= 0
    browser.set_window_size(1200, 900)
    press(browser, "Check an offer for this job")
    assert browser.find_element("id", "title").get_attribute("value") == "Account Director"


def test_a_candidate_by_keyboard_alone(browser, service):
    from selenium.webdriver.common.keys import Keys

    browser.get(service + "/check")
    tab_to(browser, named("title"))
    keys(browser, "Account Director")
    tab_to(browser, named("location"))
    keys(browser, "Denver, CO")
    tab_to(browser, named("base_usd"))
    keys(browser, "118k")
    tab_to(browser, button("Check it"))
    keys(browser, Keys.ENTER)
    wait_for(browser, lambda b: b.find_elements("id", "verdict"))
    tab_to(browser, lambda e: e.tag_name == "a" and "career ladder" in e.text, 120)
    keys(browser, Keys.ENTER)
    wait_for(browser, lambda b: b.find_elements("id", "levels"))


def test_a_recruiter_by_keyboard_alone(browser, service):
    from selenium.webdriver.common.keys import Keys

    browser.get(service + "/posting")
    tab_to(browser, named("text"))
    keys(browser, "Senior Account Manager", Keys.ENTER, "Denver, CO", Keys.ENTER, "Base salary: $85,000 - $105,000")
    tab_to(browser, button("Read it"))
    keys(browser, Keys.ENTER)
    wait_for(browser, lambda b: b.find_elements("id", "stated"))
    place = tab_to(browser, named("location"))
    assert place.get_attribute("value") == "Denver, CO"
    keys(browser, "Boise, ID", Keys.ESCAPE)
    tab_to(browser, button("Price with these fields"))
    keys(browser, Keys.ENTER)
    wait_for(browser, lambda b: b.find_elements("xpath", "//h3[contains(., 'Boise')]"))
    tab_to(browser, named("employees"))
    keys(browser, "300", Keys.ENTER)
    wait_for(browser, lambda b: b.find_elements("xpath", "//input[@id='employees'][@value='300']") and b.find_elements("xpath", "//h3[contains(., 'Boise')]"))


def test_both_without_javascript(browser, service):
    without_scripts(browser)
    try:
        browser.get(service + "/posting")
        browser.find_element("id", "text").send_keys("Senior Account Manager\nDenver, CO\nBase salary: $85,000 - $105,000. OTE $120k.")
        browser.find_element("xpath", "//button[.='Read it']").click()
        wait_for(browser, lambda b: len(b.find_elements("css selector", "#stated tbody tr")) == 2)
        browser.get(service + "/check?title=Account+Director&location=Denver%2C+CO")
        browser.find_element("id", "base_usd").send_keys("118k")
        browser.find_element("xpath", "//button[.='Check it']").click()
        wait_for(browser, lambda b: b.find_elements("id", "verdict"))
        browser.get(service + "/ladder?title=Account+Director")
        assert browser.find_elements("css selector", "#levels tbody tr")
    finally:
        without_scripts(browser, False)


OPEN_PAGES = sorted(
    route
    for (route, method), rule in access.rules().items()
    if method == "GET" and "anonymous" in rule.roles and "<" not in route and not route.startswith(("/v1", "/static"))
)
NO_PAGE = {"/favicon.ico", "/healthz", "/readyz", "/metrics", "/openapi.json"}
WITH_ANSWERS = (
    "/?title=Account+Director&location=Austin%2C+TX&industry=ad+agency&employees=200",
    "/?title=Account+Director&location=London",
    "/offer?title=Account+Director&location=Austin%2C+TX",
    "/ladder?title=Senior+Account+Manager&location=Denver%2C+CO",
    "/ladder?title=Senior+Account+Manager&pay=1",
    "/nowhere",
)


@pytest.mark.parametrize("path", [*(p for p in OPEN_PAGES if p not in NO_PAGE), *WITH_ANSWERS])
def test_no_page_has_a_violation(browser, service, path):
    sign_out(browser, service)
    browser.get(service + path)
    assert violations(browser) == []


def test_no_answer_to_a_form_has_a_violation(browser, service):
    sign_out(browser, service)
    browser.get(service + "/posting")
    paste(browser, POSTING + "\n\nLocation: Berlin, Germany")
    press(browser, "Read it")
    assert violations(browser) == []
    browser.get(service + "/posting")
    press(browser, "Read it")
    assert violations(browser) == []
    browser.get(service + "/check?title=Account+Director&location=Denver%2C+CO")
    type_in(browser, base_usd="118k", equity_usd="40000")
    press(browser, "Check it")
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(browser) == []
    type_in(browser, base_usd="much")
    press(browser, "Check it")
    assert violations(browser) == []


@pytest.mark.parametrize("path", ["/offers", "/band", "/plan", "/plans", "/offer", "/compare"])
def test_no_page_of_a_signed_in_analyst_has_a_violation(browser, service, path):
    sign_out(browser, service)
    sign_in(browser, service, "analyst")
    browser.get(service + path)
    assert violations(browser) == []
