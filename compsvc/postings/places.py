"""Where a posting's job may be done: places in its words, found where texts say so, by the place tables of the market.

A slot is a stretch of text that says where: a line that names the place, the first lines, words such as "based in",
"our … office" or "must live in". Places are read from the slots of the first kind that holds any; a city that a text
merely mentions (headquarters, clients, training, pay zones) is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from compsvc import vocabulary
from compsvc.errors import RoleNotCovered
from compsvc.paymodel import PayModel
from compsvc.postings import abroad
from compsvc.postings.abroad import country_of
from compsvc.postings.fields import Found
from compsvc.postings.titles import could_be
from compsvc.resolve.places import PlaceMatch, county_key, normalise

ABROAD = "outside the United States"
SURE, TITLED = 0.84, 0.8
MOST_SLOTS, LONGEST_SLOT = 40, 160
LONGEST_NAME, LISTED_AFTER = 44, 60
FIRST_LINES, FIRST_SHORT_LINES, SHORT = 5, 10, 48
MOST_PLACES = 12

_CODES = "|".join(code for code in vocabulary.states() if code not in ("GU", "VI"))
_NAMES = "|".join(sorted((re.escape(name) for name in vocabulary.states().values()), key=len, reverse=True))
_STATE_SET = frozenset(vocabulary.states().values())
_WORD = r"(?<!\w)[A-Z][\w.'’-]{0,22}\w"
_CITY_STATE = re.compile(
    rf"(?P<city>(?:(?:St|Ft|Mt)\. )?{_WORD}(?:[ -](?:{_WORD}|of|de|du|la|d['’]{_WORD})){{0,3}})(?:,\s?|\s|\s?\()(?P<state>(?:{_NAMES})\b|(?:{_NAMES.upper()})\b|(?:{_CODES})\b(?!\s*(?:Committee|team))|D\.C\.|Calif\b\.?|Va\b\.|Mass\b\.?|Ill\b\.?|Tex\b\.?|Fla\b\.?|Pa\b\.|Ore\b\.?|Wash\b\.?|Colo\b\.?|Mich\b\.?|Minn\b\.?|Tenn\b\.?|Ariz\b\.?|Conn\b\.?|(?:Ala|Ark|Del|Ga|Ind|Kan|Ky|La|Md|Me|Miss|Mo|Mont|Neb|Nev|Okla|Vt|Wis|Wyo)\.(?=\s|,|$|\))|N\.(?:H|J|M|Y|C|D)\.|S\.(?:C|D)\.|R\.I\.|W\. ?Va\.)"
)
_STATE_HERE = re.compile(
    rf"(?:{_NAMES})\b(?!['’]|\s+(?!or\b|and\b|only\b|based\b|area\b|offices?\b|preferred\b|who\b|to\b|in\b|is\b|but\b|at\b|from\b|because\b|where\b|when\b|with\b|while\b)[a-z]{{3,}}|\s+(?:State|Bar|Department|Dept|University)\b)"
)
_NATION = re.compile(
    r"\b(?:anywhere in (?:the )?|any |all |across (?:the )?|within (?:the )?|remote[ ,(–—·|-]*(?:in |within |from )?(?:anywhere in |across )?(?:the )?)?(?:contiguous |continental )?(?P<nation>United States(?: of America)?|U\.S\.A?\.?|USA?\b)(?!\s*(?:time|Eastern|Pacific|Central|\$|citizen))(?P<states> states?\b)?"
)
_FOREIGN = re.compile(
    r"\b(?:(?:London|Manchester|Edinburgh|Toronto|Vancouver|Montreal|Ottawa|Calgary|Dublin|Berlin|Munich|Paris|Madrid|Barcelona|Lisbon|Amsterdam|Sydney|Melbourne|Singapore|Bangalore|Mumbai|Mexico City)(?:, (?:UK|United Kingdom|England|Scotland|ON|BC|QC|AB|Ontario|British Columbia|Quebec|Alberta|Ireland|Germany|France|Spain|Portugal|Netherlands|Australia|India|Canada|Mexico))?)\b"
)
_JOB_ID = re.compile(r"\b(?:job|req|posting|requisition) id\b", re.IGNORECASE)
_KIND_OF_AREA = re.compile(
    r" (?:county|parish|borough|city|metro|area)$|^(?:greater|downtown|north|south|east|west|northern|southern|eastern|western|central|northeast|northwest|southeast|southwest) "
)
_SHORT_NAMES = frozenset(("NYC", "DC", "SF", "LA", "PDX", "DFW", "Ely", "Rye", "Ada", "Lee", "Apex"))
_BETWEEN = re.compile(
    r"\s*(?:,|;|/|\||·|•|&|\bor\b|\band\b|\bplus\b|\n\s*[•-]?)*\s*(?:\b(?:or|and|one at|one in|in|near|our|the|either|both|downtown|Greater|greater|metro|area|states? of)\b\s*)*"
)
_BESIDE = re.compile(
    r"^\W*(?:(?:any|one|either) of(?: the following| these)?(?: states?)?:?|the following states:?|greater|downtown|central|midtown|metro(?:politan)?|the|our|in|near|either|beautiful|sunny|historic|within commuting distance of|either of|city of|town of|village of)\s+",
    re.IGNORECASE,
)
_AFTER_CITY = re.compile(
    r"(?:\s+(?:metro|area|metropolitan|office|campus|headquarters|hq|studio|hub|region|proper|neighborhood|market|center|branch|clinic|plant)\b)+",
    re.IGNORECASE,
)

_LABEL = re.compile(
    r"(?im)^[^\w\n:]{0,6}(?:📍|:round_pushpin:|:pushpin:|:world_map:)?\W{0,4}(?:(?:job|work|office|primary|hiring|duty|base|position|role)\s?)?(?:locations?|where(?: you(?:'ll| will| would)?(?: can)? (?:live|work|sit|be based))?|offices?|based(?: in)?|city|site|sits in|worksite|workplace|work site|duty station|campus|home base|home office|place(?: of work)?|place)\b(?: you(?:'ll| will| would)? (?:work|be|sit))?\s*[:|–—-]+\s*(?P<slot>[^\n]{2,140})"
    r"|^\W{0,4}(?:📍|:round_pushpin:|:pushpin:|all:|hello\b)\W*(?P<pin>[^\n]{2,140})"
)
_TERRITORY = re.compile(r"(?im)^\W{0,6}(?:your |sales )?(?:territory|region)\s*[:|–—-]+\s*(?P<slot>[^\n]{2,140})")
_LABEL_ABOVE = re.compile(
    r"(?im)^\W{0,4}(?:locations?|where|where you(?:'ll| will| would|)(?: can)? (?:work|be|be based|live|sit|do it)|about place|place|work location|the place|where (?:we are|it is|it happens))\W{0,3}\n+(?P<slot>[^\n]{2,200})"
)
_MUST = re.compile(
    r"\b(?:must (?:live|reside|be (?:based|located))(?: and work)?(?: in)?(?: within [^.\n]{0,30}? of)?|(?:you (?:must |will |should |can |may )?|should |may |can )?(?:live|reside)s? (?:anywhere )?(?:in|near|within [^.\n]{0,30}? of)|(?:liv|resid)ing (?:anywhere )?in|home[- ]based in|(?:employ|hire) (?:you|people|only|remotely)? ?in|(?:home|a home office|your home|their homes) (?:anywhere )?in|following states:?|must (?:live|reside) in one of|(?:we want|want|need) you in|your home is in|home (?:base )?(?:is )?(?:in|anywhere in)|(?:job|role|position|seat|post|work) (?:is |sits |will be )?(?:based |located )?(?:in|at)|sits in|hybrid (?:role )?(?:in|from|out of|at)|on-?site (?:in|at)|in[- ](?:office|person) (?:in|at)|remote(?:ly)? ?\(?(?:in|within|from|across)|remote[,;:]? (?:but )?(?:based )?(?:in|within)|anywhere in|from anywhere in|covering|covers|territory (?:is|of|covers|includes)|attached to our (?:headquarters|office) in|(?:hiring|opening|openings) in)\s+(?P<slot>[^\n]{2,140})",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:based (?:in|out of|at)|located (?:in|at|near)|(?<!with )(?<!has )(?<!have )(?<!and )offices? (?:is |are )?(?:in|on)(?: downtown)?|work (?:from|out of|in|at)(?: our| the)?|working (?:from|out of|in|at)(?: our| the)?|(?:reports?|comes? in|come) to (?:our|the)|tied to our|(?:at|from|in|out of|on) our|(?:in|from|at) (?:the|either of our|one of our|either our)|join (?:us|our team|our office|the team) in|team in|(?:studio|shop|clinic|plant|campus|lab|branch|store|warehouse|firm|agency|company|practice|hospital|school|bank|nonprofit|startup|system|people|distributor|brokerage|manufacturer) in)\s+(?P<slot>[^\n]{2,140})",
    re.IGNORECASE,
)
_TEAM = re.compile(rf"\b(?:[Oo]ur|the) (?P<slot>(?:Greater )?{_WORD}(?:[ -]{_WORD}){{0,2}}) team\b(?! in\b)")
_OFFICE = re.compile(
    rf"(?P<slot>(?:Greater )?{_WORD}(?:[ -]{_WORD}){{0,3}}(?:(?:,| or| and|, or|, and)(?: our)?\s{_WORD}(?: {_WORD}){{0,2}}){{0,3}})(?:,? (?:{_CODES}))?\s+(?:offices?|campus|headquarters|HQ|studio|hub|branch|plant|location|metro|area|-based\b|based\b)"
)
_NOT_HERE = re.compile(
    r"(?:(?:headquarter(?:s|ed)?)\b[^.\n]{0,24}|\b(?:its|whose|the) (?:head|corporate|main)(?: office\b[^.\n]{0,24})?|\bmeet\b[^.\n]{0,40}|\b(?:foundation|funder)s? in|\b(?:LCSW|RN|LPN|CPA|PE|JD)\b[^.\n]{0,12}|\b(?:owners?|ceo|founders?|president|two sisters|brothers|editors?|printer)\b[^.\n]{0,24}|\b(?:authori[sz]ed|eligible|eligibility|right|authori[sz]ation) to\b|\bemploys?\b(?! you)[^.\n]{0,24}|\bno (?:plans?|offices?)\b[^.\n]{0,24}|\bbad signal\b[^.\n]{0,20}|\bplaces like\b[^.\n]{0,30}|\bsuch as\b[^.\n]{0,30}|\b(?:winter|summer) (?:in|on)|\b(?:directors|managers|executives|reps|representatives|engineers|analysts|professionals|workers) in|returns for\b[^.\n]{0,30}|\ba few in|state of|county of|\boffices in\b[^.\n]{0,30},? and|(?:training|onboarding|orientation|conference|retreat|offsite|summit|meetings?)\b[^.\n]{0,24}|\btravel\w*\b[^.\n]{0,30}|\b(?:drive|trips?|visits?|fly|flights?) (?:to|in)\b[^.\n]{0,30}|(?:small|second|other|another|branch|sister) office (?:is )?in|\b(?:clients?|customers?|stores|accounts|partners|patients|schools|sites|branches|people(?! (?:living|residing))|teams?|members|offices (?:also|elsewhere)|sister offices?|second office|other offices?)\b[^.\n]{0,12}\b(?:in|across|from)|founded\b[^.\n]{0,20}|born in|university of|college of|degree\b[^.\n]{0,30}\b(?:in|from)|laws? of|laws in|(?:candidates|applicants|employees|hires|residents|those|pay|salary|range|rate)\b(?![^.\n]{0,8}\b(?:may|must|can|should|will)\b)[^.\n]{0,18}\b(?:in|of|for|from)|e-filing in|\bserv(?:es?|ed|ing)\b[^.\n]{0,24}|\bnot (?:in|from)|not (?:available|open|hiring|offered)[^.\n]{0,24}|cannot (?:hire|employ)[^.\n]{0,24}|\badmitted in|admission in|partner shop in|suppliers in|excluding|except(?: for)?|outside(?: of)?|licensed in|admitted in|bar of|market(?:s)? (?:in|of)|remote team (?:is )?(?:in|across))\s*(?:the )?\(?:?\s*$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:,? (?:or|and|&) | ?/ ?)$")
_LISTED = re.compile(r"(?:,? (?:or|and|&) | ?/ ?|, )$")
_ANY_STATE = re.compile(rf"\b(?:(?P<name>{_NAMES})|(?<=, )(?P<code>{_CODES}))\b")
_EVERYDAY = frozenset(
    "mission success story benefits summit union hope liberty enterprise commerce industry energy media sales account center central design progress advance freedom reform park college university market church bank".split()
)
_MENTION = re.compile(r"\b(?:in|at|near|around|our)\s+(?:downtown |the |our |beautiful )?(?=(?P<slot>[A-Z][^\n]{2,60}))")
_ASIDE = re.compile(r"[,–—-]\s(?=(?P<slot>[A-Z][^\n]{2,60}))")
_BOTH = re.compile(r"(?:(?:both|either|of|the) )*(?P<name>Carolina|Dakota)s\b")
_AREA_WORDS = frozenset("metro metroplex metropolitan area county region city proper suburbs office campus state dc".split())
_EXCEPT = re.compile(r"\b(?:except(?:ing)?(?: for)?|excluding|other than|but not|not (?:in|from)|apart from|outside of)\b", re.IGNORECASE)
_OF_A_STATE = re.compile(r"[\s,]*(?:\w+(?: & | and |[ /-])){0,3}(?:licen[cs]\w*|certifi\w+|bar\b|admission|residency|registration|law\b)", re.IGNORECASE)
_OF_A_NAME = re.compile(
    r" (?:district|neighbou?rhood|section|quarter)\b| (?:Valley|River|Lake|Mutual|Hall|Place|Street|St\.?|Ave(?:nue)?|Blvd|Boulevard|Road|Rd|Drive|Dr\.|Lane|Parkway|Pkwy|Square|Building|Tower|Bank|Bancorp|Insurance|Universit|College|Hospital|Health|Medical|Memorial|Water|Power|Electric|Gas\b|Utilit|Cooperative|Co-op|Credit Union|Group|Partners|Capital|Holdings|LLC|Inc|Compan|Co\.|Times|Herald|Tribune|Foods|Brewing|Supply|Industries|Systems|Technolog|Software|Labs?\b|Media|Creative|Agency|Advis|Logistics|Freight|Steel|Bearings|Energy|Solar|Pharma|Bio|Dental|Legal|Law\b|& )"
)
_SENTENCE = re.compile(r"[.!?]\s*$|\b(?:is|are|was|were|has|have|you|your|we|our|runs?|needs?|founded|licen[cs]e|admission|must)\b", re.IGNORECASE)
_PRICED = re.compile(r"[:–—-]\s*\$\s?\d")
_BESIDE_NATION = re.compile(r"\b(?:US|U\.S\.?|USA|United States)\W+(?:(?:or|and|in)\W+)*$")
_OR_REMOTE = re.compile(
    r"[;,/|]\s*(?:or )?remote\b\W{0,3}(?:in |within |anywhere in |- )?(?:the )?(?:US|U\.S|USA|United States)|\bor remote\b\W{0,3}(?:US|U\.S|USA|United States)",
    re.IGNORECASE,
)
_OF_RESIDENTS = re.compile(r"\b(?:residents of|candidates (?:located )?in|applicants (?:located )?in)\b[^.\n]{2,80}[$€£]")
_ZONED = re.compile(r"(?:^|\n)[^\n]*\b(?:zone|tier|range|pay|salary|geo|region \d)\b[^\n]{0,60}$", re.IGNORECASE)
_NOT_A_PLACE = re.compile(
    r"^(?:full|part|the|exempt|non|remote|hybrid|on|in|flexible|various|multiple|any|team|senior|our|job|jobs|req|posting|shift|level|hi|hello|dear|me|ok)\b(?![ -](?:york|orleans|port|haven))",
    re.IGNORECASE,
)
_SKIPPED = re.compile(r"\b(?:fully |100 ?% )?(?:remote(?:[- ]first|ly)?|hybrid|on-?site|in[- ]office|in[- ]person|flexible)\b", re.IGNORECASE)


_Slot = tuple[int, int, int]


class _Place(NamedTuple):
    words: str
    start: int
    end: int


LEFT_OUT = re.compile(
    r"\b(?:excluding|except(?: for| in)?|other than|(?:(?:are|is) )?(?:not able|unable) to (?:hire|employ|consider)[^.;\n]{0,40}?\s(?:in|from)|(?:not|cannot|can[’']t|do not|don[’']t|does not|won[’']t|will not) (?:currently )?(?:hir(?:e|ing)|employ|consider(?:ing)?|accept(?:ing)?|available|open|offered)[^.;\n]{0,40}?\s(?:in|from|to residents of)"
    r"|(?:states?|residents|locations?) (?:are|is) not eligible(?: (?:in|from))?:?)\s+(?P<places>[^.;\n)]{2,160})",
    re.IGNORECASE,
)
"""Words that leave places out of where a job may be done."""


def _blank(m: re.Match[str]) -> str:
    return " " * len(m[0])


def locations(model: PayModel, text: str, said: str = "") -> list[Found]:
    """Places the job may be done in, as written, in order: the form's, else those of the text's slots."""
    text = LEFT_OUT.sub(_blank, text)
    reader = _Reader(model, text)
    if said:
        found = [_Place(said.strip(), 0, 0)] if reader.knows(said) else reader.every(said, loose=True)
        if found and not any(place.words == "United States" for place in found) and re.search(r"\bor remote\b", said, re.IGNORECASE) and _NATION.search(said):
            found.append(_Place("United States", 0, 0))
        if found:
            return [Found(place.words, 0, 0, 1.0, "the form") for place in found][:MOST_PLACES]
        if nation := _SKIPPED.search(said) and _NATION.search(said):
            return [Found("United States", 0, 0, 1.0, f"the form ({nation[0].strip()})")]
    for slots, confidence, why in _WAYS:
        found = []
        for n, (led, start, end) in enumerate(slots(text)):
            if n >= MOST_SLOTS:
                break
            if why == "the first lines" and end - start > SHORT and _SENTENCE.search(text[start:end]) and not any(_city_states(text[start:end])):
                continue
            if why == "the first lines" and _OF_RESIDENTS.search(text, start, end):
                continue
            if why == "the first lines" and (
                (_PRICED.search(text, start, end) and "|" not in text[start:end]) or (found and _SENTENCE.search(text[start:end]))
            ):
                continue
            places = reader.slot(text, (led, start, end), why)
            found += [p for p in places if p.words.lower() not in {f.words.lower() for f in found}]
            if found and why in ("words that place the work", "where people must be"):
                break
        found = reader.without_states_of_cities(found)
        if why == "the only place named" and (len(found) > 1 or reader.is_state(found)):
            return []
        if found and why == "the first lines" and all(place.words in _STATE_SET or len(place.words) == 2 for place in found):
            found = reader.sharper(text, found) or found
        if found:
            return [Found(place.words, place.start, place.end, confidence, why) for place in found[:MOST_PLACES]]
        if why == "a line that names the place" and (unknown := _UNKNOWN.search(text)):
            return [Found(unknown["slot"], unknown.start("slot"), unknown.end("slot"), 0.4, "a line that names a place that is not known here")]
    return []


_UNKNOWN = re.compile(
    r"(?im)^\W{0,4}(?:job |work )?location\s*:\s*(?-i:(?P<slot>(?!Remote|Hybrid|On|Various|Multiple|Flexible|Any|Home|Our|The|See|All|Head|Main|Corporate|HQ|Work|Virtual|In\b)[A-ZÀ-Þ][\w'’-]{3,20}(?: [A-ZÀ-Þ][\w'’-]{2,20})?(?:, [A-ZÀ-Þ][\w .'’-]{2,24})?))[ \t]*$"
)


def named_in(model: PayModel, words: str) -> list[str]:
    """Every place that a few words name, left to right, in a zone's list or a label: "San Francisco, NYC and Seattle"."""
    return [place.words for place in _Reader(model, words).every(words[:LONGEST_SLOT], loose=True, asides=True)]


