"""Tables people made, read as rows: headers wherever they stand, headings in everyday words, cells as spreadsheets and people write them; and files that mean harm."""

import io
import random
import resource
import struct
import time
import zipfile
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from compsvc import spreadsheets
from compsvc.errors import RequestInvalid
from compsvc.headcount import cells, rows
from compsvc.headcount.rows import LEFT_OUT, read, table_of, table_of_text
from compsvc.schemas.headcount import COLUMNS
from tests.hostile import measured, repacked

WITHIN_SECONDS, WITHIN_MB = 2.0, 100


def rows_of(text):
    return read(table_of_text(text)).rows


def workbook(cells, merged=(), more=(), sheet="Plan"):
    """An XLSX of text and numbers; `merged` holds (top, left, bottom, right, text)."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for i, row in enumerate(cells):
        for j, value in enumerate(row):
            if value is not None:
                page.write(i, j, value)
    for top, left, bottom, right, text in merged:
        page.merge_range(top, left, bottom, right, text)
    for name in more:
        book.add_worksheet(name).write(0, 0, "not this")
    book.close()
    return stream.getvalue()


# --- the header ---------------------------------------------------------------------------


def test_a_merged_header_over_two_lines_is_read():
    cells = [[None], [None], [None] * 8, [None, None, None, None, "Base", "Target bonus", None, None]]
    cells += [
        ["Account Director", "Austin, TX", 2, None, 115_000, None, "Mar-27", "Dana"],
        ["Account Manager", "Austin, TX", 6, None, "$82,000", "28k", None, "Dana"],
    ]
    cells += [["Total", None, 8]]
    merged = [(0, 0, 0, 7, "Headcount plan FY27 (draft 3)"), (2, 4, 2, 5, "Annual pay (USD)")]
    merged += [(2, j, 3, j, name) for j, name in ((0, "Job title"), (1, "Office"), (2, "HC"), (3, "Level"), (6, "Start date"), (7, "Manager"))]
    reading = read(table_of(workbook(cells, merged, ["Assumptions"])))
    assert [reading.columns[j].heading for j in reading.unknown] == ["Manager"]
    reading = read(table_of(workbook(cells, merged, ["Assumptions"])), {7: LEFT_OUT})
    assert reading.rows == [
        {"title": "Account Director", "location": "Austin, TX", "count": "2", "base_usd": "115000", "start_on": "2027-03-01"},
        {"title": "Account Manager", "location": "Austin, TX", "count": "6", "base_usd": "82,000", "variable_usd": "28k"},
    ]
    assert reading.lines == [5, 6]
    assert any("not read: Assumptions" in note for note in reading.notes)
    assert any("line 7 is a total" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("heading", "cell", "row"),
    [
        ("Base salary (EUR)", "70,000", {"base": "70,000", "currency": "EUR"}),
        ("Base", "€ 70k", {"base": "70k", "currency": "EUR"}),
        ("Base pay, USD", "$ 70 000", {"base_usd": "70000"}),
        ("Salary/yr", "£65,000", {"base": "65,000", "currency": "GBP"}),
        ("Monthly base", "6,500", {"base_usd": "78000"}),
        ("Hourly base", "45.50", {"base_usd": "94640"}),
        ("Target Bonus ($)", "12,000", {"variable_usd": "12,000"}),
        ("base_usd", "82000", {"base_usd": "82000"}),
        ("# of hires", "3 FTE", {"count": "3"}),
        ("Level", "IC4", {"level": "P4"}),
        ("Grade", "m3", {"level": "M3"}),
        ("Percentile", "P60", {"market_percentile": "60"}),
        ("Start", "Q2 2027", {"start_on": "2027-04-01"}),
        ("Start date", "3/15/2027", {"start_on": "2027-03-15"}),
        ("Hire date", "15.03.2027", {"start_on": "2027-03-15"}),
        ("Start month", "April 2027", {"start_on": "2027-04-01"}),
        ("Join date", "1 Apr 2027", {"start_on": "2027-04-01"}),
        ("Start", "03/04/2027", {"start_on": "03/04/2027"}),
        ("Base (USD)", "€ 70k", {"base_usd": "EUR 70k"}),
        ("Base", "TBD", {}),
        ("Bonus", "—", {"variable_usd": "0"}),
        ("Bonus", "$ -", {"variable_usd": "0"}),
        ("Bonus", "TBD", {}),
        ("Base", "#N/A", {"base_usd": "#N/A"}),
        ("Base", "€95.000", {"base": "95.000", "currency": "EUR"}),
        ("Monthly salary", "8k", {"base_usd": "96000"}),
        ("Salary/mo", "8000", {"base_usd": "96000"}),
        ("Base / hour", "50", {"base_usd": "104000"}),
        ("Team", "NA", {"team": "NA"}),
        ("Monthly salary", "8.000,00", {"base_usd": "8.000,00"}),
        ("Monthly salary", "4.500", {"base_usd": "4.500"}),
        ("Start", "Mar 15", {"start_on": "Mar 15"}),
        ("Start", "TBD", {"start_on": "TBD"}),
        ("Start", "-", {}),
        ("Last day", "2027-06-30", {"end_on": "2027-07-01"}),
        ("End date", "Jun 2027", {"end_on": "2027-07-01"}),
        ("End", "Q2 2027", {"end_on": "2027-07-01"}),
        ("end_on", "2027-06-30", {"end_on": "2027-06-30"}),
    ],
)
def test_a_cell_is_read_as_people_mean_it_or_left_as_it_is(heading, cell, row):
    text = rows.as_csv(["Role", heading], [{"Role": "Account Manager", heading: cell}])
    assert rows_of(text) == [{"title": "Account Manager", **row}]


def test_tables_come_as_spreadsheets_write_them():
    wanted = [{"title": "Account Director", "team": "Équipe"}]
    for text in ("title,team\r\nAccount Director,Équipe\r\n", "\n\nTitle;Team\nAccount Director;Équipe", "title\tteam\rAccount Director\tÉquipe"):
        for data in (text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("cp1252")):
            assert read(table_of(data)).rows == wanted


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('title,location,team\nAccount Director,Texas,"Sales\nAccount Manager,Texas,Ops', "quote"),
        ("title", "at least one row"),
        ("title\n\n", "at least one row"),
        ("name,city\nDana,Austin", "no header line"),
        ("", "no header line"),
        ("title\n" + "x" * 500, "500 characters"),
        ("title," + "x," * 300 + "y\na", "at most"),
    ],
)
def test_a_table_that_cannot_be_read_whole_is_refused(table, said):
    with pytest.raises(RequestInvalid) as refused:
        read(table_of_text(table))
    p = refused.value.problems[0]
    assert said in p.detail + " " + (p.allowed or "")


def test_a_column_nobody_knows_is_asked_about_with_what_it_may_be():
    reading = read(table_of_text("Title,Locaton,Notes\nAccount Director,Texas,x"))
    problems = rows.asked_about(reading).problems
    assert [(p.detail, p.did_you_mean) for p in problems] == [("there is no column 'Locaton'", ("location",)), ("there is no column 'Notes'", ())]
    assert read(table_of_text("Title,Locaton,Notes\nAccount Director,Texas,x"), {1: "location", 2: LEFT_OUT}).rows == [
        {"title": "Account Director", "location": "Texas"}
    ]


def test_every_heading_names_a_field():
    assert set(rows.headings().values()) <= {*COLUMNS, rows.LAST_DAY}
    for name in COLUMNS:
        assert rows._column([[name]], 0, 0).field == name


@pytest.mark.parametrize(
    ("table", "asked"),
    [
        ("Title,Role,Location\nAccount Director,AD,Texas", ["'Role' would be title, as 'Title' is"]),
        ("Department,Title,Team\nCS,Account Director,North", ["'Team' would be team, as 'Department' is"]),
        ("Title,Location,\nAccount Director,Texas,backfill", ["there is no column 'column 3'"]),
        ("Title,Location,Employees\nAccount Director,Texas,12", ["'Employees' would be a count of people, or the company's size"]),
        ("Title,Location,RSU\nAccount Director,Texas,1200", ["there is no column 'RSU'"]),
    ],
)
def test_columns_that_could_be_two_things_are_asked_about(table, asked):
    reading = read(table_of_text(table))
    assert [p.detail for p in rows.asked_about(reading).problems] == asked
    chosen = dict.fromkeys(reading.unknown, LEFT_OUT)
    assert not read(table_of_text(table), chosen).unknown


def test_a_share_of_base_is_one_and_a_chosen_column_keeps_what_its_heading_says():
    assert rows_of("Title,Base,Bonus %\nAnalyst,100000,15\nAnalyst,100000,0.15\nAnalyst,,15") == [
        {"title": "Analyst", "base_usd": "100000", "variable_usd": "15000"},
        {"title": "Analyst", "base_usd": "100000", "variable_usd": "15000"},
        {"title": "Analyst", "variable_usd": "15"},
    ]
    assert rows_of("Title,Base,Bonus\nAnalyst,90k,10%") == [{"title": "Analyst", "base_usd": "90k", "variable_usd": "9000"}]
    table = "Title,Wage per hour,City\nAnalyst,45,Austin"
    assert read(table_of_text(table), {1: "base"}).rows == [{"title": "Analyst", "base_usd": "93600", "location": "Austin"}]
    merged = "Title,Monthly pay,Monthly pay,City\n,Base,Bonus,\nAnalyst,9000,500,Austin"
    assert read(table_of(workbook([line.split(",") for line in merged.split("\n")]))).rows[0]["base_usd"] == "108000"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ('Title,Base,Bonus\nAnalyst,"$95,000","€20,000"', {"base_usd": "95,000", "variable_usd": "EUR 20,000"}),
        ('Title,Base,Bonus\nAnalyst,"€95,000","£20,000"', {"base": "95,000", "variable": "GBP 20,000", "currency": "EUR"}),
        ("Title,Base (USD),Bonus (EUR)\nAnalyst,95000,20000", {"base_usd": "95000", "variable_usd": "EUR 20000"}),
        ("Title,Base (EUR),Bonus (USD)\nAnalyst,95000,20000", {"base": "95000", "variable": "USD 20000", "currency": "EUR"}),
        ("Title,Base (USD),Currency\nAnalyst,95000,EUR", {"base": "USD 95000", "currency": "EUR"}),
        ('Title,Base,Currency\nAnalyst,"€95,000",USD', {"base_usd": "EUR 95,000"}),
        ("Title,Base,Bonus\nAnalyst,€70k,$10k", {"base": "70k", "variable": "USD 10k", "currency": "EUR"}),
        ("Title,Base,Equity (EUR)\nAnalyst,90000,40000", {"base_usd": "90000", "equity_usd": "EUR 40000"}),
        ("Title,Base,base_usd\nAnalyst,5000,90000", {"base_usd": "90000 and 5000"}),
        ("Title,Base,Currency\nAnalyst,95000 kr,", {"base_usd": "95000 kr"}),
    ],
)
def test_currencies_that_contradict_each_other_are_left_to_be_refused(table, row):
    assert rows_of(table) == [{"title": "Analyst", **row}]


def test_totals_section_lines_and_footnotes_are_no_people():
    table = "Title,Location,Count,Base\nClient Services,,,\nAccount Manager,Austin,2,100000\nTotal headcount,,2,200000\nTotal Rewards Manager,Austin,1,120000\nNotes: all USD,,,\nGrand total,,3,"
    reading = read(table_of_text(table))
    assert [r["title"] for r in reading.rows] == ["Account Manager", "Total Rewards Manager"]
    assert len([n for n in reading.notes if "left out" in n]) == 4


def test_a_row_that_holds_nothing_shifts_no_other():
    text = "Title,Location,Base\nAccount Manager,Austin,100000\nN/A,n/a,\nAccount Director,Denver,150000"
    reading = read(table_of_text(text))
    assert [r["title"] for r in reading.rows] == ["Account Manager", "Account Director"]
    again = rows.as_csv(["title", "location", "base_usd"], reading.rows)
    assert rows_of(again) == reading.rows


def test_a_table_of_two_currencies_is_read_again_as_it_was():
    table = "Title,Location,Base,Bonus,Currency\nAccount Manager,Austin,100000,0,\nAccount Manager,Berlin,90000,0,EUR"
    found = rows_of(table)
    fields = [name for name in COLUMNS if any(name in row for row in found)]
    assert rows_of(rows.as_csv(fields, found)) == found


def test_a_cover_sheet_is_passed_over_and_failed_formulas_are_no_blanks():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet("Cover").write(0, 0, "Plan of 2027")
    sheet = book.add_worksheet("People & openings")
    sheet.write_row(0, 0, ["Title", "Location", "Base"])
    sheet.write_row(1, 0, ["Account Manager", "Austin"])
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    book.close()
    reading = read(table_of(stream.getvalue()))
    assert reading.rows == [{"title": "Account Manager", "location": "Austin", "base_usd": spreadsheets.FAILED}]
    assert any("not read: Cover" in note for note in reading.notes)


def test_a_cell_typed_anew_is_read_as_in_a_table():
    assert rows.mended("start_on", "Q3 2027") == {"start_on": "2027-07-01"}
    assert rows.mended("base_usd", "€90,000") == {"base": "90,000", "currency": "EUR"}
    assert rows.mended("base_usd", "90k") == {"base_usd": "90k"}
    assert rows.mended("title", "Data Analyst") == {"title": "Data Analyst"}
    assert rows.mended("count", "3 FTE") == {"count": "3"}


ROW = st.fixed_dictionaries(
    {"title": st.sampled_from(["Account Director", "Analyst, Sr.", 'The "VP"'])},
    optional={
        "location": st.sampled_from(["Austin, TX", "Denver"]),
        "level": st.sampled_from(["P3", "M4"]),
        "count": st.integers(1, 99).map(str),
        "start_on": st.dates().map(lambda d: d.replace(year=2027).isoformat() if (d.month, d.day) != (2, 29) else "2027-02-28"),
        "base_usd": st.integers(10_000, 500_000).map(str),
        "team": st.text("abc ;,\t\"'é", min_size=1, max_size=9).map(str.strip).filter(lambda t: t not in ("", "-")),
    },
)


@given(st.lists(ROW, min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_rows_written_and_read_again_are_the_same(table):
    fields = [name for name in COLUMNS if any(name in row for row in table)]
    assert rows_of(rows.as_csv(fields, table)) == table


# --- files that mean harm ------------------------------------------------------------------

GOOD = [["title", "location", "count"], ["Account Director", "Austin, TX", 2]]


def in_sheet(xml):
    return {"xl/worksheets/sheet1.xml": lambda part: part.replace(b"</sheetData>", xml + b"</sheetData>")}


def entities(part):
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (i + 1, b"&l%d;" % i * 10) for i in range(9))
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b"]>" + part[part.index(b"?>") + 2 :].replace(b"<sheets>", b"<sheets>&l9;")


def lying(data):
    """A part that says it is 100 bytes and unpacks to 40 MB."""
    found = bytearray(repacked(data, more={"xl/media/a.xml": b" " * 40_000_000}))
    at = found.rfind(b"xl/media/a.xml") - 46
    found[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(found)


def overlapping(data, times):
    """The last part listed many times over: a small file that says it unpacks to gigabytes."""
    end = data.rfind(b"PK\5\6")
    n, size, offset = struct.unpack("<HII", data[end + 10 : end + 20])
    directory = data[offset : offset + size]
    last = directory[directory.rfind(b"PK\1\2") :]
    more = b"".join(last.replace(b"media/000", b"media/%03d" % k) for k in range(1, times))
    return data[:offset] + directory + more + data[end : end + 8] + struct.pack("<HHII", n + times - 1, n + times - 1, size + len(more), offset) + b"\0\0"


def nested(depth):
    data = b"0" * 5_000_000
    for i in range(depth):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr(f"{i}.zip", data)
        data = stream.getvalue()
    return data


@cache
def hostile():
    good = workbook(GOOD)
    wide = workbook([["title", *[f"c{j}" for j in range(16_382)]], ["x"] * 16_383])
    shared = workbook([GOOD[0], *[["Account Director", "x", "x"]] * 20_000])
    return {
        "a bomb of 10 MB": repacked(good, more={"xl/media/z.bin": b"\0" * 70_000_000}),
        "a bomb of 400 MB": repacked(good, more={f"xl/media/{i}.bin": b"\0" * 100_000_000 for i in range(4)}),
        "a bomb of 10 GB": overlapping(repacked(good, more={"xl/media/000.bin": b"\0" * 100_000_000}), 100),
        "a cell of 100 MB": repacked(good, in_sheet(b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"y" * 100_000_000 + b"</t></is></c></row>")),
        "a lying size": lying(good),
        "zips in zips": nested(6),
        "a billion laughs": repacked(good, {"xl/workbook.xml": entities}),
        "a quadratic entity": repacked(
            good, {"xl/workbook.xml": lambda p: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]>' + p[p.index(b"?>") + 2 :]}
        ),
        "a part outside": repacked(good, more={"../../evil.txt": b"x"}),
        "16,384 columns": wide,
        "a cell at the far end": repacked(good, in_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "a million rows": repacked(good, in_sheet(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
        "a huge shared string": repacked(shared, {"xl/sharedStrings.xml": lambda p: p.replace(b">x<", b">" + b"x" * 1_000_000 + b"<")}),
        "a cell of 5 MB": repacked(good, in_sheet(b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"y" * 5_000_000 + b"</t></is></c></row>")),
        "three million cells": repacked(good, in_sheet(b"<row>" + b"<c><v>1</v></c>" * 3_000_000 + b"</row>")),
        "UTF-16 parts": repacked(good, {"xl/workbook.xml": lambda p: p.decode().encode("utf-16")}),
        "a password": spreadsheets._OLE + b"0" * 5_000,
        "macros": repacked(good, more={"xl/vbaProject.bin": b"x"}),
        "half a file": good[: len(good) // 2],
        "a thousand parts": repacked(good, more={f"xl/x{i}.xml": b"" for i in range(1_000)}),
        "a merged page": workbook([["x" * 60]], [(1, 0, 6_000, 199, "y" * 60)]),
        "a CSV of a million columns": b"title" + b"," * 1_000_000 + b"x\nAccount Director",
        "a CSV cell of 3 MB": b"title\n" + b"x" * 3_000_000,
        "a CSV of a million lines": b"title\n" + b"a\n" * 1_000_000,
        "NUL all over": b"\0" * 1_000_000,
        "an open quote": b'title\n"' + b"a\n" * 100_000,
    }


def refused(data):
    """In what words a file is refused; "" where it is read, and anything else that happens is a failure."""
    try:
        read(table_of(data))
    except RequestInvalid as problem:
        return problem.problems[0].detail
    return ""


SAID = {
    "a bomb of 10 MB": "unpacks to more",
    "a bomb of 400 MB": "unpacks to more",
    "a bomb of 10 GB": "unpacks to more",
    "a cell of 100 MB": "unpacks to more",
    "a lying size": "damaged",
    "zips in zips": "no .xlsx workbook",
    "a billion laughs": "not plain UTF-8",
    "a quadratic entity": "not plain UTF-8",
    "a part outside": "leaves it",
    "16,384 columns": "16,383 columns",
    "a cell at the far end": "within 1.5 seconds",
    "a million rows": "1,048,576 rows",
    "a huge shared string": "within 1.5 seconds",
    "a cell of 5 MB": "5,000,000 characters",
    "three million cells": "more than 1,000,000 cells",
    "a merged page": "no header line",
    "UTF-16 parts": "not plain UTF-8",
    "a password": "password",
    "macros": "macros",
    "half a file": "damaged",
    "a thousand parts": "unpacks to more",
    "a CSV of a million columns": "cells",
    "a CSV cell of 3 MB": "too long",
    "a CSV of a million lines": "lines",
    "NUL all over": "no header line",
    "an open quote": "quote",
}


def cost_of(files):
    """(slowest seconds, what it was, MB that reading adds to a process of its own)."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slow = {}
    for path in sorted(Path(files).iterdir()):
        began = time.monotonic()
        said = refused(path.read_bytes())
        assert SAID[path.stem] in said, (path.stem, said)
        slow[path.stem] = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return max(slow.values()), max(slow, key=slow.get), grown


