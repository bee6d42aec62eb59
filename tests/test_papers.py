"""PDF and Word postings are read as their text is; files that mean harm end in a process of their own, refused in words, soon and cheaply."""

import base64
import io
import random
import resource
import time
from functools import cache
from pathlib import Path

import pytest

from compsvc import papers
from compsvc.errors import RequestInvalid
from compsvc.postings import read
from compsvc.postings.documents import document_of, document_of_file
from tests.conftest import PROJECT
from tests.hostile import measured, repacked

WITHIN_SECONDS, WITHIN_MB = 2.0, 100.0
TEXT = (PROJECT / "tests" / "postings" / "tune" / "01-senior-account-manager-agency.txt").read_text(encoding="utf-8")


def pdf(text, lines_wrap=True):
    """A PDF of a text, as an office program prints it: paragraphs broken into lines."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    style, stream = getSampleStyleSheet()["Normal"], io.BytesIO()
    parts = [Paragraph(("• " + line[2:] if line.startswith("- ") else line).replace("&", "&amp;") or "&nbsp;", style) for line in text.splitlines()]
    SimpleDocTemplate(stream).build(parts)
    return stream.getvalue()


def docx(text, table=()):
    from docx import Document

    document, stream = Document(), io.BytesIO()
    for i, line in enumerate(text.splitlines()):
        if i == 0:
            document.add_heading(line, 1)
        elif line.startswith("- "):
            document.add_paragraph(line[2:], style="List Bullet")
        else:
            document.add_paragraph(line)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
    document.save(stream)
    return stream.getvalue()


def said(reading):
    """What a reading says, without where."""
    single = ("family", "level", "work_mode", "industry", "employees", "years", "employment_type", "bonus_percent")
    fields = {name: getattr(reading, name).value if getattr(reading, name) else None for name in single}
    return fields | {
        "titles": [t.value for t in reading.titles],
        "locations": [p.value for p in reading.locations],
        "pay": {(s.low, s.high, s.unit, s.basis) for s in reading.pay},
    }


@pytest.mark.parametrize(("make", "form"), [(pdf, "pdf"), (docx, "docx")])
@pytest.mark.parametrize(
    "name",
    ["01-senior-account-manager-agency.txt", "02-mid-market-account-executive-saas.txt", "41-account-supervisor.txt", "60-it-project-manager-contract.txt"],
)
def test_a_posting_reads_the_same_from_a_file_as_from_its_text(model, make, form, name):
    found = sorted((PROJECT / "tests" / "postings" / "tune").glob(name[:3] + "*"))[0]
    text = found.read_text(encoding="utf-8")
    document = document_of_file(make(text))
    assert document.form == form
    assert said(read(model, document)) == said(read(model, document_of(text)))


def test_rows_of_a_word_table_are_lines_whose_head_counts(model):
    document = document_of_file(docx("Account Executive\nAustin, TX", [("Zone", "Base salary", "OTE"), ("A", "$80,000 - $90,000", "$150,000 - $170,000")]))
    assert "Zone | Base salary | OTE\nA | $80,000 - $90,000 | $150,000 - $170,000" in document.text
    assert {(s.low, s.high, s.basis) for s in read(model, document).pay} == {(80_000, 90_000, "base"), (150_000, 170_000, "ote")}


def test_text_files_in_usual_encodings_are_read():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert papers.read_paper("Account Director – £90,000".encode(encoding)) == "Account Director – £90,000"


def test_the_api_takes_a_file_or_a_text_and_never_both(client):
    sent = base64.b64encode(pdf(TEXT)).decode()
    body = client.post("/v1/postings", json={"file": sent}).get_json()
    plain = client.post("/v1/postings", json={"text": TEXT}).get_json()
    assert body["form"] == "pdf"
    assert body["range"] == plain["range"]
    for wrong, pointer in (({"file": "not base64!"}, "/file"), ({"file": sent, "text": TEXT}, "/text"), ({}, "/text"), ({"file": 7}, "/file")):
        answer = client.post("/v1/postings", json=wrong)
        assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, pointer)
    refused = client.post("/v1/postings", json={"file": base64.b64encode(b"%PDF-1.7 nothing").decode()})
    assert refused.status_code == 422
    assert "damaged" in refused.get_json()["errors"][0]["detail"]


# --- files that mean harm -----------------------------------------------------------------


def one_page(content, page=b"", filters=b"", extra=b""):
    """A PDF of one page with a content stream, written by hand with its cross-reference table."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>" + page + b">>",
        b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), filters, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, at = b"%PDF-1.4\n", []
    for i, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    start = len(out)
    out += extra + b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % a for a in at)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (start + len(extra))


def deflated(data, times=1):
    import zlib

    for _ in range(times):
        data = zlib.compress(data, 9)
    return data