# --- slots: where a text says where ------------------------------------------------------


def _labels(text: str) -> Iterator[_Slot]:
    for pattern in (_LABEL, _LABEL_ABOVE):
        for m in pattern.finditer(text):
            name = "pin" if pattern is _LABEL and m["pin"] else "slot"
            slot = m[name]
            sentence = re.search(r"(?<=[a-z)])\.\s+[A-Z]", slot)
            yield m.start(), m.start(name), m.start(name) + (sentence.start() if sentence else len(slot))


def _territories(text: str) -> Iterator[_Slot]:
    for m in _TERRITORY.finditer(text):
        sentence = re.search(r"(?<=[a-z)])\.\s+[A-Z]", m["slot"])
        yield m.start(), m.start("slot"), m.start("slot") + (sentence.start() if sentence else len(m["slot"]))


def _first_lines(text: str) -> Iterator[_Slot]:
    at, n = 0, 0
    for line in text.split("\n"):
        if re.search(r"[A-Za-z]{2}", line):
            n += 1
            if n > FIRST_SHORT_LINES or (n > FIRST_LINES and len(line) > SHORT):
                return
            if len(line) <= LONGEST_SLOT:
                yield at, at, at + len(line)
        at += len(line) + 1


def _musts(text: str) -> Iterator[_Slot]:
    for m in _MUST.finditer(text):
        yield m.start(), m.start("slot"), m.end("slot")


