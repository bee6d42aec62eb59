"""Postings are read: forms, pay grammar, fields, the labelled halves, the public texts, and whatever a stranger may send."""

import json
import math
import re
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
        ("Annual salary $36,000 - $42,000 for 24 hours per week.", [(36_000, 42_000, "year", "USD", "base", False)]),
        ("$26,000 per year for 20 hours a week.", [(26_000, 26_000, "year", "USD", "base", False)]),
        ("$45/hr for 10 hours a week", [(45, 45, "hour", "USD", "base", False)]),
        ("Salary: $80-95,000", [(80_000, 95_000, "year", "USD", "base", False)]),
        ("Salary range: $80 - $95,000", [(80_000, 95_000, "year", "USD", "base", False)]),
        ("Grade | Minimum | Midpoint | Maximum\n12 | $88,000 | $104,000 | $120,000", [(88_000, 120_000, "year", "USD", "base", False)]),
        ("Salaris: € 4.200 - € 5.600 bruto per maand", [(4_200, 5_600, "month", "EUR", "base", False)]),
        ("Salaris tussen € 4.200 en € 5.600 per maand", [(4_200, 5_600, "month", "EUR", "base", False)]),
        ("Salaire: 45 000 € - 55 000 € brut par an", [(45_000, 55_000, "year", "EUR", "base", False)]),
        ("Commission only. Earn $150,000+ a year, uncapped.", [(150_000, None, "year", "USD", "variable", True)]),
        ("This is not commission only. Earn $150,000 a year in salary.", [(150_000, 150_000, "year", "USD", "base", False)]),
        ("Salary: CA$95,000 - $115,000", [(95_000, 115_000, "year", "CAD", "base", False)]),
        ("Equity, and total compensation at target is $310,000-$420,000", [(310_000, 420_000, "year", "USD", "total", False)]),
        ("A bonus of up to $3,000 per quarter", [(None, 3_000, "quarter", "USD", "variable", True)]),
        ("OTE $140k-$160k with a 60:40 base to commission ratio", [(140_000, 160_000, "year", "USD", "ote", False)]),
        ("OTE $150,000. Base is 60-70% of OTE.", [(150_000, 150_000, "year", "USD", "ote", False)]),
        (
            "Base: $80,000 - $90,000. Quarterly bonus up to $5,000.",
            [(80_000, 90_000, "year", "USD", "base", False), (None, 5_000, "quarter", "USD", "variable", True)],
        ),
        ("Salary: $2,400 - $2,800 bi-weekly", [(2_400, 2_800, "two weeks", "USD", "base", False)]),
        ("$27.68 - $35.42 an hour ($2,214.40 - $2,833.60 biweekly)", [(27.68, 35.42, "hour", "USD", "base", False)]),
        ("Salary: 4,000 GEL per month", [(4_000, 4_000, "month", "GEL", "base", False)]),
        ("We hold quarterly reviews. Base $90,000", [(90_000, 90_000, "year", "USD", "base", False)]),
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
    assert posted is None or posted["low"] is None or posted["low"] > 0


def posted(client, text):
    body = client.post("/v1/postings", json={"text": text}).get_json()
    return body["to_post"], {row["code"]: row["words"] for row in body["to_post"]["words"]}, body


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("Birmingham, UK", "GB"),
        ("Cambridge, England", "GB"),
        ("Athens, Greece", "GR"),
        ("Utrecht, The Netherlands", "NL"),
        ("Hamilton, ON", "CA"),
        ("São Paulo, Brazil", "BR"),
        ("Remote (EU)", "EU"),
        ("EMEA Remote", ""),
        ("Remote (Netherlands)", "NL"),
        ("Rotterdam", "NL"),
    ],
)
def test_a_place_abroad_is_no_place_of_the_united_states(client, place, country):
    from compsvc.postings.abroad import country_of

    body = client.post("/v1/postings", json={"text": f"Account Director\nLocation: {place}\nWe are an agency of 40 people."}).get_json()
    assert [country_of(p["value"]).code for p in body["read"]["locations"]] == [country]
    assert body["range"] is None
    assert "outside" in body["not_priced"]["message"] or "not a place we know" in body["not_priced"]["message"]
    union = country_of(body["read"]["locations"][0]["value"]).in_union
    assert [r["code"] for r in body["rules"]] == (["EU"] if union else [])
    assert (body["article_5"] is not None) == union


