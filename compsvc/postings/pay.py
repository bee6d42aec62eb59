"""Pay that a text states: every range and figure with the words it stands in, its unit, currency and basis, and what it is not.

A figure is pay when the words around it say so (salary, base, on-target earnings, a rate per hour) and the
nearer words do not say that it is something else (a quota, a portfolio, revenue, a stipend).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from compsvc import vocabulary
from compsvc.postings.amounts import Amount, spans, unit_of

HOURS, DAYS, WEEKS, MONTHS = 2_080, 260, 52, 12
A_YEAR = {"year": 1, "month": MONTHS, "week": WEEKS, "day": DAYS, "hour": HOURS}
PLAUSIBLE: dict[str, tuple[float, float]] = {
    "year": (12_000, 1_500_000),
    "month": (1_000, 200_000),
    "week": (250, 50_000),
    "day": (60, 10_000),
    "hour": (7, 1_000),
}
BEFORE, AFTER, CARRIED = 160, 70, 260
APART, APART_CONVERTED = 200, 90
CONVERTED = {"hour": (700, 2_200), "day": (170, 270), "week": (36, 53), "month": (9, 12.2)}
NEXT_TO = 24
WIDEST = 8
UNSURE = 0.5
LEAST_A_YEAR = 12_000
FAR = 80
SHORTEST = 24
LONGEST_ITEM, LONGEST_LINE = 44, 600
_ASKED = re.compile(r"(?:\b|_)(?:pay|salary|wage|rate|base|compensation|range)\b[^.\n$]{0,28}[:?]\s*$", re.IGNORECASE)
MOST_CARRIED = 600_000

_BONUS = re.compile(
    r"(?:bonus(?:es)?|incentive|variable (?:component|pay)|profit[- ]sharing)\b[^.\n%;]{0,48}?(?P<most>up to |as much as |maximum of |at most )?(?<![\d.])(?P<low>\d{1,3}(?:\.\d)?)\s?(?:%|percent)?(?:\s?(?:[-–—]|to)\s?(?P<high>\d{1,3}(?:\.\d)?))?\s?(?:%|percent\b)"
    r"|(?P<most2>up to |as much as )?(?<![\d.])(?P<low2>\d{1,3}(?:\.\d)?)\s?(?:%|percent)?(?:\s?(?:[-–—]|to)\s?(?P<high2>\d{1,3}(?:\.\d)?))?\s?(?:%|percent)[^.\n;%]{0,32}?\b(?:bonus|incentive)",
    re.IGNORECASE,
)
_NO_BONUS = re.compile(r"401|match|retention|quota|merit|discount|travel|of the time|growth|equity", re.IGNORECASE)
_SPLIT = re.compile(
    r"\b(\d{2})\s?/\s?(\d{2})\b(?=[^.\n]{0,40}\b(?:base|split|mix|variable|fixed|commission|plan|ote)\b|\s*$)|\b(?:base|split|mix|variable|plan|ote)\b[^.\n]{0,30}?\b(\d{2})\s?/\s?(\d{2})\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(\d{2})\s?(?:[-–—]|to)?\s?(\d{2})?\s?(?:%|percent)\s?(?:of (?:it|that|ote|on-target earnings|total(?: cash| pay| compensation)?) (?:is |as |in )?)?(?:is |as |in )?(?:guaranteed |fixed )?(?:base|fixed)\b",
    re.IGNORECASE,
)

# Words that say what a figure is; the nearest decides. The last kind is not pay.
_TOTAL = r"total (?:annual |annualized |cash |direct |target |expected )*(?:comp(?:ensation)?|cash|pay|earnings|income|package|rewards?)"
_AT_PLAN = r"(?:at (?:plan|target|quota|goal|100 ?%(?: of (?:plan|target|quota|goal))?)|when you hit (?:plan|target|quota))"
_WORDS: tuple[tuple[str, str], ...] = (
    (
        "",
        r"sign[- ]?(?:on|ing)(?: bonus)?|\bowed?\b|\blease\b|(?:commencement|christmas eve) bonus|fines? of|deposits of|day rates|rental rates|(?:referral|relocation|transition|welcome|joining|clerkship|spot|holiday gift)[- ]bonus|lump sum|bounty|paid[- ](?:social|media|search|researchers)|(?:client|bill(?:ing|able)?|billed) rate|charged?\b|charge customers|(?:customers|patients|clients) pay|we pay the|sells? for|bills? at|blended rate|day rates|civil money|refer(?:ral|red)? [^.\n]{0,24}bonus|bonus for (?:each|every)"
        r"|shift (?:differential|premium|diff)|differential|car (?:program|allowance)|minimum wage|pay (?:it|them|back|your|our|attention|off|\$\d+ (?:of|toward))|on[- ]call (?:pay|stipend|rate)|per (?:deal|policy|sale|unit|meeting|install|account|placement)",
    ),
    (
        "ote",
        rf"first[- ]year (?:earnings|income|total|comp\w*) {_AT_PLAN}|total (?:annual )?(?:on[- ]target|target) (?:annual )?(?:cash|earnings|pay|comp\w*)|\bo\.?t\.?e\.?\b|on[- ]target(?: earnings?| compensation| cash| comp| pay| total)*|at[- ]plan (?:earnings|total|comp\w*|pay)|target(?:ed)? (?:annual )?(?:total )?earnings|target(?:ed)? (?:total )?(?:annual )?(?:cash|comp\w*)(?! mix)|(?:{_TOTAL}|earnings|annual pay|total)[^.\n$]{{0,24}}? {_AT_PLAN}",
    ),
    (
        "total",
        rf"first[- ]year (?:earnings|income|comp\w*|pay|total)|first[- ]year \w+ (?:earns?|makes?)|\bincome\b|(?:median|average|typical) (?:rep|seller|consultant|advisor|officer)\b|\bclear(?:ed|s)?\b(?= (?:about|around|between|over)?\s*$)|(?:average|median|typical|expected|annual) (?:rep |annual |\w+[- ]year )?(?:earnings|income)|{_TOTAL}|all[- ]in\b|earnings? (?:of|between|range|potential)|earning potential|(?:take|took|takes|taking|bring|brought|brings)[- ]home\b|\bearned\b|\b(?:reps?|people|team|sellers?|consultants?|advisors?|they|most|year one) (?:made|makes?)\b|\b(?:reps?|people|sellers?|officers?|advisors?|consultants?|recruiters?|agents?|colleagues|associates|producers?|planners?)\b[^.;:\n$]{0, 44}?\b(?:averaged?|netted|grossed|pulled in|earn(?:ed)? an average of|average of)\b|\bearnings\b[^.;:\n$]{0, 60}\b(?:came to|were|reached)\b|\ball told\b|w-?2(?:s|'d)? (?:of|between|was|is)?\s*(?:about|around)?\s*$|(?:salary|base) (?:and|plus|\+|with|including) (?:bonus|commissions?)|package\b",
    ),
    (
        "variable",
        r"commissions? (?:is|are) guaranteed(?: at)?|commissions? at (?:quota|target|plan|100 ?%)|\bvariable(?: (?:pay|comp\w*|component))?\b|\bdraw\b|\bcommissions?\b|\bbonus(?:es)?\b|incentives?(?: (?:pay|comp\w*|plan|target))?\b|\bspiffs?\b|profit[- ]shar(?:e|ing)|\boverride\b|\bpays another\b",
    ),
    (
        "base",
        r"\bbase(?: (?:salary|pay|wage|compensation|comp))?(?: range)?\b|\bgrade \w+ ?\(|\bsalar(?:y|ies|ied)\b|\bwages?\b|pay (?:range|rate|scale|band)|rate of pay|\bpays?\b|\bpaid\b|hiring (?:range|rate)|hourly(?: rate| pay)?|\brate\b|per hour|/\s?hr\b|an hour|/hour|starting (?:at|from)\b|annualized|remuneration|\b\w*gehalt\b|vergütung|salaire|c2c|corp[- ]to[- ]corp|\bw-?2\b|\b1099\b|\bearns?\b|\bguarantee(?:d)?\b|stipend of \$[\d,]+ (?:a|per) (?:week|month)",
    ),
    (
        "unstated",
        r"(?<!in the )\brange\b(?=\s*(?::|\||is|spans?|runs|goes|starts|of|for))|\bcompensation\b|\bcomp\b|💰|:money(?:bag|_with_wings)?:",
    ),
    (
        "",
        r"quotas?|annual number|retainers?|thresholds?|disputes?|gsa rate|statements?\b|\brents?\b|demurrage|premiums?|households?|\bloss(?:es)?\b|\bauthority\b|\bquoted?\b|pays? us\b|paid us\b|\bdetention\b|start-up (?:package|funds?)|moving package|expenses?|portfolio|revenues?|\barr\b|\bacv\b|\btcv\b|\bmrr\b|budgets?|fund(?:ing|ed|raising|raise)?|raised|series [a-f]\b|book of business|contracts\b|contract (?:value|worth|size)|deals?\b|accounts? (?:worth|valued|of|ranging)|(?<!bonus )worth|valued at|valuation|assets|\baum\b|stipend|reimburse\w*|allowance|401\s?\(?k|tuition|professional development|p&l|pipeline|sales of|in sales|\bspend(?:ing)?\b|gifts?\b(?! officer)|grants?\b(?! (?:writer|manager|officer|coordinator))|donations?|referral|relocation|equity|stock|rsus?|option|premium|deductible|home[- ]office|learning|education|per diem|clients? (?:worth|with)|customers? (?:worth|with)|managing \$|managed \$|manages? (?:a |about |over |roughly )?\$|transactions?|processed|processing|savings?|hsa\b|insurance|coverage|match(?:es|ing)?\b|purchase|fees?\b|per seat|per user|projects? (?:of|from|worth)|grew|growth|profit|costs?\b|invest(?:s|ed|ing|ments?|ors?)?\b|credit\b|award|prize|target of \$|in new business|new business|bookings|billings|turnover|net worth|gmv|loans?|licens\w+|retirees|paid out|candidates compare|policy|each pay period|test (?:assignment|project)s?|assignments? \(|(?:average|mean|typical) (?:ticket|deal|order|account|loan|sale|job|contract|client|gift|claim|unit|project|balance)|(?:job|deal) size|ticket|parking|subsid\w+|wellness|commuter|transit|internet|gym|child ?care|toward",
    ),
)
_OTHERS = re.compile(
    r"\b(?:previous|prior|former|outgoing) (?:manager|director|rep|person|holder|\w+)?\s?(?:made|earned|meant|took|was)|\blowest\b|\bbest (?:one|rep|earner|year)|\btop (?:\d+ ?%?|third|half|quarter|reps?|earners?|performers?|producers?|sellers?|billers?)\b[^.\n]{0,30}|whose (?:\w+ )?(?:wages?|pay|rate)\b|\b(?:interns?|aides?|customers?|famil(?:y|ies)|residents|patients|institutions?|travel nurses|a nurse|team members|consultants we place)[’']?s?\b[^.,;\n$]{0,32}\b(?:pays?|paid|makes?|wages?|starts?|earns?|bills?)\b[^.\n$]{0,16}$|\bhighest\b|\bseparate (?:scale|range)\b[^.\n$]{0,20}$|\b(?:last|previous|former|outgoing) [\w ]{3,24}['’]s (?:salary|pay)\b|\b(?:health plan|the plan pays\s*$|district|insurers?|state|county)s? pays?\b|\b(?:for context|by comparison)\b|\b(?:our|the) (?:executive director|ceo|founder)\b[^.\n$]{0,16}$|\bnext step\b|\bmeant\b|for comparison|\b(?:while|whereas|unlike) [^,.:$]{0,50}$|\bhope to become\b",
    re.IGNORECASE,
)
_APIECE = re.compile(
    r"^\s*(?:(?:on|upon|at) signing|to (?:sign|move|relocate)\b|for (?:moving|relocation|signing|licensure)\b|(?:starting|start|welcome|joining) bonus|(?:spiff|kicker|bounty|bonus) (?:per|for (?:each|every)|when an?)\b|extra\b|when (?:an?|you|someone)\b[^.\n]{0,30}\b(?:refer|join|sign)|bonus (?:on|for|at) (?:licensure|certification|signing)|moving (?:package|allowance)|finding\b|toward|per head|for family|(?:for (?:every|each)|each)\b(?! (?:year|month|quarter|week|hour|january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|fall|winter)\b)|apiece|per (?!year|hour|annum|month|week|day|yr|hr|pm|rep|person|employee|head|manager|quarter)\w+|an? (?:deal|policy|sale|meeting|placement|head|visit|pallet|unit|ticket|finding|load|call|shift)\b|bonus\b(?=[^.\n]{0,30}\b(?:refer|sign))|sign[- ]on|signing|referral|relocation|retention)",
    re.IGNORECASE,
)
_ADDS = re.compile(
    r"[,;|/•]|\+|\b(?:plus|and|with|along with|as well as|in addition|on top|but|before|without|while|where|depending|based|is|are|was|were|will)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^[\s,(]*(?:a year|per year|annually|yearly|/ ?(?:yr|year))?[\s,(]*(?:\+|plus\b|and\b|with\b|&)[^.\n$]{0,40}?\b(?:bonus|commission|incentive|variable|ote|overtime|equity|tips|profit|premium)",
    re.IGNORECASE,
)
_BASE_FIRST = re.compile(r"(?:salary|base)\b", re.IGNORECASE)
_TOGETHER = re.compile(r"\s*,? ?(?:together|combined|taken together|all told)\b", re.IGNORECASE)
_AGAIN = re.compile(
    r"\b(?:annuali[sz]\w+|comes? (?:out )?to|works? out (?:to|at)|equals?|equivalent|equates? to|approximately|about|roughly|that is|that's|which is|i\.e\.|or)\b|[(=≈~/]",
    re.IGNORECASE,
)
_VARIABLE_ON_LINE = re.compile(
    r"\b(?:bonus|incentive|commission|profit[- ]shar(?:e|ing))\b(?:[^.\n]{0,160}|.{0,160}\b(?:received|got|paid)(?: an average of)? )$", re.IGNORECASE
)
_DEPENDS = re.compile(
    r"[\s,(]*(?:DOE\b|DOQ\b|d\.o\.e|depend(?:s|ing|ent) (?:up)?on (?:your |relevant )?(?:experience|qualifications)|based on experience|commensurate)",
    re.IGNORECASE,
)
_NAMED_BESIDE = re.compile(
    r"\b(?:salary|base(?: pay)?|pay|wage|ote|earnings|incentive|bonus|commission)(?: (?:of|is|at|around|about|target(?:ed)? at))?:?\s*$", re.IGNORECASE
)
_COUNTED = re.compile(r"\s+(?:hours?|people|employees|clients|accounts|units|sq|square|members|customers)\b", re.IGNORECASE)
_AVERAGED = re.compile(
    r"\b(?:averaged?|averages|averaging|(?:worked|works|come|comes|came) out (?:to|at)(?: an average of)?)\s+(?:about |around |roughly |over |just over |nearly |a little over )?$",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(?:bonus(?:es)?|incentives?|commissions?|profit[- ]shar\w+|gain-?shar\w+|checks?|payouts?|payments?|spiffs?|overrides?|distributions?)\b", re.IGNORECASE
)
_ALL_OF_IT = re.compile(r"\b(?:all[- ]in|all told|combined|together|includ(?:ed|ing)|inclusive|total)\b", re.IGNORECASE)
_MAKE = re.compile(
    r"(?P<subject>[^.;:\n]{2,110}?)(?:['’]s?\s+(?:on-target earnings|ote|salary|pay|wages?|rates?|base)|,? (?:who|they))?\s+(?P<verb>(?:(?:mostly|usually|typically|generally|currently|now|themselves|each|all) )?(?:earns?|makes?|made|earned|gets?|(?:are|is) paid|(?:are|is|be) on|(?:sits?|starts?|begins?) at|have an? ote of|runs? from|are|is|averages?|receives?|needs?|spends?|saves?|owes?)\b[^.;:\n$]{0,24})$",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:you|your|this|the (?:job|role|position|post|seat)|salary|pay|base|bonus|incentive|commission|ote|earnings|income|compensation|range|rate|wage|new hires?)\b",
    re.IGNORECASE,
)
_OTHER_PEOPLE = frozenset(
    "customer client family student participant intern aide caregiver server cook driver nurse machinist assembler finisher teacher parent patient tenant resident candidate substitute page technician foreman operator helper laborer cashier clerk selector picker guard borrower household member".split()
)
_ANYBODY = frozenset("rep representative person people lead leader head officer associate staff member professional".split())
_SHORT_JOBS = {"AE": "executive", "AM": "manager", "CSM": "manager", "SDR": "representative", "BDR": "representative", "RN": "nurse", "PM": "manager"}
_SELLING = frozenset("sale account rep representative development executive territory seller broker".split())
_LED = re.compile(
    r"\byou(?:[’']ll| will)? (?:lead|manage|supervise|have|train|coach|oversee)\b[^.;\n$]{0,80}\b(?:they|who) (?:\w+ )?(?:earn|make|are paid|are on)\b[^$]{0,12}$",
    re.IGNORECASE,
)
LISTED_WITHIN = 70
_POOL = re.compile(
    r"\b(?:bonus(?:es)?|(?:profit|bonus|practice|incentive) pool|profit[- ]shar\w+|incentive)\b[^.\n$]{0,50}\b(?:which|this|it) (?:has )?paid\b[^.;\n$]{0,30}$",
    re.IGNORECASE,
)
_AT_PLAN_EARNS = re.compile(rf"\b{_AT_PLAN}\b[^.;\n$]{{0,40}}\b(?:earns?|makes?|pays?)\s*$", re.IGNORECASE)
_EXPECTED = re.compile(r"\bexpect\w*\b[^.;\n$]{0,50}\bto (?:earn|make)\s*$", re.IGNORECASE)
_TYPICAL = re.compile(
    r"\b(?:average|median|typical|mean)\b[^.;\n$]{0,60}\b(?:earns?|makes?|made|earned|clears?|w-?2|earnings|income)\b[^.;\n$]{0,60}$", re.IGNORECASE
)
_OFFERED = re.compile(r"\bwe(?: can|[’']ll| will| would)? offer\s*$", re.IGNORECASE)
_FOR_THE_JOB = re.compile(r"\s*(?:set aside |in the (?:plan|budget) |budgeted )?for (?:this|the) (?:hire|role|position|job|seat|salary)\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:reps?|officers?|people|they|team|colleagues|hires?|staff|employees|sellers?|producers?|associates?|(?:second|third|first|\w+th) years?)\b",
    re.IGNORECASE,
)
_PAID_OUT = re.compile(
    r"\b(?:it|that|this|they|these|checks?|payouts?|distributions?) (?:has |have )?(?:came|come|comes|worked out|was|were|is|has been|have been|averaged)\b[^.;\n$]{0,30}$|\b(?:received?|added)\s+(?:about |around |an average of )?$",
    re.IGNORECASE,
)
_OF_THAT = re.compile(r"^[\d,.kK]*\+?\s?(?:an?|per|/|each)?\s?(?:hour|hr|year|yr|month|mo|week|wk|day|annually|hourly|monthly|weekly)\b", re.IGNORECASE)
_WORTH = re.compile(r"\bbonus(?:es)?\b[^.;:\n$]{0,24}\bworth\s+(?:about |around |up to )?$", re.IGNORECASE)
_OF_IT = re.compile(r"\s*(?:of (?:it|that|this|which),? (?:is |being )?|is (?:the )?|(?:as|in) (?:a )?)?(?:your )?(?P<what>base|salary|fixed)\b", re.IGNORECASE)
_PART = re.compile(
    r"(?-i:(?!\s*[A-Z]))\s*(?:(?:in|as) )?(?:an? )?(?:(?:annual|year-end|yearly|target(?:ed)?|quarterly|monthly|performance|discretionary|at-plan|uncapped|expected|typical|average|\w+-based|non-?recoverable|recoverable)\s+){0,2}(?:draw\b|bonus(?:es)?|commissions?|incentives?|variable)\b(?!\s+(?:on|for|at) (?:licensure|signing|certification))",
    re.IGNORECASE,
)
_ITS_OWN = re.compile(r"[\s:()~–—-]*(?:(?:is|are|of|at|from|up to|target(?:s|ed)?|about|around|between)\b[\s:~]*){0,3}[$€£\d]")
_ASIDE = re.compile(r"\([^()]{12,80}\)|—[^—$]{3,80}—|,\s*(?:including|counting|being|with|inclusive of|excluding|before)\b[^,$]{0,60},")
_FIGURE = re.compile(r"[$€£]\s?\d|\d[\d,.]*\s?[kK]\b|\d,\d{3}")
_LISTED = re.compile(r"\s*\(?(?:in|for|at)\s[^.\n$]{2,40}?\)?\s*(?:,|;|/|\||and|or)+\s*(?:and\s*)?")
_EARNED = re.compile(
    r"\b(?:made|earned|cleared|took home|brought home|takes home)\s+(?:about |around |roughly |over |an average of |between )?$", re.IGNORECASE
)
_STEP = re.compile(r"\b(?:step|grade|level|range|min|max)\w*\W{0,3}\w{0,3}\W*$", re.IGNORECASE)
_MONTHLY = re.compile(r"\bper month\s*:|\bmonthly (?:salary|pay|rate|wage)|\b(?:salary|pay)\b[^.\n]{0,20}\b(?:monthly|per month)\b", re.IGNORECASE)
_RIGHT_OF_ONE = re.compile(r"[\dkKmM)]\+?\s?(?:(?:in|of|annual|annually|a year|per year|usd|/yr|/year)\s)*$", re.IGNORECASE)
_SAYS = re.compile("|".join(f"(?P<w{i}>{pattern})" for i, (_, pattern) in enumerate(_WORDS)), re.IGNORECASE)
_OPEN_BELOW = re.compile(
    r"(?:(?<!adds )(?<!add )(?<!adding )up to|as (?:much|high) as|max(?:imum)?(?: of)?|capped at|no more than|to a maximum of)\s*(?:of\s*)?$", re.IGNORECASE
)
_OPEN_ABOVE = re.compile(
    r"(?:\bfrom|(?:salary|pay|wage) minimum is|begin(?:s|ning)? (?:at|from)|starting (?:at|from)|starts (?:at|from)|at least|minimum(?: of)?|no less than|north of|over|upwards of|begins? at)\s*$",
    re.IGNORECASE,
)
_AVERAGE = re.compile(r"\b(?:average|averaged|averages|averaging|avg\.?|median|mean|typically|typical)\b", re.IGNORECASE)
_END = re.compile(r"[\n;]|(?<=[a-z0-9)%])\.\s|[.!?]\s+(?=[A-Z])|•|\|")


class Stated(NamedTuple):
    """Pay as a text states it: amounts in major units a `unit`, None where the end is open; `start` and `end` are the words in the text."""

    low: float | None
    high: float | None
    unit: str
    currency: str
    basis: str
    kind: str
    open_ended: bool
    start: int
    end: int
    confidence: float

    def a_year(self) -> tuple[float | None, float | None]:
        """Low and high for a year of full-time work."""
        times = A_YEAR[self.unit]
        return (None if self.low is None else self.low * times, None if self.high is None else self.high * times)


def stated(text: str, titles: Sequence[str] = ()) -> list[Stated]:
    """Pay that the text states for jobs of these titles, in order; what a text says that people of other jobs make is none of it."""
    found: list[Stated] = []
    ours = frozenset(noun for title in titles for noun in _heads(title))
    theirs = -LISTED_WITHIN
    for first, second in spans(text):
        between = text[theirs : first.start] if 0 <= first.start - theirs < LISTED_WITHIN else ""
        if ours and (_of_others(text, first.start, ours) or (between and not _END.search(between) and not _OURS.search(between))):
            theirs = (second or first).end
            continue
        one = _converted(text, first, second, found[-1]) if found else None
        one = one or _one(text, first, second)
        if one is None:
            continue
        before = found[-1] if found else None
        if (
            before
            and one.basis == "unstated"
            and one.confidence <= UNSURE
            and (before.kind, before.unit, before.currency) == (one.kind, one.unit, one.currency)
        ):
            one = one._replace(basis=before.basis) if one.start - before.end < APART else one
        if before and before.currency == one.currency and _LISTED.fullmatch(text[before.end : one.start]):
            one = one._replace(basis=before.basis)
        found.append(one)
    return found


@cache
def _job_nouns() -> frozenset[str]:
    """Words that titles of the ladder end with, and people who are paid but not for a job that is posted."""
    heads = {row["title"].lower().split(",")[0].split()[-1].rstrip(".") for row in vocabulary.ladder() if " of " not in row["title"]}
    return frozenset({head for head in heads if len(head) > 3 and head.isalpha()} | _OTHER_PEOPLE) - _ANYBODY


def _nouns(words: str) -> list[str]:
    """Words in the singular, with short names of jobs written out."""
    found = []
    for word in re.findall(r"[A-Za-z]+", words):
        lower = word.lower()
        one = word[:-1] if word[-1:] == "s" and word[:-1].isupper() else word
        if one in _SHORT_JOBS:
            found.append(_SHORT_JOBS[one])
        found.append(lower[:-1] if lower.endswith("s") and not lower.endswith("ss") else lower)
    return found


def _heads(title: str) -> list[str]:
    """Words of a title that name who does the job."""
    nouns = _nouns(re.split(r",| of | - ", title)[0])
    return [noun for noun in nouns if (noun in _job_nouns() and noun not in _OTHER_PEOPLE) or noun in _ANYBODY or noun in _SELLING] + nouns[-1:]


def _of_others(text: str, start: int, ours: frozenset[str]) -> bool:
    """Whether the words before a figure say that people of another job make it: "Machinists here make $27"."""
    left = text[max(0, start - BEFORE) : start]
    cut = [m.end() for m in _END.finditer(left)]
    own = re.sub(r"\([^()]*\)", " ", left[cut[-1] :] if cut else left)
    if _LED.search(own):
        return True
    m = _MAKE.search(own)
    if m is None or _FIGURE.search(m["verb"]):
        return False
    subject = m["subject"]
    if _OURS.search(subject):
        return False
    nouns = [noun for noun in _nouns(subject) if noun in _job_nouns() or (noun == "rep" and ours.isdisjoint(_SELLING))]
    return bool(nouns) and ours.isdisjoint(nouns)


def _converted(text: str, first: Amount, second: Amount | None, before: Stated) -> Stated | None:
    """The pay stated just before, said again by the year: "$21.35 to $25.10 (annualized: $44,408 to $52,208)"."""
    last = second or first
    words = text[before.end : first.start]
    if before.unit == "year" or len(words) > APART_CONVERTED or "\n\n" in words or not _AGAIN.search(words) or last.unit not in ("", "year"):
        return None
    high, was = last.value, before.high or before.low or 0.0
    fewest, most = CONVERTED[before.unit]
    if not fewest * was <= high <= most * was or not (first.marked or last.marked or high >= LEAST_A_YEAR):
        return None
    return Stated(
        first.value,
        high,
        "year",
        before.currency,
        before.basis,
        "range" if second else before.kind,
        before.open_ended,
        first.start,
        last.end,
        before.confidence,
    )


def _one(text: str, first: Amount, second: Amount | None) -> Stated | None:
    """The statement that one or two amounts make; None when they are something else."""
    last = second or first
    start, end = first.start, last.end
    low, high = first.value, last.value
    if second and second.scaled and not first.scaled and low < high / 20:
        low *= 1e3 if second.value < 5e6 else 1e6
    if second and low > high:
        low, high = high, low
    left, right = _clause(text, start, end)
    asked = bool(_ASKED.search(text[max(0, start - 60) : start]))
    beside = (
        not second and first.value >= 1_000 and "," in text[first.start : first.end] and bool(_NAMED_BESIDE.search(left[-40:])) and not _COUNTED.match(right)
    )
    if not (first.marked or last.marked) and not beside and not (second and (asked or _like_a_salary(low, high, "year"))):
        return None
    unit = last.unit or first.unit or _unit_near(left, right)
    if unit == "pay period":
        return None
    if unit != "year" and not (last.unit or first.unit) and high > PLAUSIBLE.get(unit, (0.0, high))[1] and _NAMED_BESIDE.search(left[-40:]):
        unit = "year"
    basis, distance = _what(text, left, right, (low, high, unit, second is not None, last.signed or last.scaled), start)
    if not (first.marked or last.marked or asked or beside) and distance > FAR:
        return None
    if not unit and high < LEAST_A_YEAR and (basis == "base" or _STEP.search(left)) and _MONTHLY.search(text[max(0, start - CARRIED) : start]):
        unit, basis, distance = "month", "base", 80
    if not unit:
        by_hour = (
            second is not None
            or bool(re.search(r"\bhour|\brate|\bwage|w-?2\b|c2c|corp", text[max(0, start - 60) : start] + right[:20], re.IGNORECASE))
            or bool(re.search(r"\bhourly\b", text[max(0, start - CARRIED) : start], re.IGNORECASE))
        )
        unit = "hour" if high < 250 and basis == "base" and not last.scaled and by_hour else "year"
    if basis == "base" and unit == "year" and high < LEAST_A_YEAR and not last.scaled and _VARIABLE_ON_LINE.search(_line_before(text, start)):
        basis = "variable"
    if unit == "hour" and basis in ("variable", "total", "unstated"):
        basis = "base"
    floor, ceiling = PLAUSIBLE[unit]
    floor, ceiling = (floor / 10, ceiling / 6) if basis == "variable" else (floor, ceiling)
    if basis is None or not floor <= high <= ceiling or (second and not low < high * 1.0001) or (second and high > WIDEST * low):
        return None
    before = left[-40:]
    plus = last.plus or bool(re.match(r"\s?(?:and up|or more|and above|and more\b|minimum\b(?!\s*[:/]))", right, re.IGNORECASE))
    plus = plus and not (
        last.plus
        and re.match(r"\s*(?:an? |annual |quarterly |discretionary |\d+%? |uncapped |full )*(?:bonus|commission)", right, re.IGNORECASE)
        and second is None
    )
    up_to, starting = bool(_OPEN_BELOW.search(before)) and not second, bool(_OPEN_ABOVE.search(before)) and not second
    average = bool(_AVERAGE.search(left[-70:]) or re.match(r"\s*(?:on|as an?) average\b", right, re.IGNORECASE)) and not second
    if (
        average
        and basis == "base"
        and re.search(r"\b(?:made|earned|makes?|earns?|earnings|w-?2)\b(?![^$]*\b(?:salary|base|wages?)\b)[^.;\n$]{0,40}$", left, re.IGNORECASE)
    ):
        basis = "total"
    currency = last.currency or first.currency or "USD"
    return Stated(
        None if up_to else low,
        None if (starting or (plus and not second)) else high,
        unit,
        currency,
        basis,
        "range" if second else "average" if average else "single" if not (up_to or starting or plus) else "range",
        bool(plus or starting or up_to),
        start,
        end,
        round(max(0.5, 1.0 - distance / 200), 2),
    )


def _like_a_salary(low: float, high: float, unit: str) -> bool:
    """Whether a bare range can hardly be anything but pay: one for an hour or a year, or one as wide and as high as salaries are."""
    floor, ceiling = {"hour": (12.0, 250.0), "day": (100.0, 3_000.0)}.get(unit, (25_000.0, 500_000.0))
    return floor <= low < high <= ceiling and high <= 2 * low


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """The words of the same sentence before and after, and the heading line above where the sentence begins with the figure."""
    left = text[max(0, start - BEFORE) : start]
    cut = [m.end() for m in _END.finditer(left)]
    own = left[cut[-1] :] if cut else left
    if len(cut) > 1 and cut[-1] - cut[-2] <= SHORTEST and not re.search(r"[a-zA-Z]", own):
        own = left[cut[-2] :]
    if label := _row_label(text, start):
        own = f"{label}: {own}"
    elif not re.search(r"[a-zA-Z]{2}|💰", own) and not re.search(r"[|a-zA-Z]", _line_before(text, start)):
        above = [line for line in text[max(0, start - 2 * BEFORE) : start].splitlines() if re.search(r"\w", line)]
        own = (above[-1][-BEFORE:] + " " if above else "") + own
    right = text[end : end + AFTER]
    stop = _END.search(right)
    return own, right[: stop.start()] if stop else right


def _line_before(text: str, start: int) -> str:
    """What stands on the same line before a figure, or the last of it on a long one."""
    return text[max(text.rfind("\n", 0, start) + 1, start - LONGEST_LINE) : start]


def _row_label(text: str, start: int) -> str:
    """The first cell of the table's row that a figure stands in, where the figure is not in it; "" elsewhere."""
    line = _line_before(text, start)
    cells = [cell.strip() for cell in line.split("|")]
    filled = [cell for cell in cells[:-1] if cell]
    return (
        filled[0]
        if len(cells) > 1 and filled and all(_FIGURE.search(cell) for cell in filled[1:]) and len(filled[0]) <= LONGEST_ITEM and not _FIGURE.search(filled[0])
        else ""
    )