def _cues(text: str) -> Iterator[_Slot]:
    for m in _CUE.finditer(text):
        yield m.start(), m.start("slot"), m.end("slot")


def _teams(text: str) -> Iterator[_Slot]:
    for m in _TEAM.finditer(text):
        yield m.start(), m.start("slot"), m.end("slot")


def _offices(text: str) -> Iterator[_Slot]:
    for m in _OFFICE.finditer(text):
        yield m.start(), m.start("slot"), m.end("slot")


def _nation(text: str) -> Iterator[_Slot]:
    for m in _NATION.finditer(text):
        if m[0] != m["nation"] or m["states"] or re.match(r"[ -](?:remote|based|only)|\s*\(?remote", text[m.end() :], re.IGNORECASE):
            yield m.start(), m.start(), m.end()


def _remote_abroad(text: str) -> Iterator[_Slot]:
    for m in abroad.REMOTELY.finditer(text):
        name = "slot" if m["slot"] else "before"
        yield m.start(), m.start(name), m.end(name)


def _cities(text: str) -> Iterator[_Slot]:
    for m in _city_states(text):
        line = text.find("\n", m.end())
        yield m.start(), m.start(), min(m.end() + LISTED_AFTER, line if line >= 0 else len(text))


def _city_states(text: str) -> Iterator[re.Match[str]]:
    """What looks like a city with its state; where the words before a state are none, they may be one with the next ("Health, Iowa City, Iowa")."""
    at = 0
    while m := _CITY_STATE.search(text, at):
        yield m
        at = m.start("state")