@pytest.mark.parametrize(
    "place",
    ["Athens, GA", "Paris, TX", "Lebanon, PA", "Ontario, CA", "Albuquerque, New Mexico", "Birmingham, AL", "Cambridge, MA", "Peru, IN", "Vancouver, WA"],
)
def test_a_place_of_the_united_states_with_a_foreign_name_stays_one(client, place):
    body = client.post("/v1/postings", json={"text": f"Account Director\nLocation: {place}\nWe are an agency of 40 people."}).get_json()
    assert body["role"]["location"] == place
    assert body["range"] is not None


def test_pay_abroad_is_in_the_money_of_the_place(client):
    assert client.post("/v1/postings", json={"text": "Account Director\nToronto, ON\nSalary: $95,000 - $115,000"}).get_json()["pay"][0]["currency"] == "CAD"
    assert client.post("/v1/postings", json={"text": "Account Director\nToronto, ON\nSalary: US$95,000 - $115,000"}).get_json()["pay"][0]["currency"] == "USD"
    body = client.post("/v1/postings", json={"text": "Account Director\nRemote. Salary €55,000 - €65,000."}).get_json()
    assert (body["range"], body["not_priced"]["message"]) == (None, "Pay is stated in EUR, and no place was read.")
    assert [r["code"] for r in body["rules"]] == ["EU"]


@pytest.mark.parametrize(
    "pay",
    [
        "Zone A (San Francisco, New York City): $132,000 - $158,000\nZone B (Denver): $121,000 - $145,000\nZone C (all other US): $110,000 - $132,000",
        "Base pay: $132,000 - $158,000 (San Francisco and New York City), $121,000 - $145,000 (Denver), $110,000 - $132,000 (all other locations).",
        "New York City and California: $132,000 - $158,000\nColorado: $121,000 - $145,000\nElsewhere: $110,000 - $132,000",
    ],
)
def test_each_place_is_given_its_own_range(client, pay):
    found, words, body = posted(client, f"Account Executive\nRemote (US)\nPay\n{pay}\n")
    ranges = {"US-CA": "$132,000 to $158,000", "US-NY": "$132,000 to $158,000", "US-CO": "$121,000 to $145,000", "US-IL": "$110,000 to $132,000"}
    assert {code: words[code][0] for code in ranges} == {code: f"The base salary range for this role is {r} a year." for code, r in ranges.items()}
    assert len(found["by_place"]) == 3
    assert all(r in words["everywhere"][0] for r in ranges.values())
    areas = [p["beside_market"]["area"] for p in body["pay"]]
    assert len(set(areas)) == 3, "each range stands beside the market of its own place"


def test_a_place_that_no_range_is_stated_for_is_asked_about(client):
    _, words, _ = posted(client, "Account Manager\nNew York, NY; Chicago, IL; Denver, CO\nNew York: $100,000-$120,000\nDenver: $92,000-$110,000")
    assert words["US-IL"][0] == "[The range for Illinois: the posting states 2 ranges, and none for this place.]"


@pytest.mark.parametrize(
    ("text", "low", "high", "words"),
    [
        ("On-target earnings: $280,000 (50/50 split)", 140_000, 140_000, "The base salary for this role is $140,000 a year."),
        ("OTE $180,000 - $220,000 (60/40 split)", 108_000, 132_000, "The base salary range for this role is $108,000 to $132,000 a year."),
        ("Up to $130,000 base.", None, 130_000, "The base salary range for this role is [the least you expect to pay] to $130,000 a year."),
        ("Salary from $180,000.", 180_000, None, "The base salary range for this role is $180,000 to [the most you expect to pay] a year."),
        ("100% commission. Our reps earn $70,000 to $120,000.", None, None, "Pay for this role is by commission only."),
    ],
)
def test_what_the_employer_has_said_is_kept(client, text, low, high, words):
    found, said, _ = posted(client, f"Account Executive\nDenver, CO\n{text}")
    assert (found["low"], found["high"], said["everywhere"][0], said["US-CO"][0]) == (low, high, words, words)
    salary = [row for row in found["ats"]["greenhouse"]["pay_input_ranges"] if row["title"] == "Base pay"]
    assert [(row.get("min_cents"), row.get("max_cents")) for row in salary] == ([(low and 100 * low, high and 100 * high)] if low or high else [])
    value = found["json_ld"][0].get("baseSalary", {}).get("value", {})
    assert (value.get("minValue"), value.get("maxValue")) == (low, high)


