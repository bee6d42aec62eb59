"""What a posting says beside pay: years, span, size, place, work mode, industry, employment type, each with the words it came from.

Grammar and the vocabulary, no guessing: a field that no words state is not there.
"""

from __future__ import annotations

import re
from itertools import islice
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
_NO_REPORTS = re.compile(
    r"\bno (?:direct reports|reports (?:here|to)|people management|subordinates|supervisory)|individual contributor|\b(?:nobody|no ?one|none)\b[^.\n]{0,16}\breport(?:s|ing)?\b[^.\n]{0,10}\b(?:to (?:you|this|the)|here)"
    r"|\bwithout (?:direct )?reports\b|\b(?:won't|will not|does not|doesn't) (?:manage|supervise|lead) (?:people|anyone|anybody|staff|others)|\b(?:supervision|supervises|direct reports|reports|leads|manages)\s*[:|]\s*(?:none|nobody|no one|0\b)|\bleads nobody\b|\bnobody reports\b",
    re.IGNORECASE,
)
_TO_YOU = re.compile(r"\b(?:will |would |also |all )?report(?:s|ing)? (?:directly )?(?:in)?to (?:you|this (?:role|position|job|post))", re.IGNORECASE)
_CLAUSE = 110
_HEADS = re.compile(rf"\b{_N}\b(?!\s*(?:%|years?|days?|months?|weeks?|hours?|offices|states|million|k\b))", re.IGNORECASE)
_LED = (
    re.compile(
        rf"\b(?:supervis(?:e|es|ing|ion)|direct(?:s|ing)?|lead(?:s|ing)?|manag(?:e|es|ing)|oversee(?:s|ing)?|run(?:s|ning)?|coach(?:es|ing)?)\b[^.\n;:]{{0,30}}?\b(?P<low>{_N})(?P<plus>)(?:{_TO}(?P<high>{_N}))?\s+(?:[\w-]+\s+){{0,3}}?(?:registrars|nurses|estimators|inspectors|technicians|writers|planners|agents|assistants|clerks|attorneys|paralegals|drivers|teachers|librarians|scientists|buyers|hygienists|crew|leads|supervisors|representatives|advisors|tellers|interns|partners)\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:inherit|lead|own|run|manage|build|take over)\b[^.\n;]{{0,24}}\bteam of (?P<low>{_N})(?P<plus>)(?:{_TO}(?P<high>{_N}))?", re.IGNORECASE),
    re.compile(rf"(?im)^\W{{0,4}}(?:direct )?(?:reports|leads|supervises|manages|team you lead)\s*[:|]\s*(?P<low>{_N})(?P<plus>)(?:{_TO}(?P<high>{_N}))?\b"),
)