def _mentions(text: str) -> Iterator[_Slot]:
    for m in _MENTION.finditer(text):
        yield m.start("slot"), m.start("slot"), m.end("slot")


def _asides(text: str) -> Iterator[_Slot]:
    for m in _ASIDE.finditer(text):
        yield m.start("slot"), m.start("slot"), m.end("slot")


_Slots = Callable[[str], Iterator[_Slot]]
_WAYS: tuple[tuple[_Slots, float, str], ...] = (
    (_labels, 0.95, "a line that names the place"),
    (_first_lines, 0.85, "the first lines"),
    (_remote_abroad, 0.85, "remote work abroad"),
    (_musts, 0.85, "where people must be"),
    (_teams, 0.8, "words that place the work"),
    (_cues, 0.8, "words that place the work"),
    (_territories, 0.75, "the territory"),
    (_nation, 0.8, "anywhere in the country"),
    (_offices, 0.7, "words that place the office"),
    (_cities, 0.7, "a city with its state"),
    (_first_lines, 0.6, "the first sentences"),
    (_mentions, 0.5, "the only place named"),
    (_asides, 0.5, "the only place named"),
)

_LINES = ("a line that names the place", "the first lines", "the territory", "the first sentences")


# --- places in a slot ------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _names(model: PayModel) -> frozenset[str]:
    """Every name of a city, county, metro or nickname that the place tables hold, plainly written."""
    tables = model.places.tables
    metros = {normalise(part) for name in tables.area_names for part in re.split(r"--|-|/", name.rpartition(",")[0])}
    cities, counties = {key[3:] for key in tables.cities}, {key[3:] for key in tables.counties}
    return frozenset(metros | cities | counties | {normalise(name) for name in vocabulary.place_nicknames()} | {normalise(name) for name in _STATE_SET})