def test_duties_and_praise_are_no_description_of_pay(client):
    duties = "You administer health insurance, 401(k) and PTO plans, and calculate commissions and bonuses. Application deadline management."
    missing = lacks(client, f"Benefits Specialist\nDenver, CO\nBase $80,000 - $90,000. {duties}")["US-CO"]
    assert len(missing) == 3
    assert "benefits are not described" in lacks(client, "Account Manager\nNewark, NJ\nCompetitive salary and great benefits.")["US-NJ"]
    described = "We offer a 401(k), medical insurance and an annual bonus. Applications are accepted until March 1."
    assert lacks(client, f"Account Manager\nDenver, CO\nBase $80,000 - $90,000. {described}")["US-CO"] == []


def test_a_quarters_bonus_is_posted_as_one(client):
    found, words, _ = posted(client, "Account Manager\nDenver, CO\nBase: $80,000 - $90,000. Quarterly bonus up to $5,000.")
    assert words["US-CO"][1] == "Variable pay at target: up to $5,000 per quarter."
    component = found["ats"]["ashby"]["compensationTiers"][0]["components"][1]
    assert (component["compensationType"], component["interval"], component["maxValue"]) == ("Commission", "1 YEAR", 20_000)


def test_equity_and_sign_on_are_not_lost_beside_a_bonus(client):
    _, words, _ = posted(client, "Account Manager\nDenver, CO\nBase $80,000 - $90,000, target bonus of 15% and RSUs. Sign-on bonus of $15,000.")
    assert words["US-CO"][1] == "A bonus of 15% of base comes on top. [The posting also mentions equity and a sign-on bonus: say how much.]"


def test_states_that_are_left_out_have_no_rule_unless_it_holds_anyway(client):
    text = "Account Manager\nRemote in the US, excluding Colorado, Hawaii and California.\nBase $80,000 - $90,000."
    rules = {r["code"]: r["excluded"] for r in client.post("/v1/postings", json={"text": text}).get_json()["rules"]}
    assert rules["US-CO"], "Colorado's rule holds even if Coloradans will not be considered"
    assert not {"US-HI", "US-CA"} & set(rules)
    assert not rules["US-IL"]


@pytest.mark.parametrize(
    "text",
    [
        "Salary: $60,000 - $65,000. You will run accounts. Base salary: $120,000 - $140,000 per year",
        "We pay $85,000 - $95,000. You do things. The salary range for this position is $70,000 to $80,000.",
    ],
)
def test_figures_that_contradict_each_other_close_by(client, text):
    found, _, body = posted(client, f"Account Manager\nDallas, TX\n{text}")
    assert body["contradictions"] == [[0, 1]]
    assert found["notes"][0].startswith("the posting contradicts itself")


