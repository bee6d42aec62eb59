"""Place names to an OEWS area, a state or the nation; places abroad are refused by name.

Order: blank or "remote" first (Remote, Oregon and Home, Pennsylvania are real
towns), then codes, then, with a state, the city table, nicknames, counties and
the first-named cities of areas; without one, nicknames and names that exist
only once. A city that is not found falls back to its state and says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RoleNotCovered

_TOKENS = {
    "saint": "st",
    "sainte": "ste",
    "fort": "ft",
    "mount": "mt",
    "heights": "hts",
    "hgts": "hts",
    "twp": "township",
    "metropolitan": "metro",
    "cnty": "county",
}
_INITIALS = re.compile(r"\b([a-z])\.\s?(?=[a-z]\b)")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_COUNTY = re.compile(r" (county|parish|municipio|borough|census area|municipality|planning region|city and borough|island)$")
_REFUSED = re.compile(
    r"^(|n a|na|none|no|null|x+|unknown|tbd|test|withheld|anonymous|confidential|private|redacted|a city|city|a town|town|small|rural|suburbs?|suburban|home|statewide"
    r"|various|many|multiple|several|all|any|other|state|region|virtual|wfh|not applicable|declined?)$|prefer not|rather not|not (comfortable|disclos|say|answer|shar|specif)"
    r"|identif|too small|(small|mid ?size|medium|large|major|tiny) (\w+ )?(city|town)|decline to|^rural|multiple (cities|locations)"
)
_REMOTE = re.compile(
    r"\b(fully|100|full time|permanently|currently|working|work|employee|worker|job|position|remotely|remote|virtual|wfh|telework|from home|hybrid|office is|based)\b"
)
_WORKS_REMOTELY = re.compile(r"\b(remote|remotely|wfh|from home|telework|telecommute|virtual)\b")
_FLUFF = re.compile(
    r"\b(greater|metro|metroplex|areas?|region|regional|suburbs?|suburban|near|outside|outskirts|around|downtown|vicinity|city of|town of|village of|township|town|proper|of|the|usa?|in|and|north of"
    r"|south of|east of|west of|hq|headquarters|located|about|from)\b"
)
_TAIL_US = re.compile(r"[\s,(]+(u\.?s\.?a?\.?|united states( of america)?)\s*\)?\s*$", re.IGNORECASE)
_ZIP = re.compile(r"(?<=[A-Za-z.])[\s,]+\d{5}(-\d{4})?$")
_REGIONS = frozenset(
    "midwest northeast southeast southwest south west east north new england west coast east coast pacific northwest pnw mid atlantic sun belt rust belt mountain west gulf coast deep south".split()
)
_COMPASS = re.compile(r"^(?:north|south|east|west|n|s|e|w|northern|southern|eastern|western|central|northeast|northwest|southeast|southwest|ne|nw|se|sw) (.+)$")
_AMBIGUOUS_CODES = frozenset({"la", "in", "or", "me", "hi", "ok", "de", "id", "co", "al", "pa", "ma", "oh"})
COVERED = "The United States: 530 areas, states, DC, Puerto Rico, Guam and the US Virgin Islands"


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Lower case, unaccented, unpunctuated, Saint as st, Fort as ft, Mount as mt."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = _INITIALS.sub(r"\1", text.lower().replace("'", "").replace("&", " and "))
    return " ".join(_TOKENS.get(word, word) for word in _NOT_WORD.sub(" ", text).split())


def county_key(text: str) -> str:
    """A county's name without its kind and without spaces."""
    return _COUNTY.sub("", normalise(text)).replace(" ", "")


@dataclass(frozen=True, slots=True)
class PlaceTables:
    """Flat place tables of one artifact: areas, and (state, name) keys of cities and counties."""

    area_codes: Sequence[str]
    area_names: Sequence[str]
    area_states: Sequence[str]
    cities: Mapping[str, int]
    counties: Mapping[str, int]


class PlaceMatch(NamedTuple):
    """Where a place is priced: `area` indexes the areas; a state or the nation has none.

    `relaxed` says in words what was asked for and not found, when the answer is wider than the question.
    """

    kind: str
    area: int | None
    state: str | None
    match: float
    remote: bool = False
    relaxed: str | None = None