def _could_be_one(model: PayModel, place: str) -> bool:
    """Whether a name, or what stands before its state, is in the tables, so that the resolver need not look for the nearest one."""
    known = _names(model)
    city = normalise(place.rpartition(",")[0] or place)
    plain = _KIND_OF_AREA.sub("", city)
    return (
        plain in known
        or city in known
        or county_key(plain) in known
        or normalise(place) in known
        or (plain.split()[-1:] and plain.split()[-1] in _AREA_WORDS and " ".join(plain.split()[:-1]) in known)
        or plain.removeprefix("greater ").removesuffix(" area") in known
    )


def _two_states(words: str, at: int) -> list[_Place]:
    """Both states of "the Carolinas" or "either of the Dakotas"."""
    m = _BOTH.match(words, at)
    return [_Place(f"{side} {m['name']}", m.start("name"), m.end()) for side in ("North", "South")] if m else []


class _Reader:
    """Reads places out of slots by the market's place tables."""

    def __init__(self, model: PayModel, text: str = "") -> None:
        self._model = model
        self._text = text
        self._last_resort = False
        self._of_places = True

    @cached_property
    def _states(self) -> tuple[str, ...]:
        """Codes of the states that the text names anywhere, which say which of the places of one name is meant."""
        names = {m["name"] for m in _ANY_STATE.finditer(self._text) if m["name"]}
        codes = {m["code"] for m in _ANY_STATE.finditer(self._text) if m["code"]}
        return tuple(code for code, name in vocabulary.states().items() if name in names or code in codes)

    def slot(self, text: str, slot: _Slot, why: str) -> list[_Place]:
        """Places of a slot, at their offsets in the text; none where the words before say that the job is not there."""
        led, start, end = slot
        self._last_resort = why == "the only place named"
        self._of_places = why in ("a line that names the place", "remote work abroad", "where people must be") or (
            why == "the first lines" and bool(abroad.ALONE.fullmatch(text, start, end))
        )
        if cut := _EXCEPT.search(text, start, end):
            end = cut.start()
        if why not in _LINES and _NOT_HERE.search(text[max(0, led - 70) : led]):
            return []
        if why == "a city with its state" and _ZONED.search(text[max(0, start - 90) : start]):
            return []
        words = text[start:end]
        if why in ("the first lines", "the first sentences"):
            found = self._of_line(words)
        elif why in _LINES:
            found = self.every(words, loose=True)
        else:
            found = self._leading(words)
        told = why == "the first sentences" or (why == "the first lines" and bool(_SENTENCE.search(text[start:end])))
        if self._last_resort or told or (why == "words that place the work" and text[led:start].lower().startswith("offices")):
            found = [place for place in found if country_of(place.words) is None and not self._is_abroad(place.words)]
        remote = _OR_REMOTE.search(words) if found and why == "a line that names the place" else None
        if remote and "United States" not in {place.words for place in found} and (m := _NATION.search(words, remote.start())):
            found += [_Place("United States", m.start("nation"), m.end("nation"))]
        if not found and why == "a line that names the place" and _SKIPPED.search(words) and (m := _NATION.search(words)):
            found = [_Place("United States", m.start("nation"), m.end("nation"))]
        return [_Place(p.words, start + p.start, start + p.end) for p in found]

    def sharper(self, text: str, states: list[_Place]) -> list[_Place]:
        """A city of one of the states that later words place the work in."""
        for slots in (_musts, _cues, _offices):
            for slot in islice(slots(text), MOST_SLOTS):
                for place in self.slot(text, slot, "words that place the work"):
                    found = self._resolved(place.words)
                    touched = str(self._model.places.tables.area_states[found.area]).split() if found and found.area is not None else []
                    if place.words not in {s.words for s in states} and any((state := self._resolved(s.words)) and state.state in touched for s in states):
                        return [place]
        return []

    def without_states_of_cities(self, places: list[_Place]) -> list[_Place]:
        """Places without the states that a city among them lies in."""
        matches = [self._resolved(place.words) for place in places]
        touched = {m.state or str(self._model.places.tables.area_states[m.area]).split()[0] for m in matches if m and m.kind == "area" and m.area is not None}
        states = sum(1 for m in matches if m and m.kind == "state")
        return [place for place, m in zip(places, matches, strict=True) if not (states == 1 and m and m.kind == "state" and m.state in touched)]

    def is_state(self, places: list[_Place]) -> bool:
        """Whether the first of places is a state: named without a city and without words that place the job, it is one of licences and clients."""
        return bool(places and (m := self._resolved(places[0].words)) and m.kind == "state")

    def _resolved(self, words: str) -> PlaceMatch | None:
        try:
            return self._model.places.resolve(words)
        except RoleNotCovered:
            return None

    def every(self, words: str, loose: bool = False, asides: bool = False) -> list[_Place]:
        """Every place that stands in words, left to right; with `asides` those in brackets, and those of candidates, too."""
        found: list[_Place] = []
        at = 0
        while at < len(words) and len(found) < MOST_PLACES:
            place = self._at(words, at, loose)
            if place is None:
                step = re.compile(r"[\w.'’-]+|\W+").match(words, at)
                at = step.end() if step else at + 1
                continue
            aside = words[: place.start].count("(") > words[: place.start].count(")")
            inside = found and words[: found[-1].start].count("(") > words[: found[-1].start].count(")")
            nearby = re.match(r"\s+neighborhood", words[place.end :])
            if (
                (asides or not (aside and found and not inside))
                and not nearby
                and (asides or not _NOT_HERE.search(words[max(0, place.start - 60) : place.start]))
                and place.words.lower() not in {f.words.lower() for f in found}
            ):
                found.append(place)
            at = place.end
        return found

    def _of_line(self, line: str) -> list[_Place]:
        """Places of one of the first lines: cities with their state, or what parts between bars, dashes, brackets and commas begin with."""
        found: list[_Place] = []

        def keep(places: list[_Place], at: int) -> None:
            for place in places:
                moved = _Place(place.words, at + place.start, at + place.end)
                if not found or (moved.start >= found[-1].end and moved.words.lower() not in {f.words.lower() for f in found}):
                    found.append(moved)

        for c in _city_states(line):
            if "(" in c[0] and not _NOT_HERE.search(line[: c.start()]) and (place := self._city_state(c)):
                keep([_Place(re.sub(r"\s?\(", ", ", place.words), place.start, place.end)], 0)
                line = line[: place.start] + " " * (place.end - place.start) + line[place.end :]
        for m in re.finditer(r"[^|•·;@/()\n]+?(?=\s+-{1,2}\s+|(?<!\bSt)(?<!\bFt)(?<!\bMt)\.\s+(?=[A-Z])|\s*[–—]+\s*|[|•·;@/()\n]|$)", line):
            segment = m[0]
            if _NOT_HERE.search(line[max(0, m.start() - 70) : m.start()]):
                continue
            cities = [place for c in _city_states(segment) if not _NOT_HERE.search(segment[: c.start()]) and (place := self._city_state(c))]
            for city in cities:
                keep(self._before(segment, city), m.start())
                keep([city], m.start())
                after = _BETWEEN.match(segment, city.end)
                if after and after[0].strip():
                    keep(self._leading(segment[after.end() :], loose=True), m.start() + after.end())
            if cities:
                continue
            for part in re.finditer(r"[^,:]+(?=[,:]|$)", segment):
                at = part.start() + len(part[0]) - len(re.sub(r"^[\s–—-]*(?:(?:or|and|&)\s+)?", "", part[0]))
                words = segment[at:]
                if self._is_title(part[0].strip()) or not words:
                    continue
                if places := self._leading(words, loose=True):
                    keep(places, m.start() + at)
                    break
                if places := self._anywhere(segment[part.start() :]):
                    keep(places, m.start() + part.start())
                    break
        return found

    def _before(self, words: str, city: _Place) -> list[_Place]:
        """Cities listed before one that is written with its state, in that state: "Greenville & Spartanburg, South Carolina"."""
        state = next((name for name in _STATE_SET if city.words.endswith(name)), city.words.split()[-1])
        found: list[_Place] = []
        at = city.start
        while joined := (_JOINED if not found else _LISTED).search(words, max(0, at - LONGEST_NAME), at):
            name = words[max(0, joined.start() - LONGEST_NAME) : joined.start()]
            last = re.search(rf"{_WORD}(?: {_WORD}){{0,2}}$", name)
            if last is None or last[0] in _STATE_SET or self._match(f"{last[0]}, {state}") < SURE:
                break
            at = joined.start() - len(last[0])
            found.insert(0, _Place(f"{last[0]}, {state}", at, joined.start()))
        return found

    def _anywhere(self, part: str) -> list[_Place]:
        """Places that a short part of a line says it is in."""
        m = re.search(r"\b(?:neighborhood of|sit in|based in|residing in|living in|from|within|in|of|near)\s+(?:the )?(?P<rest>[A-Z].*)", part)
        if m is None or m.start("rest") > 60 or _NOT_HERE.search(part[: m.start("rest")]) or _OF_A_STATE.search(part[: m.start("rest")]):
            return []
        return [_Place(p.words, m.start("rest") + p.start, m.start("rest") + p.end) for p in self._leading(m["rest"])]

    def _is_title(self, part: str) -> bool:
        return could_be(part) and self._model.titles.resolve(part, None).match >= TITLED

    def _leading(self, words: str, loose: bool = False) -> list[_Place]:
        """The place that words begin with, and those listed after it."""
        found: list[_Place] = []
        at = m.end() if (m := _BESIDE.match(words)) else 0
        while len(found) < MOST_PLACES and (places := _two_states(words, at) or self._one(words, at, loose or bool(found))):
            end = places[-1].end
            after = _AFTER_CITY.match(words, end)
            if not (after and "neighborhood" in after[0]):
                found += places
            end = after.end() if after else end
            between = _BETWEEN.match(words, end)
            if between is None or not between[0].strip() or between.end() == end:
                break
            at = between.end()
        return found

    def _one(self, words: str, at: int, loose: bool) -> list[_Place]:
        place = self._at(words, at, loose)
        return [place] if place else []

    def _at(self, words: str, at: int, loose: bool) -> _Place | None:
        """The place that stands at an offset: a city with its state, the nation, a place abroad, a state, or a name that the tables are sure of."""
        if at and words[at - 1].isalnum():
            return None
        if (m := _CITY_STATE.match(words, at)) and (place := self._city_state(m)):
            return place
        if (m := abroad.WRITTEN.match(words, at)) and ("," in m[0] or self._of_places or _BESIDE_NATION.search(words, max(0, at - 40), at)):
            return _Place(m[0], m.start(), m.end())
        if m := _NATION.match(words, at):
            return _Place("United States", m.start("nation"), m.end("nation"))
        if m := _FOREIGN.match(words, at):
            return _Place(m[0], m.start(), m.end()) if self._is_abroad(m[0]) else self._named(words, at, loose)
        if loose and not words[:at].strip() and (m := abroad.CITY.match(words, at)) and self._match(m[0]) < SURE:
            return _Place(m[0], m.start(), m.end())
        if m := _STATE_HERE.match(words, at):
            named = self._named(words, at, loose)
            if named and named.end > m.end():
                return named
            return None if _OF_A_STATE.match(words, m.end()) or _OF_A_NAME.match(words, m.end()) else _Place(m[0], m.start(), m.end())
        if (m := re.compile(rf"(?:{_CODES})\b(?=\s*(?:[,;/|).]|or\b|and\b|$))").match(words, at)) and (
            loose or words[at : at + 2] not in ("IN", "OR", "ME", "OK", "HI")
        ):
            return _Place(m[0], m.start(), m.end())
        return self._named(words, at, loose)

    def _city_state(self, m: re.Match[str]) -> _Place | None:
        """The longest end of the words before a state that is a city of it."""
        if _JOB_ID.search(m[0]):
            return None
        words = m["city"].split(" ")
        for k in range(len(words)):
            city = " ".join(words[k:])
            if (city in _STATE_SET and city not in ("New York", "Washington")) or (city == "Washington" and "D" not in m["state"]):
                continue
            whole = f"{city}, {m['state']}"
            if self._match(whole) >= SURE:
                start = m.start() + len(m["city"]) - len(city)
                return _Place(m.string[start : m.end()], start, m.end())
        return None

    def _named(self, words: str, at: int, loose: bool) -> _Place | None:
        """The longest run of up to four words that the tables know as a place."""
        pattern = r"[\w.'’-]+(?: [\w.'’-]+){0,3}" if loose else rf"(?:{_WORD}|NYC|DC|SF|LA)(?: (?:{_WORD}|City\b|of\b)){{0,3}}"
        m = re.compile(pattern).match(words, at)
        if m is None or _NOT_A_PLACE.match(m[0]) or _JOB_ID.match(m[0]):
            return None
        parts = m[0].split(" ")
        for n in range(len(parts), 0, -1):
            name = " ".join(parts[:n]).rstrip(".'’- ")
            if (n == 1 and len(name) < 4 and name not in _SHORT_NAMES and name.lower() not in ("nyc",)) or parts[n - 1].lower() in (
                "and",
                "or",
                "&",
                "the",
                "in",
                "of",
            ):
                continue
            if len(name) < 2 or (n == 1 and name.islower() and len(name) < 4) or not (name[:1].isupper() or name.islower()):
                continue
            if (
                name.lower() in _EVERYDAY
                or re.search(r"(?:^| )[^\w ]+(?: |$)|['’](?:ll|ve|re|d|m)\b", name)
                or (_OF_A_NAME.match(words, at + len(name)) and not name.islower())
            ):
                continue
            if self._match(name, strict=name.islower()) >= SURE and not _SKIPPED.fullmatch(name):
                return _Place(name, at, at + len(name))
            if self._last_resort and name[:1].isupper() and (state := self._state_meant(name)):
                return _Place(f"{name}, {state}", at, at + len(name))
        return None

    def _state_meant(self, name: str) -> str | None:
        """The one state of those the text names that has a place of a name; None for names that are words of titles, and where none or several have one."""
        if len(name) < 4 or name in _STATE_SET or normalise(name) not in _names(self._model) or name.lower() in _EVERYDAY:
            return None
        having = [state for state in self._states if self._match(f"{name}, {state}") >= SURE]
        return having[0] if len(having) == 1 else None

    def _match(self, place: str, strict: bool = False) -> float:
        if not _could_be_one(self._model, place):
            return 0.0
        try:
            found = self._model.places.resolve(place)
        except RoleNotCovered:
            return 0.0
        if found.relaxed or found.remote or found.kind == "nation" or (strict and found.kind != "area"):
            return 0.0
        return found.match

    def knows(self, place: str) -> bool:
        """Whether words are one place that the tables are sure of."""
        return not re.search(r";|\b(?:or|and)\b|/|\|", place) and self._match(place) >= SURE

    def _is_abroad(self, place: str) -> bool:
        try:
            self._model.places.resolve(place)
        except RoleNotCovered as problem:
            return ABROAD in problem.message
        return False