def test_a_careers_page_is_read_for_its_job(client):
    ld = {"@context": "https://schema.org/", "@type": "JobPosting", "title": "Senior Paralegal", "description": "x" * 400, "jobLocation": None}
    ld["baseSalary"] = {
        "@type": "MonetaryAmount",
        "currency": "USD",
        "value": {"@type": "QuantitativeValue", "minValue": 135000, "maxValue": 155000, "unitText": "YEAR"},
    }
    page = "<html><head><title>Careers - Foxglove Agency</title>{}</head><body><h1>Senior Paralegal</h1><p>Denver, CO</p><p>You keep the files of forty trials in order, and the lawyers too.</p>{}</body></html>"
    script = f'<script type="application/ld+json">{json.dumps(ld, separators=(",", ":"))}</script>'
    body = client.post("/v1/postings", json={"text": page.format(script, "")}).get_json()
    assert (body["form"], [(p["low"], p["high"]) for p in body["pay"]]) == ("schema.org", [(135_000, 155_000)])
    others = "<h2>Similar jobs</h2><ul><li>Media Planner, Remote, $70,000 - $80,000</li></ul>"
    body = client.post("/v1/postings", json={"text": page.format("", others)}).get_json()
    assert (body["role"]["title"], body["pay"], body["read"]["work_mode"]) == ("Senior Paralegal", [], None)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Our Dallas team needs an Account Supervisor. We're a Denver-based agency with offices in New York and London.", "locations", ["Dallas"]),
        ("Account Supervisor\nWe keep offices in Chicago and New York. Join the Austin team!", "locations", ["Austin"]),
        ("Senior Account Manager\nPermanent, full-time contract (40 h/week)\nBerlin, Germany", "employment_type", "full-time"),
        ("Account Manager\nDenver, CO\nThere are seasonal fluctuations in the work.", "employment_type", None),
        ("Account Manager\nDenver, CO\n6-month contract.", "employment_type", "contract"),
        ("We are a public relations agency. Senior Account Executive, Chicago, IL.", "industry", "public relations agency"),
        ("Principal Engineer\nDenver, CO\nYou look after bridges.", "titles", ["Principal Engineer"]),
        ("Contracts Specialist\nDenver, CO\nYou look after contracts.", "titles", ["Contracts Specialist"]),
    ],
)
def test_fields_that_fresh_eyes_saw_misread(client, text, name, value):
    found = client.post("/v1/postings", json={"text": text}).get_json()["read"][name]
    assert ([f["value"] for f in found] if isinstance(found, list) else found and found["value"]) == value


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Account Manager, EMEA\nThis position is based out of our New York office and manages EMEA accounts.", ["New York"]),
        ("Sales Director, Latin America\nMiami, FL", ["Miami, FL"]),
        ("Regional Manager - UK & Ireland\nYou will be based in our Boston headquarters.", ["Boston"]),
        ("Account Manager (Canada)\nRemote from the US, serving our Canadian clients.", ["United States"]),
        ("Account Manager\nYou hold a degree from a university in the US, UK or Canada. Phoenix, AZ.", ["Phoenix, AZ"]),
        ("Account Manager\nReports to the VP in London.", []),
        ("Account Manager\nLocation: Remote\nWe sell widgets.\nOffices in Paris and Lyon. Parent company in France.", []),
        ("Account Manager\nNashville, TN. Regular travel to the UK, France, and Japan.", ["Nashville, TN"]),
        ("Account Manager\nRemote (US or Canada)", ["United States", "Canada"]),
        ("Account Manager\nRemote - US. We are unable to hire in CA, NY, or WA at this time.", ["United States"]),
        ("Account Manager\nRemote US. We do not hire in Illinois or New Jersey.", []),
    ],
)
def test_a_country_that_is_merely_mentioned_is_no_place_of_the_job(model, text, places):
    from compsvc.postings.places import locations

    assert [place.value for place in locations(model, text)] == places


@pytest.mark.parametrize("place", ["Boston, Lincolnshire", "Manchester", "Cambridge", "Durham"])
def test_a_place_that_may_be_abroad_is_asked_about_where_the_money_is(client, place):
    text = f"Account Manager\nLocation: {place}\nSalary: £35,000 to £42,000"
    body = client.post("/v1/postings", json={"text": text}).get_json()
    assert (body["range"], body["rules"]) == (None, [])
    assert "Pay is stated in GBP" in body["not_priced"]["message"]
    mended = client.post("/v1/postings", json={"text": text, "role": {"location": "Boston, MA"}}).get_json()
    assert mended["range"] is not None
    assert [r["code"] for r in mended["rules"]] == ["US-MA"]


