"""A stranger's file as text: plain text in the usual encodings, PDF, or Word (DOCX).

PDF and Word are opened in a process of their own (`confined`). Lines that a page broke are put together again,
rows of a table are one line with ` | ` between cells, list entries begin with a bullet.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Any

from compsvc import confined
from compsvc.confined import NotRead
from compsvc.errors import FieldProblem, RequestInvalid

ALLOWED = "text, HTML, JSON, PDF or DOCX"
MOST_PAGES = 30
MOST_TEXT = 400_000
_PDF, _ZIP, _OLE = b"%PDF-", b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_WITHIN = 1024
_FULL_LINE = 0.6
_BULLET = re.compile(r"^\s*[•●▪◦‣·\uf0b7\uf0a7o]\s+|^\s*[-–*]\s+")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(data: bytes) -> str:
    """`pdf`, `docx` or `text`, by how the bytes begin."""
    if _PDF in data[:_PDF_WITHIN]:
        return "pdf"
    return "docx" if data.startswith((_ZIP, _OLE)) else "text"


def text_of(data: bytes) -> str:
    """Bytes as text: UTF-8, UTF-16 by its mark, else the Western code page office programs write by default."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_paper(data: bytes, pointer: str = "/file") -> str:
    """The words of a file; RequestInvalid, naming `pointer`, for what cannot be read as text."""
    kind = kind_of(data)
    if kind == "text":
        if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _BINARY.search(data[:4096]):
            raise _refused(pointer, "the file is neither text nor a PDF or Word document")
        return text_of(data)
    if data.startswith(_OLE):
        raise _refused(pointer, "the file is protected by a password, or an old .doc")
    try:
        return confined.read("compsvc.papers", data, "the file")
    except NotRead as problem:
        raise _refused(pointer, str(problem)) from None


def _refused(pointer: str, detail: str) -> RequestInvalid:
    return RequestInvalid("The file was not read.", (FieldProblem(pointer, detail, ALLOWED),))


# --- the process that opens it -----------------------------------------------------------


def _words(data: bytes) -> str:
    text = "\n".join(_pdf_lines(data) if kind_of(data) == "pdf" else _docx_lines(data))
    plain = re.sub(r"\n{3,}", "\n\n", text).strip()
    if not re.search(r"\w{2}", plain):
        raise NotRead("the file holds no text; a scan or a picture of text cannot be read")
    return plain[:MOST_TEXT]


def _pdf_lines(data: bytes) -> Iterator[str]:
    import logging

    from pypdf import PasswordType, PdfReader

    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise NotRead("the PDF is protected by a password")
        tree: Any = reader.root_object["/Pages"]
        if int(tree.get("/Count", 0)) > MOST_PAGES or len(reader.pages) > MOST_PAGES:
            raise NotRead(f"the PDF has more than {MOST_PAGES} pages")
        pages = [page.extract_text() for page in reader.pages]
    except (NotRead, MemoryError):
        raise
    except Exception as problem:
        raise NotRead(f"the PDF is damaged ({type(problem).__name__})") from None
    for page in pages:
        yield from _joined(page.replace("\0", "").splitlines())


def _joined(lines: list[str]) -> Iterator[str]:
    """Lines of a page with sentences that run over a line's end put together again."""
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in lines]
    longest = max((len(line) for line in lines), default=0)
    held = last = ""
    for line in lines:
        runs_on = held and line and not _BULLET.match(line) and len(last) >= _FULL_LINE * longest and not re.search(r"[.:!?]$", held)
        if runs_on and (line[:1].islower() or re.match(r"[\d$€£(&–—-]", line) or re.search(r"(?:[,&–—-]|\b(?:and|or|of|the|a|to|in|for|with|is))$", held)):
            held = held[:-1] + line if re.search(r"[a-z]-$", held) and line[:1].islower() else f"{held} {line}"
        else:
            if held or not line:
                yield held
            held = _BULLET.sub("• ", line)
        last = line
    yield held


def _docx_lines(data: bytes) -> Iterator[str]:
    for _name, _part in confined.parts_of(data, ".docx document", "word/document.xml"):
        pass
    try:
        from docx import Document

        yield from _blocks(Document(io.BytesIO(data)))
    except (NotRead, MemoryError):
        raise
    except Exception as problem:
        raise NotRead(f"the document is damaged ({type(problem).__name__})") from None


def _blocks(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                whole = {id(cell._tc): cell for cell in row.cells}
                yield " | ".join(re.sub(r"\s+", " ", cell.text).strip() for cell in whole.values())
            yield ""
            continue
        style = (block.style.name or "") if block.style is not None else ""
        listed = style.startswith("List") or (block._p.pPr is not None and block._p.pPr.numPr is not None)
        if style.startswith("Heading"):
            yield ""
        yield ("• " if listed and block.text.strip() else "") + block.text


if __name__ == "__main__":
    raise SystemExit(confined.main(_words))
