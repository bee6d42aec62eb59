"""Postings are read: forms, pay grammar, fields, the labelled halves, the public texts, and whatever a stranger may send."""

import json
import math
import time
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compsvc.errors import RequestInvalid
from compsvc.postings import read
from compsvc.postings.documents import LONGEST, document_of
from compsvc.postings.pay import stated
from tests.postings.scoring import expected, score
from tests.test_mutations import FORM_KEYS

READ_WITHIN_SECONDS = 2.0
FLOORS = {
    "tune": {"pay": 0.95, "family": 0.93, "level": 0.92, "locations": 0.95, "work_mode": 0.82},
    "held_out": {"pay": 0.95, "family": 0.93, "level": 0.92, "locations": 0.95, "work_mode": 0.9},
}


def money(text):
    return [(s.low, s.high, s.unit, s.currency, s.basis, s.open_ended) for s in stated(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Salary: $85,000–$110,000 plus 15% bonus", [(85_000, 110_000, "year", "USD", "base", False)]),
        ("OTE $150k - $180k (60/40 base/variable)", [(150_000, 180_000, "year", "USD", "ote", False)]),
        ("💰 $150,000 - $250,000+", [(150_000, 250_000, "year", "USD", "unstated", True)]),
        ("Base $90K, OTE $130K", [(90_000, 90_000, "year", "USD", "base", False), (130_000, 130_000, "year", "USD", "ote", False)]),
        ("from $90k base", [(90_000, None, "year", "USD", "base", True)]),
        ("Pay: up to $120K a year", [(None, 120_000, "year", "USD", "base", True)]),
        ("Pay is £60,000 to £70,000", [(60_000, 70_000, "year", "GBP", "base", False)]),
        ("Wage: $38.50–$46/hr", [(38.5, 46, "hour", "USD", "base", False)]),
        ("Gehalt: 55.000 € bis 65.000 € pro Jahr", [(55_000, 65_000, "year", "EUR", "base", False)]),
        ("Salary: $110,000 - $85,000 a year", [(85_000, 110_000, "year", "USD", "base", False)]),
        ("Salary: CHF 120,000 - 140,000 a year", [(120_000, 140_000, "year", "CHF", "base", False)]),
        ("You will own a $2.5M quota and a portfolio of $5M.", []),
        ("401(k) with 4% match and a $2,000 learning budget", []),
        ("We raised $40M and our revenue is $12M.", []),
    ],
)
def test_pay_is_read_by_the_words_around_it(text, found):
    assert money(text) == found


@pytest.mark.parametrize("half", ["tune", "held_out"])
def test_labelled_postings_are_read(model, half):
    """The rules were written on one half; the other is scored and not read: .95 is promised for pay and place, .90 for level and family."""
    scores, mistakes = score(model, half)
    assert len(expected(half)) >= (1_564 if half == "tune" else 124)
    for name, (precision, recall, f1, n) in scores.items():
        print(f"{half:9} {name:16} precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} of {n}")
    if half == "tune":
        print(*mistakes, sep="\n")
    for name, floor in FLOORS[half].items():
        assert scores[name][2] >= floor, (name, scores[name])


def test_every_field_stands_where_it_says(model):
    from tests.postings.scoring import reading_of

    for label in expected("tune"):
        reading = reading_of(model, "tune", label["file"])
        text = reading.document.text
        for s in reading.pay:
            words = text[s.start : s.end]
            assert s.end == 0 or any(c.isdigit() for c in words) or "thousand" in words or "dollars" in words, label["file"]
        for f in reading.titles:
            assert f.end == 0 or " ".join(text[f.start : f.end].split()).lower() == f.value.lower(), (label["file"], f)
        for f in reading.locations:
            city = f.value.partition(",")[0].split()[-1]
            assert f.end == 0 or f.value == "United States" or city.lower() in text[f.start : f.end].lower(), (label["file"], f)


@pytest.mark.parametrize(("key", "value"), [(key, value) for key in FORM_KEYS for value in (5, True, [5], {"x": 5}, [{"min": "a"}])])
def test_a_form_with_odd_values_is_still_read(client, key, value):
    form = {"title": "Account Director", "descriptionPlain": "Base salary $90,000 - $110,000", key: value}
    answer = client.post("/v1/postings", json={"text": json.dumps(form)})
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json()["role"]["title"] == "Account Director"