@pytest.mark.parametrize(
    ("form", "place"),
    [
        (
            {
                "title": "Account Manager",
                "location": "Dublin",
                "address": {"postalAddress": {"addressLocality": "Dublin", "addressRegion": "Ohio", "addressCountry": "United States"}},
                "isRemote": False,
            },
            "Dublin, Ohio",
        ),
        ({"text": "Account Manager", "categories": {"location": "Ontario"}, "country": "CA", "descriptionPlain": "Sell."}, "Ontario, Canada"),
        ({"text": "Account Manager", "categories": {"location": "Cambridge"}, "country": "GB", "descriptionPlain": "Sell."}, "Cambridge, United Kingdom"),
    ],
)
def test_a_forms_country_says_which_of_two_places(client, form, place):
    body = client.post("/v1/postings", json={"text": json.dumps(form)}).get_json()
    assert [p["value"] for p in body["read"]["locations"]] == [place]
    assert (body["range"] is not None) == (place == "Dublin, Ohio")


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("Los Angeles, CA\nLA: $90,000-$100,000\nNY: $95,000-$105,000", {"US-CA": "$90,000 to $100,000"}),
        ("New York, NY; Jersey City, NJ\nNew York: $90K to $105K\nNew Jersey: $85K to $100K", {"US-NJ-JERSEYCITY": "$85,000 to $100,000"}),
        (
            "Remote within the US\nPay for candidates in Colorado: $70,000-$84,000 base. Pay for candidates in Washington, DC: $82,000-$95,000 base. "
            "Pay for candidates in Washington State: $78,000-$91,000 base.",
            {"US-CO": "$70,000 to $84,000", "US-DC": "$82,000 to $95,000", "US-WA": "$78,000 to $91,000"},
        ),
        ("New York, NY\nNYC base salary: $95,000 - $110,000. Outside of NYC: $80,000 - $98,000.", {"US-NY-NYC": "$95,000 to $110,000"}),
        ("Open to candidates in Illinois and Minnesota. IL: $70K-$80K. MN: $66K-$76K.", {"US-IL": "$70,000 to $80,000", "US-MN": "$66,000 to $76,000"}),
        (
            "Boston, MA / Los Angeles, CA\nFor our Boston office the salary is $80,000-$90,000 and for our LA office it is $90,000-$100,000.",
            {"US-MA": "$80,000 to $90,000", "US-CA": "$90,000 to $100,000"},
        ),
    ],
)
def test_zones_as_people_write_them(client, text, ranges):
    _, words, _ = posted(client, f"Account Manager\n{text}")
    assert {code: words[code][0] for code in ranges} == {code: f"The base salary range for this role is {r} a year." for code, r in ranges.items()}


@pytest.mark.parametrize(
    "text",
    [
        "Denver, CO\nPay: $38.46 - $43.27/hr ($80,000 - $90,000 annualized).",
        "Seattle\nMercedes team $80,000-$90,000; Lincoln team: $75,000-$85,000; Virginia Slims team: $70,000-$80,000",
    ],
)
def test_what_is_no_zone(client, text):
    found, _, _ = posted(client, f"Account Manager\n{text}")
    assert found["by_place"] == []


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        (
            "Remote - California, Oregon or Washington\nThe base salary range for this role is $120,000 to $145,000 per year. In California the base salary range is $128,000 to $155,000.",
            {"US-CA": "$128,000 to $155,000", "US-WA": "$120,000 to $145,000"},
        ),
        (
            "Denver, CO or Chicago, IL (Hybrid)\nThe anticipated base salary range for this position is $115,000–$140,000 in Denver and $120,000–$148,000 in Chicago.",
            {"US-CO": "$115,000 to $140,000", "US-IL": "$120,000 to $148,000"},
        ),
        (
            "Denver, CO or New York, NY\nFor candidates based in Colorado, the base salary range is $80,000 to $95,000 a year. "
            "For candidates based in New York City, the base salary range is $90,000 to $110,000.",
            {"US-CO": "$80,000 to $95,000", "US-NY-NYC": "$90,000 to $110,000"},
        ),
    ],
)
def test_ranges_by_place_in_prose(client, text, ranges):
    _, words, _ = posted(client, f"Account Director\n{text}")
    assert {code: words[code][0] for code in ranges} == {code: f"The base salary range for this role is {r} a year." for code, r in ranges.items()}
    assert not re.search(r"and and|,\s*\.|\bfor for\b", words["everywhere"][0], re.IGNORECASE)