def _what(text: str, left: str, right: str, figures: tuple[float, float, str, bool, bool], start: int) -> tuple[str | None, int]:
    """(what figures are, how far the words stand that say so); (None, 0) for something else than pay."""
    low, high, unit, is_range, marked = figures
    rate = unit in ("hour", "day")
    shared = (_AVERAGE.search(left + right) or _PAID_OUT.search(left)) and _GIVEN.search(_line_before(text, start))
    if (_APIECE.match(right) and not shared) or _OTHERS.search(left[-60:]):
        return None, 0
    basis, distance = _basis(left, right)
    if basis is None and distance < 0:
        paid_out = bool(_PAID_OUT.search(left) or _AVERAGE.search(left + " " + right[:30])) and not is_range
        listed = is_range or _listed(text, start, unit)
        basis, distance = (_carried(text, start), 80) if high <= MOST_CARRIED and listed else (None, -1)
        if paid_out and basis is None and marked:
            basis, distance = _paid_out(text, start), 80
        salary = is_range and _like_a_salary(low, high, unit or "year")
        if (
            (basis is None and salary)
            or (basis == "variable" and salary and unit == "hour")
            or (basis is None and rate and _like_a_salary(0.9 * low, high, unit))
        ):
            basis, distance = "base", 100
    elif basis is None and rate and _like_a_salary(low if is_range else 0.9 * low, high, unit) and all(_kind(m) for m in _SAYS.finditer(left[-FAR:])):
        basis, distance = "base", 100
    if (
        basis == "unstated"
        and re.search(r"\brange\b", left, re.IGNORECASE)
        and re.search(r"\b(?:salary|base|pay|wages?|grade)\b", text[max(0, start - CARRIED) : start], re.IGNORECASE)
    ):
        basis = "base"
    if basis in ("variable", "total") and _MORE.match(right) and is_range and distance > 40:
        basis = "base"
    return basis, distance


