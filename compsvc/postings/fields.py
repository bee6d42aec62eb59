"""What a posting says beside pay: years, span, size, place, work mode, industry, employment type, each with the words it came from.

Grammar and the vocabulary, no guessing: a field that no words state is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from compsvc.errors import RoleNotCovered
from compsvc.paymodel import PayModel

NUMBERS = {name: i for i, name in enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split())} | {
    "twenty": 20
}
MOST_EMPLOYEES = 3_000_000
ABROAD = "outside the United States"
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


# --- place -------------------------------------------------------------------------------

_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_STATE_NAMES = "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|D\\.C\\."
_CITY_STATE = re.compile(
    rf"\b(?P<city>(?:St\. |Ft\. )?[A-Z][a-zA-Z'.-]+(?:[ -](?:[A-Z][a-zA-Z'.-]+|of|de|du|la)){{0,3}}),\s*(?P<state>(?:{_STATES})\b|(?:{_STATE_NAMES})\b)"
)
_LABELLED = re.compile(
    r"(?im)^\W{0,3}(?:job |work |office |primary |hiring )?(?:locations?|where|offices?|based in|city|territory|region|site)\s*[:|–-]\s*(?P<place>[^\n|•]{2,90})"
)
_IN_WORDS = re.compile(
    r"\b(?:based (?:in|out of)|located in|office in|offices in|our|in(?: our)?(?: downtown| central| greater)?|from our|at our|downtown)\s+(?:the )?(?P<place>[A-Z][a-zA-Z.'-]+(?:[ -][A-Z][a-zA-Z.'-]+){0,3})(?=\s+(?:office|area|metro|headquarters|hq|location|studio|campus|team|hub|and|needs|seeks|is|has|wants)\b|[,.;)\n])"
)
_COVERED = re.compile(
    r"\b(?:covering|territory (?:is|of|covers)|work from our|in our|at our|your home is in|we want you in|live in)\s+(?P<places>[A-Z][\w.'-]+(?: [A-Z][\w.'-]+)?(?:(?:, | or | and |, or |, and )[A-Z][\w.'-]+(?: [A-Z][\w.'-]+)?){1,8})"
)
_MUST_LIVE = re.compile(
    rf"must (?:live|reside|be (?:based|located)) in\s+(?:the following states:? )?(?P<places>(?:(?:{_STATES}|{_STATE_NAMES})\b(?:\s*,\s*|\s*,?\s+(?:or|and)\s+)?){{1,12}})"
)
_NATION = re.compile(
    r"\b(?:anywhere in the (?:US|U\.S\.|United States)|remote[ ,(–-]+(?:within (?:the )?)?(?:US|U\.S\.?|USA|United States)(?:[- ]only)?\b|United States|US[- ]remote|U\.S\.-based|US-based)",
    re.IGNORECASE,
)
_NOISE = re.compile(r"\b(?:fully remote|remote|hybrid|on[- ]?site|in[- ]office|flexible|(?:one|two|three|four|five|\d) days?[^,;|)]*|\(.*?\))", re.IGNORECASE)


def _known(model: PayModel, place: str) -> bool:
    """Whether a place is one the market knows, or one abroad that it knows it does not cover."""
    try:
        found = model.places.resolve(place)
    except RoleNotCovered as problem:
        return ABROAD in problem.message and "," in place
    return found.match >= 0.7 and found.relaxed is None


class _Places:
    """Places found so far, as written, in order."""

    def __init__(self, model: PayModel) -> None:
        self._model = model
        self.found: list[Found] = []

    def add(self, place: str, start: int, end: int, confidence: float, why: str) -> bool:
        """Keep a place that is one; whether it was kept."""
        plain = re.sub(r"\s+", " ", place).strip(" ,;.-–—()|")
        if not plain or plain.lower() in {f.value.lower() for f in self.found} or not _known(self._model, plain):
            return False
        where = re.search(r"\s+".join(map(re.escape, plain.split())), place)
        begins, ends = (start + where.start(), start + where.end()) if where else (start, end)
        self.found.append(Found(plain, begins, ends, confidence, why))
        return True

    def add_each(self, text: str, start: int, confidence: float, why: str) -> None:
        """Keep every place of a list in words."""
        for place, at in _split(text):
            states = [part.strip() for part in place.split(",")]
            if (
                len(states) > 1
                and all(re.fullmatch(rf"{_STATE_NAMES}|{_STATES}", part) for part in states)
                and not re.fullmatch(r"New York|Washington", states[0])
            ):
                for part in states:
                    where = start + at + place.find(part)
                    self.add(part, where, where + len(part), confidence, why)
                continue
            shorter = re.split(r"\s{2,}|\s*\(|,\s*,", place)[0]
            while shorter and not self.add(shorter, start + at, start + at + len(shorter.rstrip()), confidence, why):
                shorter = shorter.rpartition(",")[0]
        if not self.found and (nation := _NATION.search(text)):
            self.found.append(Found("United States", start + nation.start(), start + nation.end(), confidence, why))


def locations(model: PayModel, text: str, said: str = "") -> list[Found]:
    """Places the job may be done in, as written, in order: the form's, a line's that names them, where people must live, a line of its own, a city with its state, the nation, an office's city."""
    if said:
        places = _Places(model)
        places.add_each(said, 0, 1.0, "the form")
        if places.found:
            return [f._replace(start=0, end=0) for f in places.found]
    for way in (_labelled, _must_live, _own_line, _city_and_state, _nation, _in_words):
        places = _Places(model)
        way(model, text, places)
        if places.found:
            return places.found
    return []