def test_pricing_again_with_the_place_as_read_keeps_the_other_places(client):
    text = "Account Manager\nNew York, NY; Denver, CO\nBase salary $80,000 - $90,000"
    codes = {}
    for name, edits in (("read", {}), ("kept", {"location": "New York, NY"}), ("changed", {"location": "Chicago, IL"}), ("gone", {"location": None})):
        codes[name] = [r["code"] for r in client.post("/v1/postings", json={"text": text, "role": edits}).get_json()["rules"]]
    assert codes["read"] == codes["kept"] == ["US-NY", "US-NY-NYC", "US-CO"]
    assert (codes["changed"], codes["gone"]) == (["US-IL"], [])


def test_each_level_is_given_its_own_range(client):
    found, words, _ = posted(
        client,
        "Product Marketing Manager / Senior Product Marketing Manager\nDenver, CO\n\nProduct Marketing Manager: $105,000 - $130,000 base\nSenior Product Marketing Manager: $130,000 - $160,000 base",
    )
    said = "$105,000 to $130,000 a year for Product Marketing Manager and $130,000 to $160,000 a year for Senior Product Marketing Manager"
    assert words["US-CO"][0] == f"The base pay range for this role is {said}."
    assert [(ld["title"], ld["baseSalary"]["value"]["maxValue"]) for ld in found["json_ld"] if ld["@type"] == "JobPosting"] == [
        ("Product Marketing Manager", 130_000),
        ("Senior Product Marketing Manager", 160_000),
    ]


@pytest.mark.parametrize(
    ("text", "pay", "bonus"),
    [
        ("Base salary $120,000 to $145,000. Bonus pays $60,000 at 100% of quota.", [(145_000, "base"), (60_000, "variable")], None),
        (
            "Most of us are promoted within 12-18 months to an AE role with $140K OTE.\n\nBase salary of $52,000 with on-target earnings of $80,000.",
            [(52_000, "base"), (80_000, "ote")],
            None,
        ),
        ("Base salary $78,000 - $92,000.\n\nRefer a friend and earn a $2,000 bonus.", [(92_000, "base")], None),
        ("Base salary $120,000 - $140,000. On-call rotation, paid at $500 per week.", [(140_000, "base")], None),
        ("Pay: $31.50 - $38.00 per hour\n\nBenefits\n* $25,000 company-paid life insurance", [(38, "base")], None),
        ("Base salary $90,000 - $100,000 plus a bonus of 15% of base.", [(100_000, "base")], [15, 15]),
    ],
)
def test_money_that_is_not_this_jobs_pay(client, text, pay, bonus):
    body = client.post("/v1/postings", json={"text": f"Account Manager\nDenver, CO\n\n{text}"}).get_json()
    assert [(p["high"], p["basis"]) for p in body["pay"]] == pay
    assert (body["read"]["bonus_percent"] or {}).get("value") == bonus


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Paralegal\nDenver, CO\n\nPosition: Support four attorneys in our litigation group.\n\nSalary $60,000.", "titles", ["Paralegal"]),
        ("Vice President, Client Partnerships\n\nLocation: Chicago, IL\nTeam: Growth", "titles", ["Vice President, Client Partnerships"]),
        ("Engineering Manager\n\nLocation: Seattle, WA; Boulder, CO; Remote (US)", "locations", ["Seattle, WA", "Boulder, CO", "United States"]),
        ("Job Title: Management Analyst 3\nLocation: St. Paul, MN\nFull/Part Time: Full-Time", "employment_type", "full-time"),
        ("Senior Project Manager\nLas Vegas, NV\n- 10+ years with a general contractor", "employment_type", None),
        ("Key Account Manager\nPosted 3 days ago · Cincinnati, OH · On-site", "work_mode", "on-site"),
        ("Staff Accountant\nSeattle\nDental insurance and on-site child care.", "work_mode", None),
    ],
)
def test_fields_of_everyday_postings(client, text, name, value):
    found = client.post("/v1/postings", json={"text": text}).get_json()["read"][name]
    assert ([f["value"] for f in found] if isinstance(found, list) else found and found["value"]) == value


