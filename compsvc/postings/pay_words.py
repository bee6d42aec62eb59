"""Words around a figure: what they say that it is, and where a sentence that tells of it begins and ends.

`WORDS` are the words that name a kind of pay or something that is no pay; the nearest to a figure decides
(`pay.py`). The other patterns read the words right before a figure (they end in `$`) or right after it.
"""

from __future__ import annotations

import re

BEFORE = 160

ASKED = re.compile(r"(?:\b|_)(?:pay|salary|wage|rate|base|compensation|range)\b[^.\n$]{0,28}[:?]\s*$", re.IGNORECASE)
TOTAL = r"total (?:annual |annualized |cash |direct |target |expected )*(?:comp(?:ensation)?|cash|pay|earnings|income|package|rewards?)"
AT_PLAN = r"(?:at (?:plan|target|quota|goal|budget|100 ?%(?: of (?:plan|target|quota|goal))?)|when you hit (?:plan|target|quota))"
WORDS: tuple[tuple[str, str], ...] = (
    (
        "",
        r"pays? us\b|paid us\b|sign[- ]?(?:on|ing)(?: (?:bonus|incentive|payment|award))?|\bowed?\b|\blease\b|(?:commencement|christmas eve) bonus|fines? of|deposits of|day rates|rental rates|(?:referral|relocation|transition|welcome|joining|clerkship|spot|holiday gift)[- ]bonus|lump sum|bounty|paid[- ](?:social|media|search|researchers)|(?:client|bill(?:ing|able)?|billed) rate|charged?\b|charge customers|(?:customers|patients|clients) pay|we pay the|sells? (?:for|at)\b|(?:bonus|profit|commission) pool of|(?:storm|on[- ]call) duty|bills? at|blended rate|day rates|civil money|refer(?:ral|red)? [^.\n]{0,24}bonus|bonus for (?:each|every)"
        r"|shift (?:differential|premium|diff)|differential|car (?:program|allowance)|minimum wage|pay (?:it|them|back|your|our|attention|off|\$\d+ (?:of|toward))|on[- ]call (?:pay|stipend|rate)|per (?:deal|policy|sale|unit|meeting|install|account|placement)",
    ),
    (
        "ote",
        rf"first[- ]year (?:earnings|income|total|comp\w*) {AT_PLAN}|total (?:annual )?(?:on[- ]target|target) (?:annual )?(?:cash|earnings|pay|comp\w*)|\bo\.?t\.?e\.?\b|on[- ]target(?: package| earnings?| compensation| cash| comp| pay| total)*|at[- ]plan (?:earnings|total|comp\w*|pay)|target(?:ed)? (?:annual )?(?:total )?earnings|target(?:ed)? (?:total )?(?:annual )?(?:cash|comp\w*)(?! mix)|(?:{TOTAL}|earnings|annual pay|total)[^.\n$]{{0,24}}? {AT_PLAN}",
    ),
    (
        "total",
        rf"first[- ]year (?:earnings|income|comp\w*|pay|total)|first[- ]year \w+ (?:here )?(?:earns?|makes?)|\bincome\b|(?:median|average|typical) (?:rep|seller|consultant|advisor|officer)\b|\bclear(?:ed|s)?\b(?= (?:about|around|between|over)?\s*$)|(?:average|median|typical|expected|annual) (?:rep |annual |\w+[- ]year )?(?:earnings|income)|{TOTAL}|all[- ]in\b|earnings? (?:of|between|range|potential)|earning potential|(?:take|took|takes|taking|bring|brought|brings)[- ]home\b|\bearned\b|\b(?:reps?|people|team|sellers?|consultants?|advisors?|they|most|year one) (?:made|makes?)\b|\b(?:reps?|people|sellers?|officers?|advisors?|consultants?|recruiters?|agents?|colleagues|associates|producers?|planners?)\b[^.;:\n$]{0, 44}?\b(?:averaged?|netted|grossed|pulled in|earn(?:ed)? an average of|average of)\b|\bearnings\b[^.;:\n$]{0, 60}\b(?:came to|were|reached)\b|\b(?:taken|all|the two) together\b|\baltogether\b|\bin all\b(?! (?:the|of|our|your|fifty|\d))|\ball of it\b|\ball[- ]in\b[^.;\n$]{0, 40}\bworth\b|\ball told\b|w-?2(?:s|'d)? (?:of|between|was|is)?\s*(?:about|around)?\s*$|(?:salary|base) (?:and|plus|\+|with|including) (?:bonus|commissions?)|package\b",
    ),
    (
        "variable",
        r"\b(?:bonus(?:es)?|commissions?|incentives?|variable(?: pay)?)(?: plan)? pays?(?: out)?\b|commissions? (?:is|are) guaranteed(?: at)?|commissions?\b[^.;\n$]{0,24}\bguarantee[ds]?\b|commissions? at (?:quota|target|plan|budget|100 ?%)|\bvariable(?: (?:pay|comp\w*|component))?\b|\bdraw\b|\bcommissions?\b|\bbonus(?:es)?\b|incentives?(?: (?:pay|comp\w*|plan|target))?\b|\bspiffs?\b|profit[- ]shar(?:e|ing)|\boverride\b|\bpays another\b",
    ),
    (
        "base",
        r"\bbase(?: (?:salary|pay|wage|compensation|comp))?(?: range)?\b|\bgrade \w+ ?\(|\bsalar(?:y|ies|ied)\b|\bwages?\b|pay (?:range|rate|scale|band)|rate of pay|\bpays?\b|\bpaid\b|hiring (?:range|rate)|hourly(?: rate| pay)?|\brate\b|per hour|/\s?hr\b|an hour|/hour|starting (?:at|from)\b|annualized|remuneration|\b\w*gehalt\b|vergütung|salaire|\bsalaris\b|\bsueldo\b|\bstipendio\b|c2c|corp[- ]to[- ]corp|\bw-?2\b|\b1099\b|\bearns?\b|\bguarantee(?:d)?\b|stipend of \$[\d,]+ (?:a|per) (?:week|month)",
    ),
    (
        "unstated",
        r"(?:compensation|pay|salary) budget\b|budget for (?:this|the) (?:role|position|hire|job)\b|(?<!in the )\brange\b(?=\s*(?::|\||is|spans?|runs|goes|starts|of|for))|\bcompensation\b|\bcomp\b|💰|:money(?:bag|_with_wings)?:",
    ),
    (
        "",
        r"quotas?|annual number|(?<!annual )hiring bonus|penalt(?:y|ies)\b|\bowes?\b|\bfines?\b|disability|(?:runs?|costs?) us\b|(?:average daily|room) rates?\b|retainers?|thresholds?|disputes?|gsa rate|statements?\b|\brents?\b|demurrage|premiums?|households?|\bloss(?:es)?\b|\bauthority\b|\bquoted?\b|\bdetention\b|start-up (?:package|funds?)|moving package|expenses?|portfolio|revenues?|\barr\b|\bacv\b|\btcv\b|\bmrr\b|budgets?|fund(?:ing|ed|raising|raise)?|raised|series [a-f]\b|book of business|contracts\b|contract (?:value|worth|size)|deals?\b|accounts? (?:worth|valued|of|ranging)|(?<!bonus )worth|valued at|valuation|assets|\baum\b|stipend|reimburse\w*|allowance|401\s?\(?k|tuition|professional development|p&l|pipeline|sales of|in sales|\bspend(?:ing)?\b|gifts?\b(?! officer)|grants?\b(?! (?:writer|manager|officer|coordinator))|donations?|referral|relocation|equity|stock|rsus?|option|premium|deductible|home[- ]office|learning|education|per diem|clients? (?:worth|with)|customers? (?:worth|with)|managing \$|managed \$|manages? (?:a |about |over |roughly )?\$|transactions?|processed|processing|savings?|hsa\b|insurance|coverage|match(?:es|ing)?\b|purchase|fees?\b|per seat|per user|projects? (?:of|from|worth)|grew|growth|profit|costs?\b|invest(?:s|ed|ing|ments?|ors?)?\b|credit\b|award|prize|target of \$|in new business|new business|bookings|billings|turnover|net worth|gmv|loans?|licens\w+|retirees|paid out|candidates compare|policy|each pay period|test (?:assignment|project)s?|assignments? \(|(?:average|mean|typical) (?:ticket|deal|order|account|loan|sale|job|contract|client|gift|claim|unit|project|balance)|(?:job|deal) size|ticket|parking|subsid\w+|wellness|commuter|transit|internet|gym|child ?care|toward",
    ),
)
OTHERS = re.compile(
    r"\bpromot(?:ed|ions?)\b[^.;\n$]{0,60}$|\brefer(?:ring|red|rals?)?\b(?! to\b)[^.;\n$]{0,40}$|\bon[- ]call\b[^.;\n$]{0,24}\bpaid(?: at)?\s*$|\b(?:previous|prior|former|outgoing) (?:manager|director|rep|person|holder|\w+)?\s?(?:made|earned|meant|took|was)|\blowest\b|\bbest (?:one|rep|earner|year)|\btop (?:\d+ ?%?|third|half|quarter|reps?|earners?|performers?|producers?|sellers?|billers?)\b[^.\n]{0,30}|whose (?:\w+ )?(?:wages?|pay|rate)\b|\b(?:aides?|customers?|famil(?:y|ies)|residents|patients|institutions?|travel nurses|a nurse|team members|consultants we place)[’']?s?\b[^.,;\n$]{0,32}\b(?:pays?|paid|makes?|wages?|starts?|earns?|bills?)\b[^.\n$]{0,16}$|\bhighest\b|\bretiring \w+|\blast person\b|\bfor reference\b|\b(?:page|flyer|pitch)\b[^.;\n$]{0,40}\b(?:shows?|showed|mentioned|said|was)\s*$|\b(?:margin|profit|sales|revenue|billings|anything|everything)\b[^.;\n$]{0,24}\b(?:above|over|beyond)\s*$|\bone (?:colleague|person|of (?:us|them))\b[^.;\n$]{0,20}\b(?:made|earned)\b|\bthose (?:\w+ )?jobs?\b[^.;\n$]{0,24}$|\b(?:smallest|largest|biggest)\b[^.;\n$]{0,60}\bpays?\b[^$]{0,20}$|\b(?:one|each|an?) [\w ]{2,30}(?:group|station|district|client|customer|account)s? pays?\b[^$]{0,20}$|\bad\b[^.;\n$]{0,24}$|\bwe listed\s*$|\badvertised\b[^.;\n$]{0,30}$|\bseparate announcement\b[^.\n$]{0,60}$|\bbill\b[^.;\n$]{0,16}\bat\s*$|\d ?% (?:on|of) (?:the )?(?:first|next|anything|everything)\b[^.;\n$]{0,12}$|\b(?:we|you) place\b[^.;\n$]{0,24}\b(?:earn|make)|\bwho left\b|\b(?:that job|over there)\b[^.;\n$]{0,24}$|\b(?:notice|ad|version|posting|it)\b[^.;\n$]{0,20}\b(?:listed|said|showed)\s*$|\bsimilar\b[^.;\n$]{0,40}\b(?:paid|earn|make)\b|\b(?:has|have) paid us\b[^$]{0,12}$|\bprevious \w+ (?:retired|left)\b|\b(?:he|she) (?:made|earned)\b|\btop (?:person|one)\b[^.\n$]{0,40}$|\b(?:firms|shops|companies|competitors|places)\b[^.;\n$]{0,30}\bpay\b|\bseparate (?:scale|range)\b[^.\n$]{0,20}$|\b(?:last|previous|former|outgoing) [\w ]{3,24}['’]s (?:salary|pay)\b|\b(?:the plan pays\s*$|(?:health plan|district|insurer|state|county|employer)s? pays?\b(?! (?:plan|scale|grade|range|band)))|\b(?:for context|by comparison)\b|\b(?:our|the) (?:executive director|ceo|founder)\b[^.\n$]{0,16}$|\bnext step\b|\bmeant\b|for comparison|\b(?:while (?!you|we|i )|whereas |unlike )[^,.:$]{0,50}$|\bhope to become\b",
    re.IGNORECASE,
)
APIECE = re.compile(
    r"^\s*(?:(?:of |in )?(?:(?:company|employer)[- ]paid |basic |group |free )*(?:life|disability|ad&d) insurance|(?:\w+ )?bonus (?:on|at|for|every) (?:their|your|each|the) \w+ (?:work )?anniversary|(?:on|upon|at) signing|to (?:sign|move|relocate)\b|for (?:moving|relocation|signing|licensure)\b|(?:starting|start|welcome|joining) bonus|(?:spiff|kicker|bounty|bonus) (?:per|for (?:each|every)|when an?)\b|extra\b|for referring\b|when (?:an?|you|someone)\b[^.\n]{0,30}\b(?:refer|join|sign)|bonus (?:on|for|at) (?:licensure|certification|signing)|moving (?:package|allowance)|finding\b|toward|per head|for family|(?:for (?:every|each)|each)\b(?! (?:year|month|quarter|week|hour|january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|fall|winter)\b)|apiece|per (?!year|hour|annum|month|week|day|yr|hr|pm|rep|person|employee|head|manager|quarter)\w+|an? (?:deal|policy|sale|meeting|placement|head|visit|pallet|unit|ticket|finding|load|call|shift)\b|bonus\b(?=[^.\n]{0,30}\b(?:refer|sign))|sign[- ]on|signing|referral|relocation|retention)",
    re.IGNORECASE,
)
ADDS = re.compile(
    r"[,;|/•]|\+|\b(?:plus|and|with|along with|as well as|in addition|on top|but|before|without|while|where|depending|based|is|are|was|were|will)\b",
    re.IGNORECASE,
)
MORE = re.compile(
    r"^[\s,(]*(?:a year|per year|annually|yearly|/ ?(?:yr|year))?[\s,(]*(?:\+|plus\b|and\b|with\b|&)[^.\n$]{0,40}?\b(?:bonus|commission|incentive|variable|ote|overtime|equity|tips|profit|premium)",
    re.IGNORECASE,
)
BASE_FIRST = re.compile(r"(?:salary|base)\b", re.IGNORECASE)
TOGETHER = re.compile(r"\s*,? ?(?:together|combined|taken together|all told)\b", re.IGNORECASE)
AGAIN = re.compile(
    r"\b(?:annuali[sz]\w+|comes? (?:out )?to|works? out (?:to|at)|equals?|equivalent|equates? to|approximately|about|roughly|that is|that's|which is|i\.e\.|or)\b|[(=≈~/]",
    re.IGNORECASE,
)
VARIABLE_ON_LINE = re.compile(
    r"\b(?:bonus|incentive|commission|profit[- ]shar(?:e|ing))\b(?:[^.\n]{0,160}|.{0,160}\b(?:received|got|paid)(?: an average of)? )$", re.IGNORECASE
)
DEPENDS = re.compile(
    r"[\s,(]*(?:DOE\b|DOQ\b|d\.o\.e|depend(?:s|ing|ent) (?:up)?on (?:your |relevant )?(?:experience|qualifications)|based on experience|commensurate)",
    re.IGNORECASE,
)
NAMED_BESIDE = re.compile(
    r"\b(?:salary|base(?: pay)?|pay|wage|ote|earnings|incentive|bonus|commission)(?: payments?)?(?: (?:of|is|at|around|about|target(?:ed)? at))?:?\s*$",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\s+(?:hours?|people|employees|clients|accounts|units|sq|square|members|customers)\b", re.IGNORECASE)
AVERAGED = re.compile(
    r"\b(?:averaged?|averages|averaging|(?:worked|works|come|comes|came) out (?:to|at)(?: an average of)?)\s+(?:about |around |roughly |over |just over |nearly |a little over )?$",
    re.IGNORECASE,
)
COMMISSION_ONLY = re.compile(
    r"(?<!not )(?<!n't )(?<!n’t )(?<!no )(?<!never )\b(?:100 ?% commission|commission[- ]only|straight commission|commission is all|commission-based pay|no (?:base )?salary(?! (?:history|cap|range|increase|expectation)|,? \$)|paid (?:only|solely|entirely) (?:by|on|in) commission)\b(?!\s*\?)|\bbase(?: salary| pay)?(?: of| is|:)? \$0\b(?![\d,]|\.\d)",
    re.IGNORECASE,
)
FIXED = re.compile(r"\b(?:base|salar\w+|hourly|wages?|guarante\w+|draw)\b", re.IGNORECASE)
WITH_EQUITY = re.compile(r"\b(?:equity|rsus?|stock)\b", re.IGNORECASE)
WORKED = re.compile(
    r"\b\d{1,2}(?:[.,]\d+)?(?:\s?[-–]\s?\d{1,2}(?:[.,]\d+)?)?[ -]?(?:hours?|hrs?|h|days?|uur|std|stunden|heures)\b\.?[ -]*(?:(?:per|an?|/|each|pro|par)[ ]?)?(?:weeks?|wk|weekly|month|day|woche|semaine)?\b",
    re.IGNORECASE,
)
"""Time worked, which says nothing of the unit of pay: "24 hours per week", "a 4-day week"."""
GIVEN = re.compile(
    r"\b(?:bonus(?:es)?|incentives?|commissions?|profit[- ]shar\w+|gain-?shar\w+|checks?|payouts?|payments?|spiffs?|overrides?|distributions?)\b", re.IGNORECASE
)
ALL_OF_IT = re.compile(
    r"\b(?:all[- ]in|all told|combined|together|everything|includ(?:ed|ing)|inclusive|total|with (?:the )?(?:bonus(?:es)?|commissions?|overtime))\b",
    re.IGNORECASE,
)
POOL = re.compile(
    r"\b(?:bonus(?:es)?|pool|profit[- ]shar\w+|incentive)\b[^.\n$]{0,50}\b(?:which|this|it) (?:has )?paid\b[^.;\n$]{0,30}$",
    re.IGNORECASE,
)
AT_PLAN_EARNS = re.compile(rf"\b{AT_PLAN}\b[^.;\n$]{{0,40}}\b(?:earns?|makes?|pays?)\s*$", re.IGNORECASE)
EXPECTED = re.compile(r"\bexpect\w*\b[^.;\n$]{0,50}\bto (?:earn|make)\s*$", re.IGNORECASE)
TYPICAL = re.compile(
    r"\b(?:average|median|typical|mean)\b[^.;\n$]{0,60}\b(?:earns?|makes?|made|earned|clears?|w-?2|earnings|income)\b[^.;\n$]{0,60}$", re.IGNORECASE
)
OFFERED = re.compile(r"\bwe(?: can|[’']ll| will| would)? offer\s*$", re.IGNORECASE)
FOR_THE_JOB = re.compile(r"\s*(?:set aside |in the (?:plan|budget) |budgeted )?for (?:this|the) (?:hire|role|position|job|seat|salary)\b", re.IGNORECASE)
PEOPLE = re.compile(
    r"\b(?:(?:our|these) (?:\w+ ){0,2}\w+s|doctors?|physicians?|clinicians?|attorneys?|lawyers?|reps?|officers?|people|they|team|colleagues|hires?|staff|employees|sellers?|producers?|associates?|(?:second|third|first|\w+th) years?)\b",
    re.IGNORECASE,
)
NO_PAY_AFTER = re.compile(
    r"(?-i:(?!\s*[A-Z]))\s*(?:[a-z-]+ ){0,2}(?:grants?|portfolio|quota|loans?|settlement|contracts?|stipends?|allowance)\b", re.IGNORECASE
)
APART_TOGETHER = re.compile(r",? ?(?:base|salary) (?:plus|and) (?:bonus|commissions?) (?:together|combined)\b", re.IGNORECASE)
FOR_EACH = re.compile(r"\s*(?:per\b|each\b|apiece\b|an? head\b|for (?:each|every)\b)", re.IGNORECASE)
BASE_AFTER = re.compile(r"\s?(?:as |in |is (?:your |the )?)?(?:annual |guaranteed )?base(?: salary| pay| wage)?\b(?! (?:and|plus|\+))", re.IGNORECASE)
AFTER_AT_PLAN = re.compile(rf"\s*{AT_PLAN}\b", re.IGNORECASE)
IT_IS = re.compile(r"\bit (?:is|was)\s*$", re.IGNORECASE)
MAKING = re.compile(r"\b(?:for|totall?ing|makes?|making)\s*$", re.IGNORECASE)
IN_SALARY = re.compile(r"\s*in (?:base |straight |annual )?salary\b(?! and)", re.IGNORECASE)
ADDED = re.compile(r"\b(?:plus|and)\b|[+&]")
OF_IT_BASE = re.compile(r"\s*of (?:it|that|which) (?:is |as )?(?:in )?(?:base|salary|fixed)\b", re.IGNORECASE)
OF_WHICH = re.compile(r"(?:of which|of (?:it|that|this))\W*$", re.IGNORECASE)
ON_TARGET = re.compile(r"\bon[- ]target|\bote\b|at plan", re.IGNORECASE)
OF_BASE = re.compile(r"\b(?:base|salary|wages?)\b", re.IGNORECASE)
WAS = re.compile(r"\b(?:was|had been|used to be|shows?)\s+(?:still )?$", re.IGNORECASE)
NO_MORE = re.compile(r"\s*(?:\w+ )?(?:until|back then|before|when we|through last)\b", re.IGNORECASE)
IN_TOTAL = re.compile(r"\btotal (?:annual |cash |direct )*(?:comp(?:ensation)?|cash)\b[^.;\n$]{0,24}$", re.IGNORECASE)
GIVEN_AT_PLAN = re.compile(rf"\b(?:bonus|incentives?|commissions?)\b[^.;\n$]{{0,12}}\b{AT_PLAN}\b[^.;\n$]{{0,20}}\bpays?\s*$", re.IGNORECASE)
IT_PAYS = re.compile(r"\b(?:it|this|that)\b[^.;\n$]{0,20}\b(?:pays|paid)\b[^.;\n$]{0,12}$", re.IGNORECASE)
ARE_BASE = re.compile(
    r"\b(?:figures?|ranges?|numbers|amounts|rates|these|those|all|both|above|bands?)\b[^.\n$]{0,30}\b(?:are|is|reflects?|represents?|covers?|refers? to|mean|excludes?)\b(?! not)[^.\n$]{0,24}\b(?:base|salar(?:y|ies))\b(?! (?:and|plus|\+))",
    re.IGNORECASE,
)
RAISED = re.compile(
    r"\b(?:it|that|this|salary|pay|wage|rate)\b[^.;\n$]{0,16}\b(?:rises?|goes|become|becomes|grows?|moves?|climbs?|increases?)\s*(?:up )?(?:to\s*)?(?P<most>as much as\s*)?$|\b(?:raise|bring|move) (?:that|it|this) (?:up )?to\s*$",
    re.IGNORECASE,
)
THE_AVERAGE = re.compile(r"\bthe (?:average|median)\b(?: (?:for|of|among)\b[^.;\n$]{0,60})? (?:was|is|came to)\s*(?:about |around )?$", re.IGNORECASE)
SEASONAL = re.compile(r"\b(?:december|christmas|holiday|year[- ]end|annual|(?:each|every|a) year)\b", re.IGNORECASE)
WE_PAY = re.compile(r"\b(?:we|i) pay\s*$", re.IGNORECASE)
AN_HOUR = re.compile(r"\b(?:an|per) hour\b|/ ?h(?:ou)?r\b|\bhourly\b", re.IGNORECASE)
PAID_OUT = re.compile(
    r"\b(?:it|that|this|they|these|the (?:last|latest) one|checks?|payouts?|distributions?) (?:has |have )?(?:came|come|comes|paid out|worked out|was|were|is|has been|have been|averaged)\b[^.;\n$]{0,30}$|\b(?:received?|added)\s+(?:about |around |an average of )?$",
    re.IGNORECASE,
)
OF_THAT = re.compile(r"^[\d,.kK]*\+?\s?(?:an?|per|/|each)?\s?(?:hour|hr|year|yr|month|mo|week|wk|day|annually|hourly|monthly|weekly)\b", re.IGNORECASE)
WORTH = re.compile(r"\b(?:bonus(?:es)?|variable|commissions?|incentives?)\b[^.;:\n$]{0,30}\bworth\s+(?:about |around |up to )?$", re.IGNORECASE)
OF_IT = re.compile(r"\s*(?:of (?:it|that|this|which),? (?:is |being )?|is (?:the )?|(?:as|in) (?:a )?)?(?:your )?(?P<what>base|salary|fixed)\b", re.IGNORECASE)
PART = re.compile(
    r"(?-i:(?!\s*[A-Z]))\s*(?:(?:in|as|is) )?(?:an? )?(?:(?:annual|year-end|yearly|target(?:ed)?|quarterly|monthly|performance|discretionary|at-plan|uncapped|expected|typical|average|\w+-based|end|completion|non-?recoverable|recoverable)\s+){0,2}(?:draw\b|bonus(?:es)?|commissions?|incentives?|variable)\b(?!\s+(?:on|for|at) (?:licensure|signing|certification))",
    re.IGNORECASE,
)
ITS_OWN = re.compile(r"[\s:()~–—-]*(?:(?:is|are|of|at|from|up to|target(?:s|ed)?|about|around|between)\b[\s:~]*){0,3}(?:[$€£]|\d(?!\d?\s?/\s?\d))")
ASIDE = re.compile(
    r"\([^()]{12,80}\)|—[^—$]{3,80}—|,\s*(?:including|counting|being|paid (?:when|once|after|each|every|in|at)|with|inclusive of|excluding|before)\b[^,$]{0,60},"
)
FIGURE = re.compile(r"[$€£]\s?\d|\d[\d,.]*\s?[kK]\b|\d,\d{3}")
LISTED = re.compile(r"\s*\(?(?:in|for|at)\s[^.\n$]{2,40}?\)?\s*(?:,|;|/|\||and|or)+\s*(?:and\s*)?")
EARNED = re.compile(
    r"\b(?:made|earned|cleared|took home|brought home|takes home|grossed|been (?:making|earning)|(?:ended|ends) (?:up|last year|the year) at|finished (?:last year|the year)(?: at)?)(?:,? on average,?| a typical)?\s+(?:about |around |roughly |over |an average of |between )?$",
    re.IGNORECASE,
)
STEP = re.compile(r"\b(?:step|grade|level|range|min|max)\w*\W{0,3}\w{0,3}\W*$", re.IGNORECASE)
MONTHLY = re.compile(r"\bper month\s*:|\bmonthly (?:salary|pay|rate|wage)|\b(?:salary|pay)\b[^.\n]{0,20}\b(?:monthly|per month)\b", re.IGNORECASE)
RIGHT_OF_ONE = re.compile(r"[\dkKmM)]\+?\s?(?:(?:in|of|annual|annually|a year|per year|usd|/yr|/year)\s)*$", re.IGNORECASE)
SAYS = re.compile("|".join(f"(?P<w{i}>{pattern})" for i, (_, pattern) in enumerate(WORDS)), re.IGNORECASE)
OPEN_BELOW = re.compile(
    r"(?:(?<!adds )(?<!add )(?<!adding )up to|can (?:reach|go to|hit)|as (?:much|high) as|max(?:imum)?(?: of)?|capped at|no more than|to a maximum of)\s*(?:of\s*)?$",
    re.IGNORECASE,
)
OPEN_ABOVE = re.compile(
    r"(?:\bfrom|(?:salary|pay|wage) minimum is|begin(?:s|ning)? (?:at|from)|starting (?:at|from)|starts (?:at|from)|at least|not less than|minimum(?: pay)?(?: of)?|no less than|north of|over|upwards of|begins? at)\s*$",
    re.IGNORECASE,
)
AVERAGE = re.compile(r"\b(?:average|averaged|averages|averaging|avg\.?|median|mean|typically|typical)\b", re.IGNORECASE)
END = re.compile(r"[\n;]|(?<=[a-z0-9)%])\.\s|[.!?]\s+(?=[A-Z])|•|\|")


def kind(match: re.Match[str]) -> str:
    """What a word that `SAYS` found says: base, ote, variable, total, unstated, or "" for something that is no pay."""
    return WORDS[int((match.lastgroup or "w0")[1:])][0]