def _paid_out(text: str, start: int) -> str | None:
    """What was paid out in the words of the sentences before: "There is a bonus each January; it came to $18,000"."""
    before = _line_before(text, start)[-APART:]
    if not _GIVEN.search(before):
        return None
    return "total" if _ALL_OF_IT.search(before) else "variable"


def _listed(text: str, start: int, unit: str) -> bool:
    """Whether a single figure stands in a cell of a table or a short line, where what was said above may hold for it."""
    line_at = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    line = text[line_at : end if end >= 0 else len(text)]
    return "|" in line or len(line) <= LONGEST_ITEM or (unit == "hour" and len(line) <= 2 * LONGEST_ITEM)


def _kind(match: re.Match[str]) -> str:
    return _WORDS[int((match.lastgroup or "w0")[1:])][0]


def _basis(left: str, right: str) -> tuple[str | None, int]:
    """(what the nearest words say the figure is, how far they stand); (None, 0) when it is not pay, (None, -1) when nothing says."""
    found = _said(left, right)
    beside = [f for f in found if f[1] > 0 and not f[2] and f[0] <= NEXT_TO]
    if beside and not any(f[2] and f[0] <= beside[0][0] for f in found):
        return None, 0
    if _WORTH.search(left) or _POOL.search(left):
        return "variable", 4
    last = [m for m in _SAYS.finditer(left)]
    if last and not _kind(last[-1]) and len(left) - last[-1].end() <= 2:
        return None, 0
    if (
        re.match(rf"\s*{_AT_PLAN}\b", right, re.IGNORECASE)
        and not re.search(r"\bit (?:is|was)\s*$", left, re.IGNORECASE)
        and not any(f[2] == "variable" and f[0] < 20 for f in found)
    ):
        return "ote", 2
    if _AT_PLAN_EARNS.search(left):
        return "ote", 4
    if _EXPECTED.search(left) or (
        _TYPICAL.search(left)
        and not re.search(r"\bon[- ]target|\bote\b|at plan", left, re.IGNORECASE)
        and not _GIVEN.search(left)
        and not re.search(r"\b(?:base|salary|wages?)\b", left, re.IGNORECASE)
    ):
        return "total", 4
    if re.match(r"\s*in (?:base |straight |annual )?salary\b", right, re.IGNORECASE) or _OFFERED.search(left) or _FOR_THE_JOB.match(right):
        return "base", 4
    if (part := _PART.match(right)) and not re.search(r"\b(?:plus|and)\b|[+&]", part[0]) and not _TOGETHER.search(right[: part.end() + 30]):
        return "variable", 2
    if (m := _AVERAGED.search(left)) and (said := _averaged(left[: m.start()], right)) != "":
        return said, 4
    if _EARNED.search(left):
        return "total", 4
    if re.search(r"(?:of which|of (?:it|that|this))\W*$", left, re.IGNORECASE) and _OF_IT.match(right):
        return "base", 2
    if re.match(r"\s*of (?:it|that|which) (?:is |as )?(?:in )?(?:base|salary|fixed)\b", right, re.IGNORECASE):
        return "base", 2
    if not found:
        return ("base", 90) if _MORE.match(right) or _DEPENDS.match(right) else (None, -1)
    adjacent = [f for f in found if f[1] > 0 and f[2] and f[0] <= 3]
    if adjacent and not re.search(r"(?::|\bis|\bare|\bof|\bat)\s*$", left):
        return adjacent[0][2], adjacent[0][0]
    return _nearest(found, left)


