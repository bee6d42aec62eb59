"""Cells of a table as people write them, read as their field means them: money, dates, counts, levels, percentiles.

A cell is read only where it can mean one thing; otherwise it stays as it was typed, and the contract refuses it by name.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

HOURS_A_YEAR = 2_080
CODES = frozenset({"USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "INR", "SEK", "NOK", "DKK", "PLN", "SGD", "MXN", "BRL"})
SIGNS = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "chf": "CHF", "₹": "INR", "zł": "PLN"}
BLANKS = frozenset({"-", "--", "—", "–", "n/a", "na", "n.a.", "none", "null", "nil"})
UNDECIDED = frozenset({"tbd", "tba", "tbc", "?", "open", "unknown"})
_MONTHS = {name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_MONEY = re.compile(
    r"(?P<before>[^\d.,+%-]{1,3})?(?P<number>[+-]?[\d.,]+)(?P<scale>[kKmM]?)(?P<percent>%?)(?P<after>[^\d.,%/]{1,3}?)?(?:(?:/|per|p)(?:a|yr|year|annum))?"
)
LONGEST_READ = 40
_PLAIN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?")


class Money(NamedTuple):
    """An amount as text, the currency it names ("" for none), and whether it is a percentage."""

    text: str
    currency: str
    percent: bool


def money(text: str) -> Money | None:
    """An amount and its currency sign; None for a cell that is no amount. Whether the number can be read is the contract's to say."""
    match = _MONEY.fullmatch("".join(text.split())) if len(text) <= LONGEST_READ else None
    if match is None:
        return None
    currency = ""
    for sign in (match["before"], match["after"]):
        if sign:
            currency = SIGNS.get(sign.lower()) or (sign.upper() if sign.upper() in CODES else "?")
    return None if currency == "?" else Money(match["number"] + match["scale"], currency, bool(match["percent"]))


def amount(text: str) -> float | None:
    """The number of an amount that can mean one thing: 82000, 82,000.50 or 8k; None for any other."""
    digits, scale = (text[:-1], text[-1].lower()) if text[-1:] in "kKmM" else (text, "")
    if not (_PLAIN.fullmatch(digits) or (scale and re.fullmatch(r"\d+\.\d+", digits))):
        return None
    return float(digits.replace(",", "")) * {"k": 1e3, "m": 1e6}.get(scale, 1.0)


def written(value: float) -> str:
    """A number as a cell holds it."""
    return f"{value:.2f}".removesuffix(".00")


def day(text: str) -> str:
    """A date as ISO 8601 where it can mean one day only: 2027-03, March 2027, Mar-27, Q2 2027, 3/15/2027, 15.03.2027. A month is its first day."""
    plain = text.strip().lower().replace(",", " ")
    if match := re.fullmatch(r"(20\d\d)-(\d\d)(?:-(\d\d))?(?:[t ]00:00(?::00)?)?", plain):
        return _iso(int(match[1]), int(match[2]), int(match[3] or 1), text)
    if match := re.fullmatch(r"q([1-4])[\s'/-]*(20\d\d)|(20\d\d)[\s/-]*q([1-4])", plain):
        return f"{match[2] or match[3]}-{3 * int(match[1] or match[4]) - 2:02d}-01"
    if (match := re.fullmatch(r"([a-z]{3,9})\.?(?:[\s-]+(\d{1,2})(?:st|nd|rd|th)?)?(?:[\s-]+(20\d\d)|\s*['-]\s*(\d\d))", plain)) and match[1][:3] in _MONTHS:
        return _iso(int(match[3] or match[4]), _MONTHS[match[1][:3]], int(match[2] or 1), text)
    if (match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?(?:[\s-]+(20\d\d)|\s*['-]\s*(\d\d))", plain)) and match[2][:3] in _MONTHS:
        return _iso(int(match[3] or match[4]), _MONTHS[match[2][:3]], int(match[1]), text)
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d)", plain):
        one, two = int(match[1]), int(match[2])
        if one > 12 >= two or one == two:
            return _iso(int(match[3]), two, one, text)
        if two > 12 >= one:
            return _iso(int(match[3]), one, two, text)
    if match := re.fullmatch(r"(\d{1,2})/(20\d\d)", plain):
        return _iso(int(match[2]), int(match[1]), 1, text)
    return text


def after_last_day(text: str) -> str:
    """The day after a last day; after the month's or quarter's last day where only that is said."""
    found = day(text)
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", found):
        return text
    last = date.fromisoformat(found)
    if re.search(r"q\s*[1-4]", text, re.IGNORECASE):
        return (last.replace(day=28) + timedelta(days=70)).replace(day=1).isoformat()
    if _is_month(text):
        return (last.replace(day=28) + timedelta(days=4)).replace(day=1).isoformat()
    return (last + timedelta(days=1)).isoformat()


def _is_month(text: str) -> bool:
    """Whether a cell names a month and no day."""
    return bool(re.fullmatch(r"20\d\d-\d\d|\d{1,2}/20\d\d|[A-Za-z]{3,9}\.?\s*[\s'-]\s*(?:20)?\d\d", text.strip().replace(",", " ")))


def _iso(year: int, month: int, day_of_month: int, text: str) -> str:
    try:
        return date(year + 2000 if year < 100 else year, month, day_of_month).isoformat()
    except ValueError:
        return text


def level(text: str) -> str:
    """A level code: IC4 and "p 4" are P4."""
    match = re.fullmatch(r"\s*(?:(ic)|([pme]))\s*-?\s*(\d)\s*", text, re.IGNORECASE)
    return f"{'P' if match[1] else match[2].upper()}{match[3]}" if match else text


def count(text: str) -> str:
    """A number of people: "3 FTE" is 3."""
    match = re.fullmatch(r"\s*x?\s*(\d+)(?:\.0+)?\s*(?:x|fte|ftes|hc|heads?|people)?\s*", text, re.IGNORECASE)
    return match[1] if match else text


def percentile(text: str) -> str:
    """A percentile: P60 and "60th" are 60."""
    match = re.fullmatch(r"\s*p?\s*(\d{1,2}(?:\.\d+)?)\s*(?:th|st|nd|rd|%)?\s*", text, re.IGNORECASE)
    return match[1] if match else text