def test_hostile_files_are_refused_soon_and_cheaply(tmp_path):
    """In a process of its own, so that making them is not counted; the words say why each is refused."""
    assert set(SAID) == set(hostile())
    slowest, which, grown, left = measured(tmp_path, hostile(), "tests.test_tables")
    print(f"{len(SAID)} hostile files: slowest {slowest:.2f} s ({which}), memory +{grown:.0f} MB")
    assert slowest <= WITHIN_SECONDS
    assert grown <= WITHIN_MB
    assert left == []


@pytest.mark.parametrize("reader", [cells.money, cells.day, cells.level, cells.count, cells.percentile, cells.after_last_day])
def test_no_cell_takes_long_to_read(reader):
    """Every cell reader on what makes patterns try again and again."""
    began = time.process_time()
    for head in ("1", "$", "Mar", "p", "ic", "x"):
        for fill in (" ", ",", ".", "1", "-", "\u00a0"):
            reader(head + fill * 36 + "~~")
    assert time.process_time() - began < 0.5


def test_an_upload_that_means_harm_is_a_refusal_of_the_page(small_office):
    client = small_office.app.test_client()
    assert client.post("/sign-in", data={"email": small_office.person("acme", "planner"), "password": "correct horse battery"}).status_code == 303
    for name in ("a bomb of 10 MB", "a billion laughs", "a cell at the far end", "macros", "half a file", "a CSV of a million columns"):
        assert post(client, hostile()[name]).status_code == 422, name
    assert post(client, b"x" * 5_000_000).status_code == 413


def post(client, data):
    """The plan's form with a file, as a browser sends it."""
    head = (
        b'--x\r\nContent-Disposition: form-data; name="from"\r\n\r\n2027-01\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="plan.xlsx"\r\n\r\n'
    )
    return client.post("/plan", data=head + data + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x")


def test_workbooks_mutated_at_random_are_read_or_refused():
    rng, good, read_well = random.Random(5), workbook(GOOD), 0
    for _ in range(120):
        data = bytearray(good)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            found = read(table_of(bytes(data))).rows
        except RequestInvalid:
            continue
        read_well += 1
        assert len(found) <= 1
    assert 0 < read_well < 120


@given(st.binary(max_size=2_000) | st.text(max_size=2_000).map(lambda t: ("title,team\n" + t).encode()))
@settings(max_examples=1_000, deadline=None)
def test_any_bytes_are_a_table_or_a_refusal(data):
    if spreadsheets.is_workbook(data):
        return
    refused(data)