def _averaged(left: str, right: str) -> str | None:
    """What it is that averaged a figure: bonuses, people's earnings, or something that is no pay."""
    said = [m for m in _SAYS.finditer(left)]
    if said and not _kind(said[-1]) and len(left) - said[-1].end() < 30:
        return None
    if _GIVEN.search(left) and not _ALL_OF_IT.search(left + right[:30]):
        return "variable"
    if said and _kind(said[-1]) == "base" and not re.search(r"\b(?:earn\w*|paid)\b", said[-1][0]):
        return "base"
    people = said or _PEOPLE.search(left) or any(noun in _job_nouns() for noun in _nouns(left))
    return "total" if people else ""


def _said(left: str, right: str) -> list[tuple[int, int, str]]:
    """(how far, -1 for before and 1 for after, what it says) of every word beside a figure that says what figures are."""
    plain = _ASIDE.sub(lambda m: " " * len(m[0]), left)
    found: list[tuple[int, int, str]] = []
    for m in _SAYS.finditer(plain):
        distance = len(plain) - m.end()
        if _FIGURE.search(plain[m.end() :]):
            distance += 15
        if _RIGHT_OF_ONE.search(plain[: m.start()]) and re.match(r"\s*(?:[,/;&+|)]|and\b|plus\b|or\b|-|–)", plain[m.end() :]):
            distance += 40
        found.append((distance, -1, _kind(m)))
    adds = _ADDS.search(right)
    reach = adds.start() if adds else len(right)
    for m in _SAYS.finditer(right):
        if _ITS_OWN.match(right[m.end() :]):
            continue
        word, distance = _kind(m), m.start() + 2
        if word == "total" and _BASE_FIRST.match(m[0]) and not _TOGETHER.match(right[m.end() :]):
            word = "base"
        if m.start() >= reach:
            if not word or word == "variable":
                continue
            distance += 90
        found.append((distance, 1, word))
    return found