@cache
def hostile():
    good, word = pdf(TEXT), docx(TEXT)
    kids = b"[" + b"3 0 R " * 100_000 + b"]"
    return {
        "a stream of 300 MB": one_page(deflated(b" " * 300_000_000), filters=b"/Filter/FlateDecode"),
        "streams in streams": one_page(deflated(b" " * 50_000_000, 3), filters=b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"),
        "pages that are themselves": one_page(b"").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
        "a hundred thousand pages": one_page(b"BT (x) Tj ET").replace(b"[3 0 R]/Count 1", kids + b"/Count 100000"),
        "a million words to draw": one_page(b"BT /F1 9 Tf " + b"(word ) Tj 1 0 Td " * 400_000 + b"ET"),
        "arrays in arrays": one_page(b"BT " + b"[" * 100_000 + b"]" * 100_000 + b" TJ ET"),
        "a picture of text": one_page(b"q 100 0 0 100 0 0 cm Q"),
        "half a PDF": good[: len(good) // 2],
        "a PDF's first line": b"%PDF-1.7\n",
        "a PDF of noise": b"%PDF-1.7\n" + random.Random(3).randbytes(200_000),
        "a Word bomb": repacked(word, more={"word/media/z.bin": b"\0" * 100_000_000}),
        "a billion laughs": repacked(word, {"word/document.xml": lambda p: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]>' + p[p.index(b"?>") + 2 :]}),
        "macros": repacked(word, more={"word/vbaProject.bin": b"x"}),
        "a part outside": repacked(word, more={"../../evil.txt": b"x"}),
        "half a document": word[: len(word) // 2],
        "a workbook": repacked(word).replace(b"word/document.xml", b"word/dokument.xml"),
        "an old document": papers._OLE + b"0" * 5_000,
        "paragraphs in paragraphs": repacked(word, {"word/document.xml": lambda p: p.replace(b"<w:body>", b"<w:body>" + b"<w:p>" * 200_000)}),
        "a program": b"\x7fELF" + bytes(range(256)) * 100,
        "NUL all over": b"\0" * 1_000_000,
    }


SAID = {
    "a stream of 300 MB": ("within 1.5 seconds", "damaged", "no text"),
    "streams in streams": ("within 1.5 seconds", "damaged", "no text"),
    "pages that are themselves": ("damaged", "within 1.5 seconds", "no text"),
    "a hundred thousand pages": ("more than 30 pages", "damaged"),
    "a million words to draw": ("within 1.5 seconds", "damaged"),
    "arrays in arrays": ("damaged", "no text", "within 1.5 seconds"),
    "a picture of text": ("no text",),
    "half a PDF": ("damaged", "no text"),
    "a PDF's first line": ("damaged",),
    "a PDF of noise": ("damaged",),
    "a Word bomb": ("unpacks to more",),
    "a billion laughs": ("not plain UTF-8",),
    "macros": ("macros",),
    "a part outside": ("leaves it",),
    "half a document": ("damaged",),
    "a workbook": ("damaged", "no .docx"),
    "an old document": ("password",),
    "paragraphs in paragraphs": ("damaged",),
    "a program": ("neither text",),
    "NUL all over": ("neither text",),
}


def refused(data):
    """In what words a file is refused; "" where it is read."""
    try:
        document_of_file(data)
    except RequestInvalid as problem:
        return problem.problems[0].detail
    return ""


def cost_of(files):
    """(slowest seconds, what it was, MB that reading adds to a process of its own)."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slow = {}
    for path in sorted(Path(files).iterdir()):
        data = path.read_bytes()
        busy, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
        words = refused(data)
        assert any(word in words for word in SAID[path.stem]), (path.stem, words)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        slow[path.stem] = now.ru_utime + now.ru_stime - busy.ru_utime - busy.ru_stime + time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return max(slow.values()), max(slow, key=slow.get), grown


def test_hostile_papers_are_refused_soon_and_cheaply(tmp_path):
    """In a process of its own, so that making them is not counted; processor time, its child's included; nothing is left behind."""
    assert set(SAID) == set(hostile())
    slowest, which, grown, left = measured(tmp_path, hostile(), "tests.test_papers")
    print(f"{len(SAID)} hostile papers: slowest {slowest:.2f} s ({which}), memory +{grown:.0f} MB")
    assert slowest <= WITHIN_SECONDS
    assert grown <= WITHIN_MB
    assert left == []


@pytest.mark.parametrize("make", [pdf, docx])
def test_papers_mutated_at_random_are_read_or_refused(make):
    rng, good, well = random.Random(7), make(TEXT), 0
    for _ in range(25):
        data = bytearray(good)
        for _ in range(rng.randint(1, 30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        well += not refused(bytes(data))
    assert well < 25


def test_a_page_takes_an_upload_and_refuses_a_bad_one(client):
    def sent(data):
        return client.post("/posting", data={"file": (io.BytesIO(data), "job.pdf")})

    assert "88,000 to 104,000" in sent(pdf(TEXT)).get_data(as_text=True)
    bad = sent(hostile()["half a document"])
    assert bad.status_code == 422
    assert "damaged" in bad.get_data(as_text=True)