def test_what_is_mentioned_without_a_figure_is_asked_for_by_name(client):
    _, words, _ = posted(client, "Medicare Sales Agent\nDenver, CO\n\nBase pay of $20.00 per hour plus commission. Medical, dental.")
    assert words["US-CO"][1] == "[The posting mentions commission: say how much, or how it is worked out.]"


def test_every_zone_has_its_fields_and_its_posting(client):
    found, _, _ = posted(
        client, "Account Manager\nRemote - US\n$80,000 to $95,000 (Colorado)\n$92,000 to $109,000 (New York, California)\n$76,000 to $90,000 (everywhere else)"
    )
    cents = [(row["min_cents"], row["max_cents"]) for row in found["ats"]["greenhouse"]["pay_input_ranges"]]
    assert cents == [(8_000_000, 9_500_000), (9_200_000, 10_900_000), (7_600_000, 9_000_000)]
    assert len(found["ats"]["ashby"]["compensationTiers"]) == 3
    assert (found["ats"]["lever"]["salaryRange"]["min"], found["ats"]["lever"]["salaryRange"]["max"]) == (76_000, 109_000)
    postings = [ld for ld in found["json_ld"] if ld["@type"] == "JobPosting"]
    assert [ld["baseSalary"]["value"]["maxValue"] for ld in postings] == [95_000, 109_000, 90_000]
    assert postings[0]["applicantLocationRequirements"] == {"@type": "State", "name": "Colorado"}


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Base: $60,000. Commission: $40,000. OTE: $140,000.", [0, 2]),
        ("$70k–$80k base. OTE: $65k.", [0, 1]),
        ("$80,000 base, $120,000 OTE, 60/40 split", [0, 1]),
    ],
)
def test_base_and_target_that_do_not_fit_contradict_each_other(client, text, pair):
    assert client.post("/v1/postings", json={"text": f"Account Manager\nDenver, CO\n{text}"}).get_json()["contradictions"] == [pair]
    fitting = "Base: $84,000. Commission: $56,000. OTE: $140,000, a 60/40 split."
    assert client.post("/v1/postings", json={"text": f"Account Manager\nDenver, CO\n{fitting}"}).get_json()["contradictions"] == []


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("Insurance Agent\nDenver, CO\n$60,000-$70,000", {"benefits", "other pay", "deadline"}),
        ("Pension Administrator\nDenver, CO\n$60,000-$70,000 and an annual bonus. Open until filled.", {"benefits"}),
        (
            "Account Manager\nDenver, CO\n$60,000-$70,000. You will own commission reporting. We provide medical insurance. Apply no later than January 8, 2027.",
            {"other pay"},
        ),
        ("Account Manager\nDenver, CO\n$60,000-$70,000, bonus, 401(k). You manage proposals until the RFP deadline of December 15.", {"deadline"}),
    ],
)
def test_the_trade_of_an_insurer_is_no_benefit_and_another_deadline_no_deadline(client, text, lacking):
    found = lacks(client, text)["US-CO"]
    assert {name for name in ("benefits", "other pay", "deadline") if any(name in lack for lack in found)} == lacking


def test_a_forms_place_or_remote_is_both(client):
    form = {"title": "Account Director", "content": "<p>Lead accounts.</p>", "location": {"name": "Denver, CO or Remote (US)"}}
    body = client.post("/v1/postings", json={"text": json.dumps(form)}).get_json()
    assert [p["value"] for p in body["read"]["locations"]] == ["Denver, CO", "United States"]


def test_hours_are_no_criteria_of_pay(client):
    text = "Buchhalter\nBerlin, Germany\nGross monthly salary €5,500 - €6,800 (based on 40 hours). Accountant with five years."
    items = {i["item"]: i for i in client.post("/v1/postings", json={"text": text}).get_json()["article_5"]["items"]}
    assert items["criteria"]["missing"]


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