def manages(text: str) -> Found | None:
    """(low, high or None) people the job leads; (0, 0) where it says none."""
    none = _NO_REPORTS.search(text)
    if none:
        return Found((0, 0), none.start(), none.end(), 0.9, "people to lead")
    for m in _TO_YOU.finditer(text):
        who = re.split(r"[.\n;:]", text[max(0, m.start() - _CLAUSE) : m.start()])[-1]
        counts = [_int(n[0]) for n in _HEADS.finditer(who)]
        if counts and sum(counts) < 100:
            return Found((sum(counts), sum(counts)), m.start() - len(who), m.end(), 0.85, "people to lead")
    for pattern in (*_SPANS, *_LED):
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
    re.compile(rf"\b(?:between )?{_COUNT}(?: and \d[\d,]*)? (?:caregivers|folks|ppl)\b", re.IGNORECASE),
    re.compile(rf"\bstaff numbers (?:about |around )?{_COUNT}", re.IGNORECASE),
    re.compile(rf"(?im)^\W{{0,3}}(?:people|staff|size|team size)\s*[:|]\s*(?:about |~)?{_COUNT}\b"),
    re.compile(rf"(?:,|\(|·|\|)\s*(?:about |around |roughly |~)?{_COUNT} (?:staff|people|employees|of us)\b(?=\s*[,.;)·|\n])", re.IGNORECASE),
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
    ("part-time", r"(?<!/)(?<!full or )(?<!full- or )\bpart[- ]time\b(?!\s*[:/])"),
    (
        "temporary",
        r"\btemporary\b|\btemp\b(?! to)|\bseasonal\b(?! (?:fluctuation|trend|campaign|peak|demand|change|pattern|variation|nature|menu|product))|\bmaternity (?:leave )?cover\b|\bleave cover(?:age)?\b",
    ),
    (
        "contract",
        r"\b\d{1,2}[- ]month contract\b|(?<!general )(?<!government )(?<!employment )(?<!permanent )(?<!full-time )(?<!full time )\bcontract(?:or)?\b(?=[ ,;:()/-]*(?:\((?!\d+ ?h)|\d|role|position|to[- ]hire|basis|engagement|assignment|opportunity|only|$))|\bcontract[- ]to[- ]hire\b|\bfreelance\b|\b1099\b|\bc2c\b",
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


_AT = r"(?:office|campus|site|studio|building|plant|shop|clinic|store|yard|branch|desk|hospital|hq|headquarters)"
_SOME = r"(?:one|two|three|four|[1-4])"
_DAY = r"(?:mon|tues?|wednes|thurs?|fri)(?:day)?s?"
_WEEK = r"(?:every day|each weekday|each day|daily|all five|five days|mon(?:day)?s? ?(?:to|through|thru|-|–) ?fri(?:day)?s?)"
_OFFERED = r"(?:\s*(?:\w+ )?(?:is|are|isn[’']t|aren[’']t)\b[^.\n]{0,16}\b(?:offered|available|menu|option|possible)|\s*(?:job|eligible)?\s*[:|?]\s*no\b)"
_MODES = (
    (
        "hybrid",
        rf"\b{_SOME}(?: (?:or|to) {_SOME})? (?:\w+ )?days?\b(?! ago)[^.\n]{{0,40}}\b{_AT}\b|\b{_AT}\b(?! manager)[^.\n]{{0,40}}\b{_SOME} days\b(?! of\b)"
        rf"|\b(?:{_DAY}|{_SOME}(?: days?)?|the (?:rest|others?|other \w+|fifth|remainder)|days?|some)\b[^.\n]{{0,24}}\b(?:from|at) home\b|\bhome (?:on (?:{_DAY}|the)|the (?:rest|others?)|{_DAY})\b|\bwfh {_DAY}"
        rf"|\b{_AT}\b[^.\n]{{0,24}}\b(?!mon\w* ?(?:to|through|thru|-|–) ?fri)(?<!through )(?<!thru )(?<!to )(?<!- )(?<!–){_DAY}\b ?(?:,|to|through|thru|-|–|/|and|or)"
        rf"|\bwork from home\b[^.\n]{{0,24}}\b(?:{_SOME}\b|up to|as often|on {_DAY})|\bremote (?:{_DAY}|days?)\b|\b(?:{_DAY}|{_SOME} days?)\b[^.\n]{{0,20}}\b(?:is|are|may be) (?:a )?remote\b"
        r"|\bhybrid\b|\b(?:up to )?(?:one|two|three|four|[1-4]) (?:remote|home|wfh) days?\b|\b(?:one|two|three|four|[1-4]) days? (?:a week )?(?:remote|at home|from home)\b|\b(?:fridays?|mondays?|the rest|other two days|other days) (?:from|at) (?:home|the couch)|\btelework\b[^.\n]{0,30}\b(?:days?|up to|situational)|\b(?:mon|tue|wed|thu)\w*\s?(?:/|,|-|–|through|to)\s?(?:tue|wed|thu)\w*\b[^.\n]{0,30}\b(?:in[- ]office|at the office|in the office|on[- ]?site|there)|\bin[- ]office (?:mon|tue|wed|thu)|\bdays (?:weekly|each week) (?:in|at)|\b(?:two|three|four|[2-4]) days?(?: a| per|/)\s?week (?:in|on|at|from)\b|\b(?:[2-4]|two|three|four) days? (?:in (?:the |our )?office|on[- ]?site|in[- ]office)|office (?:on )?(?:every )?(?:mon|tues|wednes|thurs)days?\b[^.\n]{0,60}(?:home|wherever|remote|elsewhere)",
    ),
    (
        "remote",
        r"\bhome[- ]based\b|\bfrom (?:a|your|their) home\b|\b(?:a|your|their) home office (?:anywhere )?in\b|\blive anywhere in\b|\bfully remote\b|\b100 ?% remote\b|\bremote(?:[- ]first| role| position|\s*\(|\s*[-–,]\s*(?:us|u\.s|united states)|ly)?\b|\bwork from (?:home|anywhere|wherever)\b|\byour (?:own )?home\b(?= ?[,.;(|]| office)|\bhome base\b[^.\n]{0,12}\banywhere|\bdistributed team\b|\btelecommut\w+",
    ),
    (
        "on-site",
        rf"\b{_AT}\b(?! manager)[^.\n]{{0,30}}\b{_WEEK}\b|\b(?:{_AT}|school)-based\b|\ball in the {_AT}\b|\bin the building\b|\bnot a remote\b|\b(?:don[’']t|do not) (?:offer|do) remote|\b(?:can[’']t|cannot|can not) be (?:done|performed) (?:from home|remotely)|\bremote{_OFFERED}"
        r"|\bon[- ]?site\b(?! (?:child|day ?care|gym|fitness|parking|caf|clinic|health|lunch|meals))|\bin[- ]office\b|\bin[- ]person\b|\bon (?:the )?premises\b|\bnever at home\b|\b(?:no|not) (?:remote|telework|wfh|work from home)\b|\b(?:all of us|everybody|everyone|we all) (?:is |are |works? )?(?:in|at) the (?:office|plant|studio|shop)|\bin the (?:studio|office|plant|building|shop|store|branch|clinic) (?:every day|daily|full[- ]time|five)|\bat the (?:plant|counter|bench|branch)\b|\breports? to the (?:branch|plant|office|site|clinic) daily|\bin the office (?:five|5)|\bfive days (?:a week|in the office)\b|\bin (?:the|our|one of our) [\w ]{3,20} every day\b",
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
            if name != "on-site" and re.match(_OFFERED, text[m.end() :], re.IGNORECASE):
                continue
            if (name != "on-site" and _NOT_REMOTE.search(text[max(0, m.start() - 28) : m.start()])) or re.match(
                r"\s*(?:teams?|employees|colleagues|workers|meetings|clients|monitoring|access|support|interview)", text[m.end() :], re.IGNORECASE
            ):
                continue
            rows.append(
                (
                    0 if name == "hybrid" else 1,
                    m.start() // 400,
                    rank,
                    m.start(),
                    Found(name, m.start(), m.start() + len(m[0].rstrip(" (,:")), 0.85, "work mode"),
                )
            )
            break
    return min(rows)[4] if rows else None


# --- industry ----------------------------------------------------------------------------

_LABELLED_INDUSTRY = re.compile(r"(?im)^\W{0,3}(?:industry|sector)\s*[:|–-]\s*(?P<words>[^\n|•]{2,60})")
_HEAD = (
    r"(?:agency|agencies|consultancy|company|firm|bank|credit union|hospital(?: system| network)?|health system|health plan|medical center|clinic|practice|manufacturer|maker|distributor|wholesaler|retailer|insurer|carrier|brokerage|broker"
    r"|contractor|builder|developer|utility|university|college|school|school district|district|nonprofit|non-profit|foundation|charity|museum|library(?: system)?|publisher|studio|newspaper|station|network|platform|marketplace|software|saas|startup"
    r"|start-up|provider|vendor|reseller|supplier|lab|laboratory|center|hotel|restaurant group|group|chain|cooperative|co-op|association|society|institute|airline|railroad|carrier|shipper|service|services|analytics|infrastructure|tooling|tools|technology|shop|dealership|farm|brewery|winery|bakery|plant|church|department|authority|commission|think tank)"
)
_PLAIN = r"(?:[a-z][\w&'’-]*|[A-Z]{2,5}|[A-Z][\w-]+(?= (?:software|saas)))"
_NP = rf"(?P<words>(?:{_PLAIN}\s+){{0,4}}{_HEAD})\b"
_NOT_KIND = re.compile(
    r"^(?:(?:small|large|mid-size(?:d)?|midsize|growing|fast-growing|leading|independent|family[- ]owned|family-run|employee-owned|woman-owned|privately held|private|public(?! relations)|global|regional|local|national|boutique|top|new|young|profitable|bootstrapped|venture-backed|early-stage|series|remote(?:-first)?|modern|full-service|award-winning|well-known|respected|trusted|busy|friendly|downtown|\w+-year-old|[\w,]+-person|\w+-(?:physician|attorney|lawyer|employee|people|bed|branch)|other|good|great|same|our|your|a|an|the|of|for|and|is|in|at)\s+)+",
    re.IGNORECASE,
)
_IS_A = re.compile(
    rf"\b(?:is|are|’re|'re|’s|'s|as|at|for|client:|client, |called|we run|runs|[\w)]+,|—|–|\()\s+(?:now |still |still just )?(?:an?|the|Connecticut's|\w+['’]s)\s+(?:(?:[\d,.$]+(?: (?:billion|million))?[\s-]?(?:person|people|employee|strong)?|{_PLAIN}),?\s+){{0,3}}?{_NP}"
)
_MAKES = re.compile(
    r"\b(?:makes?|builds?|sells?|develops?|publish(?:es)?|provides?|offers?|runs?|ships?|is|are)\s+(?P<words>(?:[a-z][\w&'’-]*\s+){0,3}(?:software|platforms?|systems?|tooling|infrastructure|apps?|devices|equipment|parts|instruments|sensors|coatings|materials|analytics))\b"
)
_LONE = re.compile(
    r"\b(?P<words>(?:digital|creative|advertising|marketing|media|pr|public relations|ad|design|experiential|staffing|insurance|travel|branding) agency|(?:law|cpa|accounting|consulting|engineering|architecture) firm|credit union|community bank|school district|health system|food bank|state agency|general contractor)\b",
    re.IGNORECASE,
)


def industry(text: str, said: str = "", title: Found | None = None) -> Found | None:
    """The industry in the posting's words; words of the title itself name a job ("Law Firm Partner")."""
    if said:
        return Found(said, 0, 0, 1.0, "the form")
    m = _LABELLED_INDUSTRY.search(text)
    if m:
        return Found(m["words"].strip(), m.start("words"), m.end("words"), 0.95, "a line that names the industry")
    for pattern, confidence in ((_IS_A, 0.75), (_MAKES, 0.7), (_LONE, 0.6)):
        for m in islice(pattern.finditer(text), MOST_KINDS):
            words = _NOT_KIND.sub("", m["words"])
            words = _OF_THE.sub("", words)
            if words and words.lower() not in _NO_KIND:
                start = m.end("words") - len(words)
                if title and (title.start <= start < title.end or words.lower() in title.value.lower()):
                    continue
                return Found(words, start, m.end("words"), confidence, "what the company is")
    return None


MOST_KINDS = 6
_OF_THE = re.compile(r"^(?:[a-z-]+ ){0,2}(?:member|part|leader|face|voice|head|heart) of (?:the |our |a |an )?", re.IGNORECASE)
_NO_KIND = frozenset(
    "company firm group team service services platform startup start-up shop department district center software network provider plant tools practice studio technology supplier vendor maker chain school library authority commission association institute systems system apps equipment parts materials".split()
)