def _nearest(found: list[tuple[int, int, str]], left: str) -> tuple[str | None, int]:
    """What the nearest word says, where a word that says it is no pay does not stand nearer."""
    distance, side, basis = min(found)
    if side > 0 and distance <= 4 and basis:
        return basis, distance
    if not basis:
        pay = [f for f in found if f[2] and f[0] < 25]
        if not pay or distance + 4 < min(pay)[0]:
            return None, 0
        distance, side, basis = min(pay)
    if basis == "unstated" and any(b == "base" and (side < 0 or d <= distance + 25) for d, side, b in found):
        basis = "base"
    if basis in ("base", "unstated") and not re.search(r"\b(?:base|salary)\b", left[-34:], re.IGNORECASE):
        sure = [f for f in found if f[2] in ("ote", "total") and f[0] <= distance + 25]
        if sure:
            distance, _, basis = min(sure)
    return basis, distance


def _carried(text: str, start: int) -> str | None:
    """What a figure is by the table's head above its cell, or else by the last words before it that say what figures are."""
    line_at = text.rfind("\n", 0, start) + 1
    cell = text[line_at:start].count("|")
    above = [line for line in text[max(0, line_at - 900) : line_at].split("\n")[:-1] if line.strip()]
    if "|" in text[line_at : start + 120]:
        for line in reversed(above[-12:]):
            cells = line.split("|")
            head = _SAYS.search(cells[cell]) if cell < len(cells) else None
            if head and not re.search(r"\d{3}", cells[cell]):
                return _kind(head) or None
    before = text[max(0, start - CARRIED) : start]
    said = [m for m in _SAYS.finditer(before)]
    pay = [m for m in said if _kind(m)]
    if not pay or (said[-1] is not pay[-1] and said[-1].start() > pay[-1].end() + 60):
        return None
    return _kind(pay[-1])


