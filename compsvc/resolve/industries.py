"""Industry words and NAICS codes to an industry; headcounts and ranges to a size class."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid

_SPACES = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"\d[\d,. ]*\s*k?\b")


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
        self.resolve = lru_cache(maxsize=16384)(self._resolve)

    def _resolve(self, text: str) -> IndustryMatch:
        """The match for a NAICS code or an everyday name; raises RequestInvalid with near names."""
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
        words = set(name.split())
        overlaps = sorted(((len(words & set(k.split())) / max(len(k.split()), len(words)), k) for k in self._names), reverse=True)[:1]
        if overlaps and overlaps[0][0] >= 0.5 and len(words) > 1:
            return self._match(self._names[overlaps[0][1]], 0.6)
        close = tuple(get_close_matches(name, list(self._names), n=3, cutoff=0.6))
        detail = f"'{asked}' is not an industry we know"
        raise RequestInvalid(
            detail + ".",
            (
                FieldProblem(
                    "/industry", detail, "A NAICS code (2 to 6 digits) or an everyday name such as 'SaaS', 'ad agency', 'hospital'; see /v1/vocabulary", close
                ),
            ),
        )

    def _match(self, code: str, match: float) -> IndustryMatch:
        return IndustryMatch(code, self._industries[code].sector, match)


@lru_cache(maxsize=4096)
def resolve_size(text: str | int) -> tuple[str, int | None]:
    """(size class, headcount if one was named) from '200', '100-499', '51 to 200', '10,000+', '5k'."""
    classes = vocabulary.size_classes()
    asked = str(text).strip().lower()
    by_code = {c.code: c for c in classes}
    if asked in by_code:
        return asked, None
    numbers = [_headcount(n) for n in _NUMBER.findall(asked)]
    if asked.startswith(("under", "<", "less", "fewer", "up to")) and numbers:
        numbers = [1, numbers[0]]
    if not numbers or min(numbers) < 1 or max(numbers) > vocabulary.EMPLOYEES_MAX or asked.startswith("-"):
        allowed = f"A headcount from 1 to {vocabulary.EMPLOYEES_MAX:,} or a range such as 100-499"
        detail = f"'{text}' is not a company size"
        raise RequestInvalid(detail + ".", (FieldProblem("/employees", detail, allowed, tuple(by_code)),))
    headcount = int((numbers[0] * numbers[-1]) ** 0.5) if len(numbers) > 1 else numbers[0]
    found = next(c for c in reversed(classes) if headcount >= c.low)
    return found.code, headcount if len(numbers) == 1 and "+" not in asked else None


def _headcount(text: str) -> int:
    number = text.strip().rstrip("k").replace(",", "").replace(" ", "").rstrip(".")
    return int(float(number) * (1000 if text.strip().endswith("k") else 1))
