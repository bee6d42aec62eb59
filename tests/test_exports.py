"""Exports: the figures are all there, no spreadsheet executes a cell, numbers stay numbers, and the same offer gives the same bytes."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compsvc import exports
from compsvc.kept import as_json
from compsvc.spreadsheets import STARTS, safe
from tests.conftest import OFFER

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "=cmd|' /C calc'!A0", '"=1', "<b>&amp;", "łódź 東京 مرحبا 🎉"]
PLAN = {"quota_usd": 900_000, "tiers": [{"above": 1, "multiplier": 1.5}], "tier_type": "marginal"}


@pytest.fixture
def kept(small_office):
    offer_id = small_office.keep("acme", reference=HOSTILE[0], note="x", plan=PLAN, equity={"usd": 80_000})
    return as_json(small_office.store.offers.get(small_office.who("acme"), offer_id))


def with_texts(kept, text):
    figures = json.loads(json.dumps(kept["figures"]))
    figures["role"]["title"] = figures["role"]["area"]["name"] = text
    figures["verdict"]["reasons"] = [{"code": text, "message": text}]
    return {**kept, "reference": text, "state": text, "figures": figures}


def cells_of_xlsx(data):
    """(type, text) of every cell of every sheet."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    book = zipfile.ZipFile(io.BytesIO(data))
    shared = ["".join(t.text or "" for t in si.iter(f"{name}t")) for si in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{name}si")]
    for sheet in (n for n in book.namelist() if n.startswith("xl/worksheets/sheet")):
        for cell in ElementTree.fromstring(book.read(sheet)).iter(f"{name}c"):
            assert cell.find(f"{name}f") is None, "a formula"
            value = cell.find(f"{name}v")
            if value is not None:
                yield (str, shared[int(value.text)]) if cell.get("t") == "s" else (float, float(value.text))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: repr(t)[:12])
def test_no_cell_is_executed_and_numbers_stay_numbers(kept, text):
    offer = with_texts(kept, text)
    rows = list(csv.reader(io.StringIO(exports.of(offer, "csv")[0].decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell.startswith(STARTS) and not cell.lstrip("-").replace(".", "").isdigit()]
    cells = list(cells_of_xlsx(exports.of(offer, "xlsx")[0]))
    assert not [value for kind, value in cells if kind is str and value.startswith(STARTS)]
    numbers = {value for kind, value in cells if kind is float}
    assert {120_000.0, 60_000.0, 80_000.0} <= numbers
    assert exports.of(offer, "pdf")[0].startswith(b"%PDF-")


@given(st.text(max_size=80))
@settings(max_examples=1000, deadline=None)
def test_safe_text_begins_with_nothing_that_executes(text):
    found = safe(text)
    assert not found.startswith(STARTS)
    assert found.lstrip("'") == text.replace("\0", "").lstrip("'")


@given(st.floats(allow_nan=False) | st.integers() | st.none() | st.booleans())
def test_numbers_are_left_alone(value):
    assert safe(value) is value


@pytest.mark.parametrize("form", ["pdf", "csv", "xlsx", "greenhouse", "lever", "ashby"])
def test_the_same_offer_gives_the_same_bytes(kept, form):
    import time

    first = exports.of(kept, form)
    time.sleep(1.1 if form in ("pdf", "xlsx") else 0)
    assert exports.of(kept, form) == first


def test_the_csv_holds_every_figure_of_the_years(kept):
    rows = {(r[0], r[1]): r[2] for r in csv.reader(io.StringIO(exports.of(kept, "csv")[0].decode("utf-8-sig")))}
    for year in kept["figures"]["years"]:
        assert rows["Years", f"year {year['year']}: total_usd"] == str(year["total_usd"])
    assert rows["Terms", "ote_usd"] == "180000"
    assert rows["Verdict", kept["figures"]["verdict"]["code"]]


def test_fields_of_applicant_tracking_systems(kept):
    market, terms = kept["figures"]["market"], kept["figures"]["terms"]
    greenhouse = json.loads(exports.of(kept, "greenhouse")[0])["pay_input_ranges"]
    assert greenhouse[0] | {"blurb": ""} == {
        "title": "Base pay",
        "min_cents": 100 * market["base"]["p25"],
        "max_cents": 100 * market["base"]["p75"],
        "currency_type": "USD",
        "blurb": "",
    }
    lever = json.loads(exports.of(kept, "lever")[0])["salaryRange"]
    assert lever == {"currency": "USD", "interval": "per-year-salary", "min": market["base"]["p25"], "max": market["base"]["p75"]}
    ashby = json.loads(exports.of(kept, "ashby")[0])["compensationTiers"][0]["components"]
    assert {c["compensationType"]: (c["minValue"], c["maxValue"]) for c in ashby} == {
        "Salary": (market["base"]["p25"], market["base"]["p75"]),
        "Commission": (terms["variable_usd"],) * 2,
        "EquityCashValue": (terms["equity_usd"],) * 2,
    }


def test_a_band_is_posted_where_there_is_one(small_office):
    assert small_office.app_client("acme", "analyst").post("/v1/band-policies", json={"name": "p", "effective_on": "2026-01-01"}).status_code == 201
    offer_id = small_office.app_client("acme", "recruiter").post("/v1/offers", json=OFFER).get_json()["id"]
    kept = as_json(small_office.store.offers.get(small_office.who("acme"), offer_id))
    band = kept["figures"]["band"]
    assert json.loads(exports.of(kept, "lever")[0])["salaryRange"]["min"] == band["min_usd"]