class PlaceResolver:
    """Resolve free text against the place tables of one artifact."""

    def __init__(self, tables: PlaceTables) -> None:
        self.tables = tables
        self._by_code = {code: i for i, code in enumerate(tables.area_codes)}
        self._touches = [frozenset(states.split()) for states in tables.area_states]
        self._states = vocabulary.states()
        self._state_names = {normalise(name): code for code, name in self._states.items()}
        self._nicknames = {
            name: (kind, self._by_code[target] if kind == "metro" else target)
            for name, (kind, target) in vocabulary.place_nicknames().items()
            if kind != "metro" or target in self._by_code
        }
        self._principal: dict[tuple[str, str], int] = {}
        only: dict[str, set[int]] = defaultdict(set)
        for i, name in enumerate(tables.area_names):
            if "nonmetropolitan" in name:
                continue
            body = name.rpartition(",")[0]
            for part in [body, *re.split(r"--|-|/", body)]:
                key = normalise(part)
                if not key.endswith(" county"):
                    only[key].add(i)
                for state in self._touches[i]:
                    self._principal.setdefault((state, key), i)
        self._principal_only = {key: next(iter(found)) for key, found in only.items() if len(found) == 1}
        bare: dict[str, set[str]] = defaultdict(set)
        for key in tables.cities:
            bare[key[3:]].add(key[:2])
        self._bare = {name: next(iter(states)) for name, states in bare.items() if len(states) == 1}
        self._in_states = {name: sorted(states) for name, states in bare.items() if len(states) > 1}
        self._areas_of: dict[str, list[int]] = defaultdict(list)
        for i, states in enumerate(self._touches):
            for state in states:
                self._areas_of[state].append(i)
        self.resolve = lru_cache(maxsize=65536)(self._resolve)

    def _resolve(self, text: str) -> PlaceMatch:
        """The match for one place; raises RoleNotCovered for places abroad and for names nothing resolves."""
        asked = " ".join(text.split())
        remote = bool(_WORKS_REMOTELY.search(normalise(asked)))
        code = asked.upper()
        if code in self._by_code:
            return PlaceMatch("area", self._by_code[code], None, 1.0)
        if code in self._states:
            return self._state(code, 1.0)
        asked = _ZIP.sub("", asked) if _ZIP.search(asked) else asked
        if ";" in asked:
            detail = f"'{asked}' names more than one place"
            raise RoleNotCovered(
                detail + ".", (FieldProblem("/location", detail, "One place at a time", tuple(p.strip() for p in asked.split(";") if p.strip())),)
            )
        stripped = asked if normalise(asked) in self._nicknames else _TAIL_US.sub("", asked)
        found = self._text(stripped)
        if found is None:
            raise self._refusal(asked)
        return PlaceMatch(found.kind, found.area, found.state, found.match, remote, found.relaxed) if remote else found

    def _text(self, asked: str) -> PlaceMatch | None:
        name = normalise(asked)
        nick = self._nicknames.get(name)
        if nick is not None:
            return self._nickname(nick, asked)
        if name in self._state_names and name not in ("new york", "washington"):
            return self._state(self._state_names[name], 1.0)
        city, state = self._tail_state(asked)
        if state is not None:
            hit = self._in_state(city, state)
            if hit is not None:
                return hit
            blank = _REFUSED.search(normalise(city)) or not _REMOTE.sub("", normalise(city)).strip()
            if blank:
                return self._state(state, 1.0)
            meant = self._nearest(city, state)
            ask = f" (did you mean {meant}?)" if meant else ""
            return self._state(state, 0.5, f"'{city.strip()}' was not found in {self._states[state]}{ask}; priced for the state")
        return self._stateless(asked, name)

    def _stateless(self, asked: str, name: str) -> PlaceMatch | None:
        remote_rest = " ".join(_REMOTE.sub(" ", name).split())
        if remote_rest != name:
            return PlaceMatch("nation", None, None, 0.9) if not remote_rest else self._text(remote_rest)
        for candidate in dict.fromkeys((name, " ".join(_FLUFF.sub(" ", name).split()))):
            if not candidate or _REFUSED.search(candidate):
                continue
            nick = self._nicknames.get(candidate)
            if nick is not None:
                return self._nickname(nick, asked)
            if candidate in self._principal_only:
                return self._area(self._principal_only[candidate], 0.85)
            if candidate in self._bare:
                state = self._bare[candidate]
                return self._area(self.tables.cities[f"{state} {candidate}"], 0.7)
            if candidate.endswith((" county", " parish")):
                key = county_key(candidate)
                hits = {area for found, area in self.tables.counties.items() if found[3:] == key}
                if len(hits) == 1:
                    return self._area(hits.pop(), 0.8)
        padded = f" {name} "
        inside = [(len(nick), nick) for nick, (kind, _) in self._nicknames.items() if kind == "abroad" and len(nick) > 3 and f" {nick} " in padded]
        if inside:
            return self._nickname(self._nicknames[max(inside)[1]], asked)
        return None

    def _in_state(self, text: str, state: str) -> PlaceMatch | None:
        for candidate in self._candidates(text, state):
            if _REFUSED.search(candidate):
                continue
            city = self.tables.cities.get(f"{state} {candidate}")
            if city is not None:
                return self._area(city, 1.0, state)
            nick = self._nicknames.get(f"{candidate}, {state.lower()}") or self._nicknames.get(candidate)
            if nick is not None and nick[0] == "metro" and state in self._touches[int(nick[1])]:
                return self._area(int(nick[1]), 0.95, state)
            county = self.tables.counties.get(f"{state} {county_key(candidate)}")
            if county is not None and candidate.endswith((" county", " parish", " borough")):
                return self._area(county, 1.0, state)
            principal = self._principal.get((state, candidate))
            if principal is not None:
                return self._area(principal, 0.95, state)
            if county is not None:
                return self._area(county, 0.85, state)
            compass = _COMPASS.match(candidate)
            if compass and f"{state} {compass[1]}" in self.tables.cities:
                return self._area(self.tables.cities[f"{state} {compass[1]}"], 0.7, state)
            short = re.sub(r" (city|town|village|township|cdp|hts|beach|park)$", "", candidate)
            if f"{state} {short}" in self.tables.cities:
                return self._area(self.tables.cities[f"{state} {short}"], 0.75, state)
        if state == "DC" or len(self._areas_of[state]) == 1:
            return self._area(self._principal.get(("DC", "washington"), self._areas_of[state][0]), 0.95, state)
        return None

    def _nearest(self, city: str, state: str) -> str:
        """The city of a state that is spelled most like a name, "" where none is."""
        asked = normalise(city)
        pool = [key[3:] for key in self.tables.cities if key[:2] == state and key[3:4] == asked[:1] and abs(len(key) - 3 - len(asked)) < 3]
        near = get_close_matches(asked, pool, n=1, cutoff=0.8) if asked else []
        return f"{near[0].title()}, {state}" if near else ""

    def _candidates(self, text: str, state: str) -> list[str]:
        whole = normalise(text)
        found = [whole]
        for part in [re.sub(r"\([^)]*\)?", " ", text), *re.split(r"[/,;()|&+]| - |–|—|-| or | and ", text)]:
            name = normalise(part)
            bare = " ".join(_FLUFF.sub(" ", _REMOTE.sub(" ", name)).split())
            for tail in (f" {state.lower()}", f" {normalise(self._states[state])}"):
                bare = bare.removesuffix(tail)
            found += [name, bare]
        return [c for c in dict.fromkeys(found) if c]

    def _tail_state(self, text: str) -> tuple[str, str | None]:
        """('Austin', 'TX') of 'Austin, TX', 'Austin TX' or 'Austin, Texas'; ('', None) without a state."""
        match = re.match(r"^(.*?)[,/(]\s*([^,/()]+?)\s*[).]*$", text.strip())
        if match:
            tail = re.sub(r"\s*(usa|us|united states|area|metro)$", "", normalise(match[2])) or normalise(match[2])
            state = self._state_code(tail)
            if state:
                return match[1], state
        words = normalise(text).split()
        for size in (3, 2, 1):
            if len(words) > size:
                tail = " ".join(words[-size:])
                if tail in self._state_names:
                    return " ".join(words[:-size]), self._state_names[tail]
                if (
                    size == 1
                    and tail.upper() in self._states
                    and (tail not in _AMBIGUOUS_CODES or text.split()[-1].isupper() or self._knows(words[:-1], tail.upper()))
                ):
                    return " ".join(words[:-1]), tail.upper()
        return "", None

    def _knows(self, words: Sequence[str], state: str) -> bool:
        return f"{state} {' '.join(words)}" in self.tables.cities

    def _state_code(self, name: str) -> str | None:
        if name.upper() in self._states:
            return name.upper()
        if name in self._state_names:
            return self._state_names[name]
        nick = self._nicknames.get(name)
        return str(nick[1]) if nick is not None and nick[0] == "state" else None

    def _nickname(self, nick: tuple[str, int | str], asked: str) -> PlaceMatch:
        kind, target = nick
        if kind == "metro":
            _, state = self._tail_state(asked)
            return self._area(int(target), 0.95, state if state in self._touches[int(target)] else None)
        if kind == "state":
            return self._state(str(target), 0.95)
        if kind == "nation":
            region = set(normalise(asked).split()) & _REGIONS
            return PlaceMatch("nation", None, None, 0.5 if region else 1.0, False, f"'{asked}' is a region; priced for the United States" if region else None)
        where = "" if target == "XX" else f" ({target})"
        raise RoleNotCovered(
            f"'{asked}' is outside the United States{where}.",
            (FieldProblem("/location", f"'{asked}' is outside the United States{where}", COVERED),),
        )

    def _area(self, area: int, match: float, state: str | None = None) -> PlaceMatch:
        return PlaceMatch("area", area, state, match)

    def _state(self, state: str, match: float, relaxed: str | None = None) -> PlaceMatch:
        areas = self._areas_of.get(state, [])
        if state == "DC":
            return PlaceMatch("area", self._principal.get(("DC", "washington")), state, match, False, relaxed)
        if len(areas) == 1:
            return PlaceMatch("area", areas[0], state, match, False, relaxed)
        return PlaceMatch("state", None, state, match, False, relaxed)

    def _refusal(self, asked: str) -> RoleNotCovered:
        name = normalise(asked)
        if name in self._in_states:
            near = tuple(f"{asked}, {state}" for state in self._in_states[name][:6])
            detail = f"'{asked}' is the name of places in {len(self._in_states[name])} states; add the state"
        else:
            pool = [n for n in (*self._principal_only, *self._bare) if name and n[0] == name[0] and abs(len(n) - len(name)) < 4]
            near = tuple(n.title() for n in get_close_matches(name, pool, n=3, cutoff=0.8))
            detail = f"'{asked}' is not a place we know"
        return RoleNotCovered(
            detail + ".",
            (
                FieldProblem(
                    "/location", detail, f"A city with its state, a county, a metro area or CBSA code, a state, or 'United States'. Covered: {COVERED}", near
                ),
            ),
        )