@pytest.mark.parametrize("cut", ["<![-<x", "<![", "<![CDATA[a", "<!DOCTYPE [<!", "<!", "<!-", "<?", "</", "<![if !x]>yes<![endif]>"])
def test_html_with_a_broken_declaration_is_still_read(cut):
    document = document_of(f"<article><h1>Account Director</h1><p>Base salary $90,000</p>{cut}<p>more</p>")
    assert document.form == "html"
    assert document.text.startswith("Account Director\n\nBase salary $90,000")
    assert document.text.endswith("more")


@pytest.mark.parametrize("sent", ["", "   \n", "\0\0", '{"a": 1}', "x" * (LONGEST + 1)])
def test_what_is_no_posting_is_refused(sent):
    with pytest.raises(RequestInvalid):
        document_of(sent)


NASTY = st.sampled_from(
    [
        "$",
        "$90,000",
        "k",
        "–",
        "OTE",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "ignore all instructions",
        "\u202e",
        "💰",
        " years ",
        "((((",
        "9" * 60,
        "\n",
        "| ",
        "---\n",
        "&#36;90",
        "<td>",
        "base 60/40 ",
        "Austin, TX ",
    ]
)


@given(st.lists(NASTY | st.text(max_size=12), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_anything_is_read_or_refused_soon(model, text):
    began = time.process_time()
    try:
        read(model, document_of(text))
    except RequestInvalid:
        return
    assert time.process_time() - began < READ_WITHIN_SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "$1" * 20_000,
        "base " * 19_000,
        "up to " * 16_000,
        "12 years " * 11_000,
        "A, " * 33_000,
        "Title: " + "Senior Account Manager " * 4_000,
        "<p>" * 30_000,
        "[a](" * 24_000,
        "**a" * 30_000,
        "team of " * 12_000,
        "bonus " * 16_000 + "10%",
        "(" * 99_000,
        "in " + "Aa " * 30_000,
        "As a " + "Director of " * 8_000,
    ],
    ids=lambda text: text[:12],
)
def test_long_repeated_words_are_read_soon(model, text):
    began = time.process_time()
    read(model, document_of(text))
    assert time.process_time() - began < READ_WITHIN_SECONDS


@pytest.mark.parametrize("size", ["9" * 300, "5000000000", "0", "900-100"])
def test_a_company_size_that_is_none_is_left_out(client, size):
    answer = client.post("/v1/postings", json={"text": f"---\ntitle: FP&A Manager\ncompany_size: {size} employees\n---\nDallas, TX"})
    assert answer.status_code == 200
    assert answer.get_json()["read"]["employees"] is None


def test_the_public_job_descriptions_are_read(model):
    """Five real texts, where they are."""
    from tests.conftest import PROJECT

    seeds = sorted((PROJECT.parent / "shared" / "seeds").glob("*.txt"))
    if not seeds:
        pytest.skip("the public job descriptions are not here")
    readings = [read(model, document_of(path.read_text(errors="replace"))) for path in seeds]
    assert [r.family.value for r in readings] == ["account-management"] * 5
    assert [r.level.value for r in readings] == ["M4", "M6", "P3", "M5", "M5"]
    assert readings[0].work_mode.value == "remote"
    assert (readings[0].employees.value, readings[0].manages.value) == ((200, 200), (1, 3))
    assert [(s.low, s.high, s.open_ended) for s in readings[1].pay] == [(150_000, 250_000, True)]
    assert (readings[1].years.value, readings[1].manages.value) == ((12, 15), (5, None))
    assert {(s.low, s.high, s.basis) for s in readings[3].pay} >= {
        (85_694, 85_694, "base"),
        (100_000, 150_000, "base"),
        (70_000, 120_000, "base"),
        (120_000, 200_000, "ote"),
    }
    assert readings[3].base_share.value == (0.6, 0.7)
    assert [(a.low, b.low, a.basis) for a, b in readings[3].contradictions] == [(100_000, 70_000, "base")], "two base ranges for the same job"


def test_variable_pay_stands_beside_the_markets_where_it_is_stated_whole(client):
    text = "Account Director\nNew York, NY\nBase salary: $120,000 - $150,000 plus commission of $40,000 a year at target."
    body = client.post("/v1/postings", json={"text": text}).get_json()
    beside = next(p["beside_market"] for p in body["pay"] if p["basis"] == "variable")
    market = body["range"]["pay"]["variable"]
    assert beside["component"] == "variable"
    assert beside["market"] == {q: market[q] for q in beside["market"]}
    assert beside["low"]["percentile"] == pytest.approx(100 * NormalDist().cdf(NormalDist().inv_cdf(0.10) + _share(40_000, market)), abs=0.1)
    parts = client.post("/v1/postings", json={"text": text + " A bonus of $5,000 a quarter."}).get_json()["pay"]
    assert [(p["unit"], p["high_a_year"], p["beside_market"]) for p in parts if p["basis"] == "variable"] == [("year", 40_000, None), ("quarter", 20_000, None)]


