"""A posting as people send it, as plain text with what its form says outright: Markdown with front matter, HTML, schema.org JobPosting, and the JSON of applicant tracking systems.

The text is data: nothing in it is run, followed or fetched.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple

import orjson

from compsvc import papers
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.postings.abroad import country_of, names_by_code
from compsvc.postings.amounts import unit_of

LONGEST = 100_000
DEEPEST = 40
LONGEST_WORD = 160
MOST_AN_HOUR = 1_000
_BLOCKS = frozenset("p div li ul ol br tr table h1 h2 h3 h4 h5 h6 section article header footer dt dd blockquote hr td th option title".split())
_SILENT = frozenset(("script", "style", "template", "noscript", "svg", "head"))
_TAG = re.compile(r"<(?:/?(?:p|div|ul|ol|li|br|h[1-6]|table|tr|td|span|strong|b|em|section|article|html|body|a|dl|dt|dd)\b)[^<>]*>", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:p|div|ul|ol|li|br|h[1-6]|table|tr|td|section|article|html|body|dl|dt|dd)\b[^<>]*>", re.IGNORECASE)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
_BLANKS = re.compile(r"([^\S\n]{8})[^\S\n]+|(\n{3})\n+")
_AT_END = re.compile(r"(?<=\S)[^\S\n]+(?=\n)|(?<=\n)[^\S\n]+(?=\n)")
_TYPES = {"FULL_TIME": "full-time", "PART_TIME": "part-time", "CONTRACTOR": "contract", "TEMPORARY": "temporary", "INTERN": "internship"}


class Pay(NamedTuple):
    """Pay that a form states in fields of its own, in major units."""

    low: float | None
    high: float | None
    unit: str
    currency: str
    label: str


class Document(NamedTuple):
    """Plain text of a posting, the form it came in, and what the form says outright: title, location, remote, employment_type, industry, employees, company, pay."""

    text: str
    form: str
    said: dict[str, str]
    pay: tuple[Pay, ...] = ()


def document_of(sent: str) -> Document:
    """The posting that was sent; RequestInvalid for one that is empty or too long. Words longer than any word are parted, rows of blanks shortened."""
    document = _document(sent)
    return document._replace(text=_tidied(document.text))


def _tidied(text: str) -> str:
    """Text without rows of blanks and words that are longer than any word."""
    return _BLANKS.sub(r"\1\2", _AT_END.sub("", _LONG_WORD.sub(r"\g<0> ", text)))


def _document(sent: str) -> Document:
    text = sent.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if not text.strip():
        raise RequestInvalid("There is no posting.", (FieldProblem("/text", "the posting is empty", "its text"),))
    if len(text) > LONGEST:
        raise RequestInvalid("The posting is too long.", (FieldProblem("/text", f"{len(text):,} characters", f"at most {LONGEST:,}"),))
    if text.lstrip()[:1] in "{[":
        found = _json(text)
        if found is not None:
            return found
    front = _FRONT.match(text)
    if not front and _BLOCK_TAG.search(text) and len(_TAG.findall(text)) >= 2:
        return _html_document(text)
    text = _tidied(text)
    front = _FRONT.match(text)
    if front:
        said, lines = _front_matter(front[1])
        body = text[front.end() :]
        return Document(f"{lines}\n\n{_from_html(body) if _TAG.search(body) else _from_markdown(body)}".strip(), "markdown", said)
    return Document(_from_markdown(_TAG.sub("", text)), "markdown" if re.search(r"(?m)^#{1,4} |\*\*", text) else "text", {})


def document_of_file(data: bytes) -> Document:
    """The posting in a file: text in any form above, PDF or DOCX; RequestInvalid for what cannot be read."""
    kind = papers.kind_of(data)
    text = papers.read_paper(data)
    if kind == "text":
        return document_of(text)
    if len(text) > LONGEST:
        raise RequestInvalid("The file is too long.", (FieldProblem("/file", f"the file holds {len(text):,} characters", f"at most {LONGEST:,}"),))
    return document_of(text)._replace(form=kind)


# --- Markdown and HTML -------------------------------------------------------------------


def _from_markdown(text: str) -> str:
    """Markdown without its marks; the words and their lines stay."""
    plain = re.sub(r"(?m)^[^\S\n]{0,3}#{1,6}[^\S\n]+", "", text)
    plain = re.sub(r"\*\*([^*\n]{1,400})\*\*|__([^_\n]{1,400})__", lambda m: m[1] or m[2], plain)
    plain = re.sub(r"(?<!\*)\*(?!\*)([^*\n]{1,400})\*(?!\*)", r"\1", plain)
    plain = re.sub(r"\[([^\]\n]{1,400})\]\([^)\n]{1,800}\)", r"\1", plain)
    plain = re.sub(r"(?m)^[^\S\n]*(?:[-*+]|\d{1,2}[.)])[^\S\n]+", "• ", plain)
    plain = re.sub(r"(?m)^[^\S\n]*\|?[^\S\n:|-]*[:|-][^\S\n:|-]*[:|-]{3,}[ \t:|-]*$", "", plain)
    return html.unescape(plain)


_FIELDS = {
    "title": ("title", "position", "role", "job_title", "working_title", "opening", "job"),
    "location": ("location", "locations", "office", "offices", "city", "where", "duty_station", "site", "based"),
    "employees": ("company_size", "companysize", "employees", "headcount"),
    "industry": ("industry", "sector"),
    "employment_type": ("jobtype", "employment_type", "employmenttype", "type", "commitment"),
    "remote": ("remote", "workplace", "work_mode", "work_style", "arrangement", "workplace_type"),
    "company": ("companyname", "company"),
}
_PAY_LINES = (
    "salary",
    "compensation",
    "comp",
    "pay",
    "base",
    "base_salary",
    "ote",
    "bonus",
    "commission",
    "split",
    "mix",
    "pay_mix",
    "salary_range",
    "pay_range",
    "variable",
)


def _front_matter(block: str) -> tuple[dict[str, str], str]:
    """(what `name: value` lines say, the lines about pay as text); one level deep, lists of plain values, everything else of YAML is left alone."""
    names = {alias: field for field, aliases in _FIELDS.items() for alias in aliases}
    said: dict[str, str] = {}
    lines, field = [], ""
    for line in block.splitlines():
        item = re.match(r"\s+-\s+(.+)", line)
        if item and field:
            said[field] = "; ".join(filter(None, (said.get(field, ""), item[1].strip().strip("\"'"))))
            continue
        name, colon, value = line.partition(":")
        key, plain = name.strip().lower().replace("-", "_").replace(" ", "_"), value.strip().strip("\"'").strip("[]")
        field = names.get(key, "") if colon and not line.startswith(" ") else ""
        if field and plain:
            said.setdefault(field, plain.replace(", ", "; ") if value.strip().startswith("[") else plain)
        elif colon and key in _PAY_LINES and plain:
            lines.append(f"{name.strip()}: {plain}")
    return said, "\n".join(lines)


class _Words(HTMLParser):
    """The words of HTML, a line a block; what is in scripts and styles is no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title = ""
        self.scripts: list[str] = []
        self._silent: list[str] = []
        self._in_title = self._in_ld = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Blocks begin a line."""
        if tag == "title":
            self._in_title = True
        elif tag == "script":
            self._in_ld = ("type", "application/ld+json") in attrs
        if tag in _SILENT and len(self._silent) < DEEPEST:
            self._silent.append(tag)
        elif tag in _BLOCKS and tag not in ("td", "th"):
            self.parts.append("\n• " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """Blocks end one."""
        if tag == "title":
            self._in_title = False
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
            self._in_ld = False
        elif tag in _BLOCKS:
            self.parts.append(" | " if tag in ("td", "th") else "\n")

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """`<![` begins a comment in HTML, whatever follows; the library's own reading raises for names it does not know."""
        return self.parse_bogus_comment(i, report)

    def handle_data(self, data: str) -> None:
        """Words outside of scripts and styles."""
        if self._in_title:
            self.title += data
        elif self._in_ld:
            self.scripts.append(data)
        elif not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def _parsed(text: str) -> _Words:
    words = _Words()
    words.feed(text)
    words.close()
    return words


