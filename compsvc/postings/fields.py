"""What a posting says beside pay: years, span, size, place, work mode, industry, employment type, each with the words it came from.

Grammar and the vocabulary, no guessing: a field that no words state is not there.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

NUMBERS = {name: i for i, name in enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split())} | {
    "twenty": 20
}
MOST_EMPLOYEES = 3_000_000
_N = r"(?:\d{1,2}|" + "|".join(NUMBERS) + r")"
_TO = r"\s*(?:[-–—]|to)\s*"


class Found(NamedTuple):
    """A field as a text states it: its value, the words it came from (0, 0 where the form said it), how sure that is, and how it was found."""

    value: Any
    start: int
    end: int
    confidence: float
    why: str


def _int(text: str) -> int:
    return NUMBERS[text.lower()] if text.lower() in NUMBERS else int(text.replace(",", ""))


# --- years -------------------------------------------------------------------------------

_YEARS = re.compile(
    rf"(?P<more>\b(?:at least|minimum(?: of)?|min\.?|over|more than|no less than)\s+)?(?<![\d$.,])\b(?P<low>{_N})\s*(?P<plus>\+)?(?:{_TO}(?P<high>{_N})\s*(?P<plus2>\+)?)?\s*(?:\(\d+\)\s*)?(?P<plus3>\+|or more)?\s*-?\s*(?:years?|yrs?\.?)\b(?P<tail>\+?)(?P<after>[^.\n;•]{{0,90}})",
    re.IGNORECASE,
)
_NOT_EXPERIENCE = re.compile(
    r"\b(?:in business|founded|since|history|old|serving|heritage|ago|anniversary|contract|vest|company|our \d|track record of our|last \d|past \d|next|of age|per|grown|operation|warranty|every)\b",
    re.IGNORECASE,
)
_EXPERIENCE = re.compile(
    r"^\s*\w+ing\b|\bwith (?:sql|a|the)?\b|\b(?:experience|background|track record|working|in (?:an?|the)?\s?\w+|as an?|of \w+|managing|leading|relevant|progressive|hands-on|required|preferred|selling|field)\b",
    re.IGNORECASE,
)


def years(text: str) -> Found | None:
    """(low, high or None) years of experience asked for: the first that is required, or the first at all."""
    rows = []
    for m in _YEARS.finditer(text):
        before = text[max(0, m.start() - 60) : m.start()].rsplit("\n", 1)[-1]
        sure = bool(re.search(r"experience", m["after"], re.IGNORECASE)) or bool(
            re.search(r"experience|required|requirements?\W*$|minimum", before, re.IGNORECASE)
        )
        if _NOT_EXPERIENCE.search(before[-40:] + " " + m["after"][:22]) and not sure:
            continue
        if not sure and not _EXPERIENCE.search(m["after"]):
            continue
        low, high = _int(m["low"]), _int(m["high"]) if m["high"] else None
        if low > 40 or (high is not None and (high > 45 or high < low)):
            continue
        open_ended = any(m[name] for name in ("plus", "plus2", "plus3", "more", "tail"))
        preferred = bool(re.search(r"\b(?:preferred|a plus|bonus|ideally|nice to have)\b", m["after"] + before, re.IGNORECASE))
        end = m.end() - len(m["after"])
        value = (low, high) if high is not None else (low, None if open_ended or not m["high"] else low)
        rows.append((preferred, not sure, m.start(), Found(value, m.start(), end, 0.95 if sure else 0.75, "years of experience")))
    return min(rows)[3] if rows else None


# --- span --------------------------------------------------------------------------------

_VERB = r"(?:manag(?:e|es|ed|ing)|lead(?:s|ing)?|supervis(?:e|es|ing)|oversee(?:s|ing)?|mentor(?:s|ing)?|coach(?:es|ing)?|direct(?:s|ing)?|grow|build(?:ing)?|run(?:ning|s)?)"
_PEOPLE = r"(?:direct reports?|reports|people|employees|team members?|associates?|managers?|engineers?|analysts?|reps?|representatives?|strategists?|designers?|account \w+|individuals?|staff|professionals?|accountants?|recruiters?|developers?|specialists?|coordinators?|csms?|aes?|sdrs?|buyers?|writers?|others?)"
_SPANS = (
    re.compile(
        rf"\b{_VERB}\b[^.\n;•]{{0,45}}?\b(?:team|group|staff|pod|squad|department|organi[sz]ation)s? of (?:about |around |roughly |approximately |up to |~)?(?P<low>{_N})\s*(?P<plus>\+|or more)?(?:{_TO}(?P<high>{_N}))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:team|group|staff|pod) of (?:about |around |roughly |~)?(?P<low>{_N})\s*(?P<plus>\+)?(?:{_TO}(?P<high>{_N}))?\s+(?:direct reports|reporting to (?:you|this))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_VERB}\s+(?:and \w+ )?(?:a |the |our )?(?:team of )?(?:about |around |roughly |up to |~)?(?P<low>{_N})\s*(?P<plus>\+)?(?:{_TO}(?P<high>{_N}))?[- ](?:\w+[- ]){{0,3}}?(?:{_PEOPLE}|person)\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<low>{_N})\s*(?P<plus>\+)?(?:{_TO}(?P<high>{_N}))?\s+(?:\w+ )?direct reports?\b", re.IGNORECASE),
)
_REPORT_TO_YOU = re.compile(rf"\b(?P<low>{_N})\s+(?:\w+\s+){{1,4}}(?:who |that |will )?report(?:s|ing)? to (?:you|this role)", re.IGNORECASE)
_NO_REPORTS = re.compile(r"\bno (?:direct reports|people management)|individual contributor", re.IGNORECASE)


def manages(text: str) -> Found | None:
    """(low, high or None) people the job leads; (0, 0) where it says none."""
    none = _NO_REPORTS.search(text)
    if none:
        return Found((0, 0), none.start(), none.end(), 0.9, "people to lead")
    if m := _REPORT_TO_YOU.search(text):
        return Found((_int(m["low"]), _int(m["low"])), m.start(), m.end(), 0.9, "people to lead")
    for pattern in _SPANS:
        for m in pattern.finditer(text):
            if re.search(r"(?:report(?:s|ing)? to|join|part of|member of)[^.\n]{0,25}$", text[max(0, m.start() - 30) : m.start()], re.IGNORECASE):
                continue
            low, high = _int(m["low"]), _int(m["high"]) if m["high"] else None
            if low > 99 or (high is not None and high > 40):
                continue
            return Found((low, high if high is not None else None if m["plus"] else low), m.start(), m.end(), 0.9, "people to lead")
    return None


# --- size --------------------------------------------------------------------------------

_COUNT = r"(?P<low>\d{1,3}(?:,\d{3})+|\d{1,6})\s*(?P<plus>\+)?(?:" + _TO + r"(?P<high>\d{1,3}(?:,\d{3})+|\d{1,6}))?"
_SIZES = (
    re.compile(
        rf"(?:\b(?:about|around|roughly|approximately|nearly|over|some)\s+|~)?{_COUNT}[- ](?:person|people|employee|strong|member)\b(?:[- ]\w+){{0,4}}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:\b(?:about|around|roughly|approximately|nearly|over|of|with|are|have|employs?|to)\s+|~){_COUNT}\s+(?:(?:full-time|global|talented|passionate|dedicated|remote)\s+)?(?:employees|people|staff|team members|teammates|colleagues|experts|professionals|staffers|of us)\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\b{_COUNT}\s+(?:full-time\s+)?(?:employees|staff members|team members|colleagues|people strong|person team)\b", re.IGNORECASE),
    re.compile(
        rf"\b(?:team|company|agency|firm|staff|headcount|startup|start-up|organi[sz]ation|business|group|shop|studio)\s+(?:size\s*)?(?:of|is|:|at)\s+(?:about |around |roughly |approximately |nearly |~)?{_COUNT}(?!\s*(?:years|clients|states|countries|%|[kKmM]\b))",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:we|company|firm|which|that) employs? (?:about |around |roughly |over |~)?{_COUNT}", re.IGNORECASE),
    re.compile(rf"\bwe(?:'re| are) (?:about |around |roughly |some |nearly )?{_COUNT} people\b", re.IGNORECASE),
    re.compile(rf"\b(?:has|,|with|about) {_COUNT} (?:regular |full-time )?(?:staff|associates|caregivers|crew|teammates)\b", re.IGNORECASE),
    re.compile(rf"(?:^|[.,!?:\n]\s*|\b(?:about|all|roughly|and) ){_COUNT} of us\b", re.IGNORECASE | re.MULTILINE),
    re.compile(
        rf"\b(?:workforce of|team numbers|employs|people:|staff of)\s+(?:about |around |roughly |nearly )?{_COUNT}\b(?! (?:people |sales )?report)",
        re.IGNORECASE,
    ),
    re.compile(r"\ban? (?P<low>\d{1,4})(?P<plus>)(?P<high>)-(?:attorney|lawyer|physician|partner|doctor)\b", re.IGNORECASE),
    re.compile(rf"\bhead ?count (?:is|of|stands at) (?:about |around |~)?{_COUNT}", re.IGNORECASE),
    re.compile(rf"\bwe(?:'re| are) {_COUNT}(?= strong| people|,| and)", re.IGNORECASE),
    re.compile(rf"\b(?:company size|employees|headcount|team size)\s*:\s*(?:about |~)?{_COUNT}", re.IGNORECASE),
)


def employees(text: str) -> Found | None:
    """(low, high) people the company has."""
    for pattern in _SIZES:
        for m in pattern.finditer(text):
            before = text[max(0, m.start() - 45) : m.start()]
            led = rf"\b(?:{_VERB}|you will|lead a|your)\b[^.\n]*$"
            if (
                re.search(led, before, re.IGNORECASE)
                or re.search(rf"\b{_VERB}\b", m[0], re.IGNORECASE)
                or re.search(r"\$|serv\w+|clients?|reports?$", before[-14:], re.IGNORECASE)
            ):
                continue
            if re.search(r"direct reports|customers|clients|users|accounts", text[m.end() : m.end() + 25], re.IGNORECASE):
                continue
            low = int(m["low"].replace(",", ""))
            high = int(m["high"].replace(",", "")) if m["high"] else low
            small_team = re.match(r"team of", m[0], re.IGNORECASE) and high < 15
            if not 2 <= low <= high <= MOST_EMPLOYEES or small_team:
                continue
            return Found((low, high), m.start(), m.end(), 0.85, "company size")
    return None


# --- employment type and work mode -------------------------------------------------------

_TYPES = (
    ("internship", r"\A[^\n]{0,80}\bintern(?:ship)?\b|\bthis (?:is an? )?(?:\w+ ){0,3}internship\b|\b(?:summer|paid|\d+-week) internship\b|\bco-op\b"),
    ("part-time", r"\bpart[- ]time\b"),
    ("temporary", r"\btemporary\b|\btemp\b(?! to)|\bseasonal\b|\bmaternity (?:leave )?cover\b|\bleave cover(?:age)?\b"),
    (
        "contract",
        r"\b\d{1,2}[- ]month contract\b|\bcontract(?:or)?\b(?=[ ,;:()/-]*(?:\(|\d|role|position|to[- ]hire|basis|engagement|assignment|opportunity|only|$))|\bcontract[- ]to[- ]hire\b|\bfreelance\b|\b1099\b|\bc2c\b",
    ),
    ("full-time", r"\bfull[- ]time\b|\bpermanent\b|\bfulltime\b|\bregular employee\b"),
)


def employment_type(text: str, said: str = "") -> Found | None:
    """Full-time, part-time, contract, temporary or internship."""
    for name, pattern in _TYPES:
        if said and re.search(pattern.replace("(?=", "(?:(?=").replace("$))", "$))|)") if name == "contract" else pattern, said, re.IGNORECASE | re.MULTILINE):
            return Found(name, 0, 0, 1.0, "the form")
    if said and re.search(r"contract", said, re.IGNORECASE):
        return Found("contract", 0, 0, 1.0, "the form")
    for name, pattern in _TYPES:
        m = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
        if m and not re.search(r"\b(?:not|no|convert\w*|previous|prior)\b[^.\n]{0,20}$", text[max(0, m.start() - 24) : m.start()], re.IGNORECASE):
            return Found(name, m.start(), m.end(), 0.85, "employment type")
    return None


_MODES = (
    (
        "hybrid",
        r"\bhybrid\b|\b(?:two|three|four|[2-4]) days?(?: a| per|/)\s?week (?:in|on|at|from)\b|\b(?:[2-4]|two|three|four) days? (?:in (?:the |our )?office|on[- ]?site|in[- ]office)|office (?:on )?(?:every )?(?:mon|tues|wednes|thurs)days?\b[^.\n]{0,60}(?:home|wherever|remote|elsewhere)",
    ),
    (
        "remote",
        r"\bfully remote\b|\b100 ?% remote\b|\bremote(?:[- ]first| role| position|\s*\(|\s*[-–,]\s*(?:us|u\.s|united states)|ly)?\b|\bwork from (?:home|anywhere)\b|\bdistributed team\b|\btelecommut\w+",
    ),
    (
        "on-site",
        r"\bon[- ]?site\b|\bin[- ]office\b|\bin[- ]person\b|\bin the office (?:five|5)|\bfive days (?:a week|in the office)\b|\bin (?:the|our|one of our) [\w ]{3,20} every day\b",
    ),
)
_NOT_REMOTE = re.compile(r"\b(?:no|not|isn't|non)\b[^.\n]{0,25}$|(?:this is not a|no)\s+$", re.IGNORECASE)


def work_mode(text: str, said: str = "") -> Found | None:
    """On-site, hybrid or remote."""
    for name, pattern in _MODES:
        if said and re.search(pattern, said, re.IGNORECASE):
            return Found(name, 0, 0, 1.0, "the form")
    if said.lower() in ("true", "yes"):
        return Found("remote", 0, 0, 1.0, "the form")
    rows = []
    for rank, (name, pattern) in enumerate(_MODES):
        for m in re.finditer(pattern, text, re.IGNORECASE):
            if _NOT_REMOTE.search(text[max(0, m.start() - 28) : m.start()]) or re.match(
                r"\s*(?:teams?|employees|colleagues|workers|meetings|clients|monitoring|access|support|interview)", text[m.end() :], re.IGNORECASE
            ):
                continue
            rows.append((0 if name == "hybrid" else 1, m.start() // 400, rank, m.start(), Found(name, m.start(), m.end(), 0.85, "work mode")))
            break
    return min(rows)[4] if rows else None


# --- industry ----------------------------------------------------------------------------

_LABELLED_INDUSTRY = re.compile(r"(?im)^\W{0,3}(?:industry|sector)\s*[:|–-]\s*(?P<words>[^\n|•]{2,60})")
_KIND = re.compile(
    r"\b(?:an?|our|the|growing|leading|independent|boutique|global|regional|private|public)\s+(?:[\w,'-]+\s+){0,4}?(?P<words>(?:(?:digital|creative|advertising|marketing|media|pr|public relations|ad|design|experiential|staffing|insurance|travel|government|federal|branding)\s+){1,3}agenc(?:y|ies)"
    r"|(?:b2b |enterprise |vertical |cloud |cyber ?security |fintech |healthcare |hr )*(?:saas|software|fintech|biotech|edtech|adtech|ad[- ]tech|martech|healthtech|health tech|insurtech|proptech|e-?commerce|cyber ?security)(?: (?:company|startup|start-up|platform|firm|provider|vendor|business))?"
    r"|(?:consulting|law|accounting|cpa|engineering|architecture|private equity|investment|wealth management|asset management|venture|staffing|recruiting|professional services|management consulting|real estate|brokerage|construction|market research) firm"
    r"|(?:community |regional |retail |investment )*bank\b|credit union|hospital(?: system| network)?|health system|health plan|nonprofit|non-profit|university|college|school district|manufacturer|insurer|insurance (?:carrier|company|brokerage)|logistics (?:company|provider)|retailer|pharma(?:ceutical)? company|utility|media company|hotel group|restaurant group|construction company|consumer goods company|medical device (?:company|maker|manufacturer)|telecom(?:munications)? (?:company|provider))",
    re.IGNORECASE,
)


def industry(text: str, said: str = "") -> Found | None:
    """The industry in the posting's words."""
    if said:
        return Found(said, 0, 0, 1.0, "the form")
    m = _LABELLED_INDUSTRY.search(text)
    if m:
        return Found(m["words"].strip(), m.start("words"), m.end("words"), 0.95, "a line that names the industry")
    m = _KIND.search(text)
    return Found(m["words"].strip(), m.start("words"), m.end("words"), 0.7, "what the company is") if m else None