def _share(usd, market):
    """Normal score above P10 of a figure between P10 and P25, by the definition of `standing`."""
    low, high = NormalDist().inv_cdf(0.10), NormalDist().inv_cdf(0.25)
    return (high - low) * math.log(usd / market["p10"]) / math.log(market["p25"] / market["p10"])


def test_a_posting_by_the_api_and_the_command_line(client, model, runner, tmp_path):
    from compsvc.cli import main

    text = "Senior Account Manager\nDenver, CO | full-time\nA 200-person ad agency. 6+ years of experience.\nBase salary: $85,000 - $105,000. <b>OTE</b> $120k."
    body = client.post("/v1/postings", json={"text": text}).get_json()
    assert body["role"] == {
        "title": "Senior Account Manager",
        "location": "Denver, CO",
        "industry": "ad agency",
        "employees": "200",
        "experience_years": 6.0,
    } | ({k: v for k, v in body["role"].items() if k == "work_mode"})
    assert body["range"] == client.post("/v1/ranges", json=body["role"]).get_json(), "the same number as everywhere"
    assert [(p["basis"], p["words"]) for p in body["pay"]] == [("base", "$85,000 - $105,000"), ("ote", "$120k")]
    low, high = (body["pay"][0]["beside_market"][end]["percentile"] for end in ("low", "high"))
    assert low < high
    moved = client.post("/v1/postings", json={"text": text, "role": {"location": "New York, NY"}}).get_json()
    assert moved["range"]["pay"]["base"]["p50"] > body["range"]["pay"]["base"]["p50"]
    assert client.post("/v1/postings", json={"text": ""}).status_code == 422
    assert client.post("/v1/postings", json={"text": "Nothing here names work."}).get_json()["range"] is None
    abroad = client.post("/v1/postings", json={"text": "Account Director\nLocation: London"}).get_json()
    assert abroad["range"] is None or abroad["role"].get("location") is None
    path = tmp_path / "ad.txt"
    path.write_text(text)
    shown = runner.invoke(main, ["posting", str(path)])
    assert shown.exit_code == 0
    assert "states base 85,000 to 105,000" in shown.output


# --- what to post where ----------------------------------------------------------------------


def lacks(client, text):
    return {rule["code"]: rule["lacks"] for rule in client.post("/v1/postings", json={"text": text}).get_json()["rules"]}


def test_every_rule_is_dated_cited_and_read_somewhere():
    from compsvc.postings.rules import _CITIES, rules

    assert len(rules()) >= 20
    for rule in rules().values():
        assert rule.citation
        assert rule.says
        assert rule.source or rule.weak, rule.code
        assert len(rule.effective_on) == 10, rule.code
        assert all(address.startswith("http") for address in rule.source)
    assert set(_CITIES) == {code for code, rule in rules().items() if rule.kind in ("city", "county")}


def test_what_a_posting_lacks_is_told_by_place(client):
    head = "Account Director\n{}\nWe are about 300 people.\n"
    assert "no pay is stated" in lacks(client, head.format("Denver, CO"))["US-CO"][0]
    open_ended = lacks(client, head.format("Denver, CO") + "Base salary: $120,000 - $150,000+. Bonus and health benefits.")
    assert open_ended["US-CO"][0] == "a range has an open end; both ends are asked for"
    assert "deadline" in open_ended["US-CO"][1]
    whole = lacks(client, head.format("Denver, CO") + "Base salary: $120,000 - $150,000. Annual bonus. Medical benefits. Apply by 1 March.")
    assert whole["US-CO"] == []
    city = lacks(client, head.format("New York, NY") + "OTE $200,000 - $240,000.")
    assert set(city) == {"US-NY", "US-NY-NYC"}
    assert "only ote is stated" in city["US-NY-NYC"][0]
    assert lacks(client, head.format("Austin, TX")) == {}
    remote = lacks(client, head.format("Remote - US") + "Base salary: $60,000 - $150,000.")
    assert {"US-CA", "US-CO", "US-WA"} <= set(remote)
    assert any("times as high as low" in lack for lack in remote["US-CA"])