def _labelled(_model: PayModel, text: str, places: _Places) -> None:
    for m in _LABELLED.finditer(text):
        if places.found or _MUST_LIVE.search(m["place"]):
            return
        places.add_each(m["place"], m.start("place"), 0.95, "a line that names the place")


def _must_live(_model: PayModel, text: str, places: _Places) -> None:
    if m := _MUST_LIVE.search(text):
        places.add_each(m["places"].replace(",", ";"), m.start("places"), 0.9, "where people must live")


def _own_line(model: PayModel, text: str, places: _Places) -> None:
    at = 0
    for line in text.split("\n")[:6]:
        plain = _NOISE.sub(lambda m: _inside(m[0]), line)
        for part in re.split(r"\s*[|•]\s*|\s{2,}", plain):
            words = part.strip(" |•,-–—")
            short = 3 <= len(words) <= 50 and len(words.split()) <= 6 and re.match(r"(?:Greater |Downtown )?[A-Z]", words)
            if short and model.titles.resolve(words, None).match < 0.9 and _kind_of(model, words) != "nation":
                start = at + max(line.find(words), 0)
                places.add_each(words, start, 0.8, "a line of its own")
        if places.found:
            return
        at += len(line) + 1


def _kind_of(model: PayModel, place: str) -> str:
    """area, state or nation; "" for no place."""
    try:
        return model.places.resolve(place).kind
    except RoleNotCovered:
        return ""


def _city_and_state(model: PayModel, text: str, places: _Places) -> None:
    for m in _CITY_STATE.finditer(text):
        words = m["city"].split()
        for k in range(len(words)):
            city = " ".join(words[k:])
            if places.add(f"{city}, {m['state']}", m.start() + len(m["city"]) - len(city), m.end(), 0.85, "a city with its state"):
                break


def _nation(_model: PayModel, text: str, places: _Places) -> None:
    if m := _NATION.search(text):
        places.found.append(Found("United States", m.start(), m.end(), 0.8, "anywhere in the country"))


def _in_words(_model: PayModel, text: str, places: _Places) -> None:
    if m := _COVERED.search(text):
        places.add_each(m["places"], m.start("places"), 0.8, "words that place the work")
        if places.found:
            return
    for m in _IN_WORDS.finditer(text):
        if places.add(m["place"], m.start("place"), m.end("place"), 0.7, "words that place the office"):
            return


def _split(text: str) -> Iterator[tuple[str, int]]:
    """(place, offset) of "Austin, TX or Denver, CO; New York"."""
    blank = _NOISE.sub(lambda m: _inside(m[0]), text)
    at = 0
    for i, part in enumerate(re.split(r"(\s*(?:;|/|\||\bor\b|\band\b|\u2022)\s*)", blank)):
        plain = part.strip(" ,;()-–—|")
        if i % 2 == 0 and re.search(r"[A-Za-z]{2}", plain):
            yield plain, at + part.find(plain)
        at += len(part)


def _inside(noise: str) -> str:
    """Noise as blanks; what stands in brackets stays when it is a city with its state."""
    if noise.startswith("(") and (place := re.search(rf"[A-Z][\w. '-]+, (?:{_STATES})\b", noise)):
        return " " * place.start() + place[0] + " " * (len(noise) - place.end())
    return " " * len(noise)


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