def _unit_near(left: str, right: str) -> str:
    """The unit that words beside a figure name: those right after it before anything is added, or those before it."""
    adds = _ADDS.search(right)
    ahead = right[: min(35, adds.start() if adds else 35)]
    near = left[-50:]
    if figures := list(_FIGURE.finditer(near)):
        near = _OF_THAT.sub("", near[figures[-1].end() :])
    for words in (ahead, near):
        m = _last(
            r"bi-?weekly|semi-?monthly|pay period|hourly|(?:per|an?|/)\s?(?:hour|hr)\b|monthly|(?:each|every|most) months?\b|(?:per|a|/)\s?month\b|weekly|(?:per|a|/)\s?week\b|(?:per|a|/)\s?day\b|daily rate|day rate|annual|per year|a year|/\s?yr|/\s?year|yearly",
            words,
            before=words is not ahead,
        )
        if m:
            return unit_of(m[0])
    return ""


def _last(pattern: str, words: str, before: bool) -> re.Match[str] | None:
    """The match nearest to a figure: the last of the words before it, the first of those after."""
    found = list(re.finditer(pattern, words, re.IGNORECASE))
    return found[-1 if before else 0] if found else None


def bonus_percent(text: str) -> tuple[float | None, float, int, int] | None:
    """(low, high, start, end) of a bonus stated as a percentage of base; low is None for "up to"."""
    for m in _BONUS.finditer(text):
        low = m["low"] or m["low2"]
        high = m["high"] or m["high2"] or low
        if _NO_BONUS.search(m[0]) or not 0 < float(high) <= 200:
            continue
        most = m["most"] or m["most2"]
        return None if most else float(low), float(high), m.start(), m.end()
    return None


