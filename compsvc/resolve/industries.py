"""Industry words and NAICS codes to an industry; headcounts and ranges to a size class."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid

_SPACES = re.compile(r"[^a-z0-9]+")
_GENERIC = frozenset("firm company companies services service manufacturing employed industry group and of other self".split())


def _plain(text: str) -> str:
    return " ".join(_SPACES.sub(" ", text.lower().replace("&", " and ")).split())


@dataclass(frozen=True, slots=True)
class IndustryMatch:
    """An industry code, its sector code, and how sure the match is."""

    code: str
    sector: str
    match: float


class IndustryResolver:
    """Resolve industry words against the vocabulary."""

    def __init__(self) -> None:
        self._industries = vocabulary.industries()
        self._names: dict[str, str] = {}
        for code, industry in self._industries.items():
            self._names.setdefault(_plain(industry.name), code)
            for name in industry.everyday_names:
                self._names[_plain(name)] = code
        for label, code in vocabulary.survey_industry_labels().items():
            self._names.setdefault(_plain(label), code)
        for sector, name in vocabulary.sectors().items():
            first = next((c for c, i in self._industries.items() if i.sector == sector), None)
            if first:
                self._names.setdefault(_plain(name), first)
        self._aliases = {
            row["typed"]: row["code"] for row in csv.DictReader((files(vocabulary) / "naics_aliases.csv").read_text(encoding="utf-8").splitlines())
        }
        self._kinds = {name: set(name.split()) - _GENERIC for name in self._names}
        self.find = lru_cache(maxsize=16384)(self._find)

    def resolve(self, text: str) -> IndustryMatch:
        """The match for a NAICS code or an everyday name; raises RequestInvalid with near names."""
        found = self.find(text)
        if found is None:
            raise self._refusal(text.strip())
        return found

    def _find(self, text: str) -> IndustryMatch | None:
        asked = text.strip()
        if asked in self._industries:
            return self._match(asked, 1.0)
        digits = re.sub(r"\D", "", asked)
        if digits and not re.search("[a-z]", asked.lower()):
            for size in range(min(len(digits), 6), 1, -1):
                prefix = digits[:size]
                found = prefix if prefix in self._industries else self._aliases.get(prefix)
                if found:
                    return self._match(found, 1.0 if size == len(digits) else 0.9)
        name = _plain(asked)
        for candidate, match in (
            (name, 1.0),
            (name.removesuffix(" industry"), 0.95),
            (name.removesuffix(" company"), 0.95),
            (name + "s", 0.95),
            (name.removesuffix("s"), 0.95),
        ):
            if candidate in self._names:
                return self._match(self._names[candidate], match)
        near = get_close_matches(name, list(self._names), n=1, cutoff=0.88)
        if near:
            return self._match(self._names[near[0]], 0.8)
        words = set(name.split()) - _GENERIC
        overlap, most = max(((len(words & set(k.split())) / max(len(kind), len(words), 1), k) for k, kind in self._kinds.items()), default=(0.0, ""))
        if overlap > 0.5:
            return self._match(self._names[most], 0.6)
        leading = re.match(r"(?:naics\s*)?(\d{2,6})\b", name)
        return self._find(leading[1]) if leading and leading[1] != asked else None

    def _refusal(self, asked: str) -> RequestInvalid:
        name = _plain(asked)
        close = tuple(get_close_matches(name, list(self._names), n=3, cutoff=0.6))
        detail = f"'{asked}' is not an industry we know"
        return RequestInvalid(
            detail + ".",
            (
                FieldProblem(
                    "/industry", detail, "A NAICS code (2 to 6 digits) or an everyday name such as 'SaaS', 'ad agency', 'hospital'; see /v1/vocabulary", close
                ),
            ),
        )

    def _match(self, code: str, match: float) -> IndustryMatch:
        return IndustryMatch(code, self._industries[code].sector, match)


_SIZE = re.compile(
    r"(?P<under>under|less than|fewer than|up to|<=?)?\s*(?P<low>\d[\d,]*(?:\.\d+)?)\s*(?P<low_k>k)?\s*(?:(?:-|–|to)\s*(?P<high>\d[\d,]*(?:\.\d+)?)\s*(?P<high_k>k)?)?\s*(?P<over>\+)?\s*(?:employees|people|staff|fte)?"
)


@lru_cache(maxsize=4096)
def resolve_size(text: str | int) -> tuple[str, int | None]:
    """(size class, headcount if one was named) from '200', '100-499', '51 to 200', '10,000+', '5k'."""
    classes = vocabulary.size_classes()
    asked = str(text).strip().lower()
    if any(asked == c.code for c in classes):
        return asked, None
    found = _SIZE.fullmatch(asked)
    if found is None:
        raise _not_a_size(text)
    high_k = found["high_k"] or ""
    low = _headcount(found["low"], found["low_k"] or high_k)
    high = _headcount(found["high"], high_k) if found["high"] else low
    if not 1 <= low <= high <= vocabulary.EMPLOYEES_MAX or low != int(low) or high != int(high):
        raise _not_a_size(text)
    if found["under"]:
        low = max(1.0, high / 4)
    headcount = round(math.sqrt(low * high)) if low > 1 or high == low else round(high / 2)
    code = next(c.code for c in reversed(classes) if headcount >= c.low)
    exact = not (found["high"] or found["under"] or found["over"])
    return code, headcount if exact else None


def _not_a_size(text: str | int) -> RequestInvalid:
    allowed = f"A whole headcount from 1 to {vocabulary.EMPLOYEES_MAX:,} or a range such as 100-499"
    detail = f"'{text}' is not a company size"
    return RequestInvalid(detail + ".", (FieldProblem("/employees", detail, allowed, tuple(c.code for c in vocabulary.size_classes())),))


def _headcount(digits: str, thousands: str) -> float:
    return float(digits.replace(",", "")) * (1000 if thousands else 1)