def _from_html(text: str) -> str:
    """The words of HTML, or of HTML that was escaped once more."""
    plain = "".join(_parsed(text).parts)
    if len(_TAG.findall(plain)) >= 2:
        plain = "".join(_parsed(plain).parts)
    lines = (re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in plain.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_OF_A_SITE = re.compile(
    r"\W*(?:careers?|jobs?|(?:current|open|job) (?:openings?|positions?|opportunities|listings?)|opportunities|vacanc(?:y|ies)|join (?:us|our team)|work (?:with|for|at)|we(?:'|’)?re hiring|home(?:page)?)\b",
    re.IGNORECASE,
)


def _html_document(text: str) -> Document:
    words = _parsed(text)
    for script in words.scripts:
        found = _json(script)
        if found is not None and found.form == "schema.org":
            return found
    title = re.split(r"\s[|–-]\s", words.title.strip())[0]
    said = {"title": title} if title and not _OF_A_SITE.match(title) else {}
    return Document(_from_html(text), "html", said)


# --- JSON --------------------------------------------------------------------------------


def _json(text: str) -> Document | None:
    """The posting that JSON holds; None for text that is no JSON of a kind we know."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if isinstance(found, list):
        found = next((one for one in found if isinstance(one, dict)), None)
    if isinstance(found, dict) and isinstance(found.get("@graph"), list):
        found = next((one for one in found["@graph"] if isinstance(one, dict) and "JobPosting" in str(one.get("@type"))), found)
    if not isinstance(found, dict):
        return None
    if "JobPosting" in str(found.get("@type", "")):
        return _schema_org(found)
    if any(name in found for name in ("descriptionHtml", "compensationTiers", "compensation", "compensationTierSummary", "isRemote")):
        return _ashby(found)
    if "pay_input_ranges" in found or ("content" in found and "title" in found):
        return _greenhouse(found)
    if any(name in found for name in ("categories", "descriptionPlain", "salaryRange")):
        return _lever(found)
    raise RequestInvalid(
        "The JSON is of no kind we know.",
        (FieldProblem("/text", "JSON without the fields of a posting", "schema.org JobPosting, or a posting of Greenhouse, Lever or Ashby"),),
    )


def _word(value: Any) -> str:
    return str(value).strip()[:400] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _at(value: Any, *path: str) -> Any:
    for name in path:
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,3}(?:,\d{3})*(?:\.\d{1,4})?\s*|\s*\d{1,9}(?:\.\d{1,4})?\s*", value):
        return float(value.replace(",", ""))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e10 else None


def _kept(**said: Any) -> dict[str, str]:
    return {name: _word(value) for name, value in said.items() if _word(value)}


def _period(value: Any) -> str:
    return unit_of(str(value or "").replace("_", "-")) or "year"


def _schema_org(found: Mapping[str, Any]) -> Document:
    """schema.org JobPosting: baseSalary is a MonetaryAmount with a QuantitativeValue."""
    places = found.get("jobLocation")
    names = []
    for place in places if isinstance(places, list) else [places]:
        address = _at(place, "address")
        named = ", ".join(dict.fromkeys(filter(None, (_word(_at(address, name)) for name in ("addressLocality", "addressRegion")))))
        country = "" if country_of(named) else _abroad(_at(address, "addressCountry"))
        names.append(address if isinstance(address, str) else ", ".join(filter(None, (named, country))))
    remote = "remote" if "TELECOMMUTE" in str(found.get("jobLocationType", "")).upper() else ""
    if remote and not any(names):
        required = found.get("applicantLocationRequirements")
        names = [_word(_at(one, "name")) for one in (required if isinstance(required, list) else [required])]
    said = _kept(
        title=found.get("title"),
        location="; ".join(filter(None, names)),
        remote=remote,
        industry=found.get("industry"),
        company=_at(found, "hiringOrganization", "name"),
    )
    kind = found.get("employmentType")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    said |= _kept(employment_type=_TYPES.get(str(kind).upper().replace("-", "_"), _word(kind)))
    pay = []
    for name, label in (("baseSalary", "base salary"), ("estimatedSalary", "estimated salary")):
        amount = found.get(name)
        value = _at(amount, "value")
        one = _number(value) if not isinstance(value, Mapping) else None
        low, high = (_number(_at(amount, "value", end)) for end in ("minValue", "maxValue"))
        one = one if one is not None else _number(_at(amount, "value", "value"))
        if low is not None or high is not None or one is not None:
            ends = (one, one) if low is None and high is None else (low, high)
            pay.append(Pay(*ends, _period(_at(amount, "value", "unitText") or _at(amount, "unitText")), _word(_at(amount, "currency")) or "USD", label))
    return Document(_lines(said, found.get("description"), found.get("incentiveCompensation")), "schema.org", said, tuple(pay))


def _abroad(country: Any) -> str:
    """A country's name where it is not the United States, which places are read in anyway."""
    name = _word(_at(country, "name")) or _word(country)
    if name.upper().replace(".", "") in ("US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"):
        return ""
    return names_by_code().get(name.upper(), name)


def _greenhouse(found: Mapping[str, Any]) -> Document:
    """Greenhouse: `content` is HTML, often escaped; `pay_input_ranges` are in cents."""
    said = _kept(title=found.get("title"), location=_at(found, "location", "name") or found.get("location"))
    pay = []
    for row in _rows(found.get("pay_input_ranges")):
        low, high = (_number(_at(row, end)) for end in ("min_cents", "max_cents"))
        if low is not None or high is not None:
            label = f"{_word(_at(row, 'title'))} {_from_html(_word(_at(row, 'blurb')))}".strip()
            top = (high or low or 0) / 100
            unit = unit_of(label) or ("hour" if top < MOST_AN_HOUR else "year")
            pay.append(Pay(low / 100 if low else None, high / 100 if high else None, unit, _word(_at(row, "currency_type")) or "USD", label))
    return Document(_lines(said, found.get("content")), "greenhouse", said, tuple(pay))


def _lever(found: Mapping[str, Any]) -> Document:
    """Lever: `text` is the title, `salaryRange` has an interval."""
    said = _kept(
        title=found.get("text") or found.get("title"),
        location="; ".join(_all_locations(found)),
        employment_type=_at(found, "categories", "commitment"),
        remote=found.get("workplaceType"),
    )
    lists = "\n".join(f"{_word(_at(row, 'text'))}\n{_at(row, 'content') or ''}" for row in _rows(found.get("lists")))
    amount = found.get("salaryRange")
    low, high = (_number(_at(amount, end)) for end in ("min", "max"))
    pay = (
        (Pay(low, high, _period(_at(amount, "interval")), _word(_at(amount, "currency")) or "USD", _word(found.get("salaryDescription"))),)
        if low or high
        else ()
    )
    body = found.get("descriptionPlain") or found.get("description")
    described = found.get("salaryDescriptionPlain") or found.get("salaryDescription")
    return Document(_lines(said, body, lists, found.get("additionalPlain") or found.get("additional"), described), "lever", said, pay)


def _ashby(found: Mapping[str, Any]) -> Document:
    """Ashby: tiers of components, each with a kind and an interval."""
    said = _kept(
        title=found.get("title"),
        location="; ".join(filter(None, (_postal(found) or _word(found.get("location") or found.get("locationName")), *_secondary(found)))),
        employment_type=found.get("employmentType"),
        remote=found.get("workplaceType"),
    )
    if found.get("isRemote") is True and "remote" not in said:
        said["remote"] = "remote"
    inner = found.get("compensation") if isinstance(found.get("compensation"), Mapping) else found
    pay = []
    tiers = [(_word(tier.get("title")), row) for tier in _rows(_at(inner, "compensationTiers")) for row in _rows(tier.get("components"))]
    for tier, row in tiers or [("", row) for row in _rows(_at(inner, "summaryComponents"))]:
        low, high = (_number(_at(row, end)) for end in ("minValue", "maxValue"))
        if (low is not None or high is not None) and "equity" not in str(_at(row, "compensationType")).lower():
            pay.append(
                Pay(low, high, _period(_at(row, "interval")), _word(_at(row, "currencyCode")) or "USD", f"{tier} {_word(_at(row, 'compensationType'))}".strip())
            )
    summary = found.get("compensationTierSummary") or _at(inner, "compensationTierSummary")
    body = found.get("descriptionPlain") or found.get("descriptionHtml")
    return Document(_lines(said, body, None if pay else summary), "ashby", said, tuple(pay))


def _rows(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; none of anything else."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _postal(found: Mapping[str, Any]) -> str:
    """The place of an Ashby posting's postal address, which tells Dublin in Ohio from the other."""
    address = _at(found, "address", "postalAddress")
    city, region = (_word(_at(address, name)) for name in ("addressLocality", "addressRegion"))
    return ", ".join(filter(None, (city, region, _abroad(_at(address, "addressCountry"))))) if city and region else ""


def _secondary(found: Mapping[str, Any]) -> list[str]:
    """Further places of an Ashby posting."""
    rows = found.get("secondaryLocations")
    return [_word(row.get("location") if isinstance(row, Mapping) else row) for row in rows] if isinstance(rows, list) else []


def _all_locations(found: Mapping[str, Any]) -> list[str]:
    """Places of a Lever posting."""
    listed = _at(found, "categories", "allLocations")
    first = _word(_at(found, "categories", "location") or found.get("location"))
    rows = [_word(row) for row in listed] if isinstance(listed, list) else []
    country = _abroad(found.get("country"))
    if country and first and (country_of(first) is None or "," not in first):
        first = f"{first}, {country}"
    return list(dict.fromkeys(filter(None, (first, *(row for row in rows if not first.startswith(row))))))


def _lines(said: Mapping[str, str], *bodies: Any) -> str:
    """The title, then the bodies as plain text."""
    parts = [said.get("title", "")]
    for body in bodies:
        if isinstance(body, str) and body.strip():
            body = _tidied(body[:LONGEST])
            parts.append(_from_html(html.unescape(body)) if _TAG.search(html.unescape(body)) else _from_markdown(body))
    return "\n\n".join(filter(None, parts))[:LONGEST]