def test_a_level_that_is_read_and_not_priced_is_told(client):
    """Years asked for say P2 where the words of the title say a career level; the price of a title is the same at every door."""
    sent = {"text": "Actuarial Analyst - Group Life & Disability\nDenver, CO\nBase $90,000 - $110,000\n1 year of experience"}
    told = client.post("/v1/postings", json=sent).get_json()
    level, priced = told["read"]["level"]["value"], told["range"]["role"]["level"]["code"]
    assert level != priced
    assert [(u["field"], u["value"]) for u in told["not_used"]] == [("level", level)]
    assert priced in told["not_used"][0]["why"]
    again = client.post("/v1/postings", json={**sent, "role": {"level": level}}).get_json()
    assert (again["range"]["role"]["level"]["code"], again["not_used"]) == (level, [])
    assert client.post("/v1/postings", json={"text": "Account Director\nDenver, CO\nBase $120,000 - $150,000"}).get_json()["not_used"] == []


@pytest.mark.parametrize(
    "text",
    [
        "Account Director\nDenver, CO\nHourly rate $20 to $25 an hour (annualized: $0 to $52,000)",
        "Account Director\nBase salary $0 to $90,000",
        json.dumps({"@type": "JobPosting", "title": "Account Director", "baseSalary": {"value": {"minValue": 0, "maxValue": 0}}}),
        json.dumps({"title": "Account Director", "content": "", "pay_input_ranges": [{"min_cents": 0, "max_cents": 9_000_000}]}),
        json.dumps({"text": "Account Director", "salaryRange": {"min": 0, "max": 90_000, "interval": "per-year-salary"}}),
        json.dumps({"title": "Account Director", "compensation": {"summaryComponents": [{"compensationType": "Salary", "minValue": 0, "maxValue": 0}]}}),
    ],
)
def test_no_range_to_post_begins_with_nothing(client, text):
    answer = client.post("/v1/postings", json={"text": text})
    assert answer.status_code == 200
    posted = answer.get_json()["to_post"]
    assert posted is None or posted["low"] > 0


def test_a_rule_not_in_force_yet_and_an_employer_too_small(client):
    rows = client.post("/v1/postings", json={"text": "Account Director\nWilmington, DE\nOur company has 9 employees."}).get_json()["rules"]
    assert [(r["code"], r["in_force"], r["too_small"], r["lacks"]) for r in rows] == [("US-DE", False, True, [])]


@given(
    st.sampled_from(
        ["Account Manager", "Senior Account Executive", "Customer Success Manager", "Director of Client Services", "Staff Accountant", "Data Engineer"]
    ),
    st.sampled_from(["Austin, TX", "Denver, CO", "New York, NY", "Boise, ID", "Chicago, IL"]),
    st.integers(40_000, 300_000),
    st.integers(0, 90_000),
    st.sampled_from([None, "full-time", "contract"]),
)
@settings(max_examples=60, deadline=None)
def test_a_posting_made_of_a_role_reads_back_as_it(model, title, location, low, width, kind):

    from compsvc.postings.answer import answer
    from compsvc.postings.json_ld import job_posting

    role = {"title": title, "location": location}
    again = answer(model, {"text": json.dumps(job_posting(role, low, low + width, "USD", kind))}, "2026-11-22")
    assert again["role"] == role
    assert [(p["low"], p["high"], p["unit"], p["basis"], p["currency"]) for p in again["pay"]] == [(low, low + width, "year", "base", "USD")]
    found = again["to_post"]
    assert (found["low"], found["high"], found["what"]) == (low, low + width, "as stated")
    assert (again["read"]["employment_type"] or {}).get("value") == kind


def test_json_ld_has_the_shapes_of_schema_org(client):
    ld = client.post("/v1/postings", json={"text": "Account Executive\nDenver, CO\nBase $90,000 - $110,000"}).get_json()["to_post"]["json_ld"]
    posting, occupation = ld
    assert (posting["@type"], posting["baseSalary"]["@type"], posting["baseSalary"]["value"]["@type"]) == ("JobPosting", "MonetaryAmount", "QuantitativeValue")
    assert posting["baseSalary"]["value"] == {"@type": "QuantitativeValue", "minValue": 90_000, "maxValue": 110_000, "unitText": "YEAR"}
    assert posting["jobLocation"]["address"]["addressRegion"] == "CO"
    assert occupation["@type"] == "Occupation"
    names = [e["name"] for e in occupation["estimatedSalary"]]
    assert names == ["base", "target variable", "on-target earnings"]
    for e in occupation["estimatedSalary"]:
        assert e["@type"] == "MonetaryAmountDistribution"
        assert e["percentile10"] <= e["percentile25"] <= e["median"] <= e["percentile75"] <= e["percentile90"]
        assert (e["currency"], e["duration"]) == ("USD", "P1Y")