def base_share(text: str) -> tuple[float, float, int, int] | None:
    """(low, high, start, end) of base's share of on-target earnings: "60/40 base to variable", "60-70 % base"."""
    for m in _SPLIT.finditer(text):
        one, two = (int(v) for v in (m[1] or m[3], m[2] or m[4]))
        if one + two == 100:
            return one / 100, one / 100, m.start(), m.end()
    for m in _SHARE.finditer(text):
        values = [int(v) / 100 for v in (m[1], m[2]) if v]
        if all(0.3 <= v <= 1 for v in values):
            return min(values), max(values), m.start(), m.end()
    return None


_OF_A_KIND = re.compile(
    r"\b(?:level|zone|tier|band|grade|[Ss]enior|[Jj]unior|[Ee]ntry|[Mm]id|[Ff]irst|I{1,3}|IV|region|cities|area|elsewhere|remote|[A-Z][a-z]+, [A-Z]{2})\b"
)


def contradictions(statements: Iterable[Stated], text: str) -> list[tuple[Stated, Stated]]:
    """Pairs of ranges that say different things of the same basis far from each other; ranges side by side are those of zones, levels or roles."""
    found = []
    rows = [s for s in statements if s.kind != "average"]
    crowded = {s for s in rows for o in rows if s is not o and s.basis == o.basis and s.end and o.end and abs(s.start - o.start) < APART}
    rows = [s for s in rows if s not in crowded and not (s.end and _OF_A_KIND.search(text[max(0, s.start - 50) : s.start]))]
    for i, one in enumerate(rows):
        for two in rows[i + 1 :]:
            if (one.basis, one.currency, one.unit) == (two.basis, two.currency, two.unit) and (one.low, one.high) != (two.low, two.high):
                found.append((one, two))
    return found
