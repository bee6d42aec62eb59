"""Job titles to a family, a mixture of occupations, a level and leftover words.

Order of evidence: the curated ladder (exact words, then the words that say what
the job is about), the counts of how a phrase has been filed, and, for words
never seen together, a naive Bayes estimate over single words and pairs. The
industry then decides between occupations: a component is weighted by how common
it is in the sector.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Any

from compsvc import vocabulary
from compsvc.resolve.words import NOISE_WORDS, phrase_key, plain, spelling, stem, tokens

_BRACKETS = re.compile(r"\([^)]*\)")
_NO_TITLE = re.compile(
    r"\b\d{1,2}(?:\.\d+)?\s?-?(?:fte|days?|months?|weeks?|hours?|hrs?|h)\b(?:\s?(?:a|per|/|each)\s?(?:week|wk|month|year))?|\b(?:region|district|zone|group|team|shift|req|job|position)\s?#?\d+\b|\bpt\b(?! )|^pt\b"
    r"|\s+to (?:the |our )?(?:ceo|cfo|coo|cto|cmo|president|chief|founders?|board|chair\w*|managing partner|head of|svp|evp|vp)\b.*",
    re.IGNORECASE,
)
"""What stands in a title and is none of it: hours and terms, numbers of regions and requisitions, whom an assistant assists."""
_FOREIGN = frozenset("de del la las le les los des du y et und".split())
_HEAD = re.compile(r"(?P<head>[^,:|(]+?)\s*(?:[,:|(]|\s[-–—]\s)(?P<rest>.*)", re.DOTALL)
MIXTURE_SIZE = 4
MIXTURE_FLOOR = 0.05
WORDS_THAT_COUNT = 2.2
PHRASE_PRIOR = 1.0
SECTOR_POWER = 0.7
SECTOR_CLIP = (0.05, 12.0)
FAMILY_TRUST = 0.5
NUMERALS = frozenset({"ii", "2"})
TRAILING = frozenset({"assistant", "associate", "fellow", "intern"})
SMALLEST_FAMILY_SHARE = 0.2
AT_HOME_MARGIN = 1.2
RUN_MATCH = 0.8
HEAD_MATCH = 0.9
ANY_FIELD = "executive-management"
MEND_CUTOFF = 0.84
MEND_SHORTEST = 5
QUOTA_FAMILY_TRUST = 0.8


@dataclass(frozen=True, slots=True)
class TitleTables:
    """What filed and reported titles say about occupations; parallel, sorted, flat arrays.

    `phrase_ptr` and `word_ptr` have one more entry than their keys; rows between
    two pointers hold occupation indices and weights (phrases: share of filings;
    words: log gain over the background, naive Bayes).
    """

    phrase_keys: Sequence[int]
    phrase_ptr: Sequence[int]
    phrase_soc: Sequence[int]
    phrase_share: Sequence[float]
    phrase_strength: Sequence[float]
    word_keys: Sequence[int]
    word_ptr: Sequence[int]
    word_soc: Sequence[int]
    word_gain: Sequence[float]
    occupation_prior: Sequence[float]
    occupation_total: Sequence[float]
    sector_lift: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class LevelGuess:
    """A level code and the words that said so; `why` is 'title', 'default' or 'request'."""

    code: str
    why: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """Family, occupation mixture (index, weight), level and leftover words of one title."""

    title: str
    family: str | None
    match: float
    alternatives: tuple[tuple[str, float], ...]
    mixture: tuple[tuple[int, float], ...]
    level: LevelGuess
    words: tuple[int, ...] = field(default=())
    phrase: int = 0
    mended: tuple[tuple[str, str], ...] = ()


def _find(keys: Sequence[int], key: int) -> int:
    at = bisect_left(keys, key)
    return at if at < len(keys) and keys[at] == key else -1


class LevelRules:
    """Level words of the vocabulary, compiled once."""

    def __init__(self, words: Sequence[Mapping[str, str]], grid: Mapping[str, Mapping[str, str]], expansions: Mapping[str, tuple[str, ...]]) -> None:
        self.grid = grid
        self.rules: dict[tuple[str, ...], tuple[str, str]] = {}
        for row in words:
            parts = tokens(row["words"], expansions) or tuple(row["words"].split())
            self.rules[parts] = (row["kind"], row["value"])
        self.longest = max(len(parts) for parts in self.rules)
        self.rank_words = frozenset(w for parts, (kind, _) in self.rules.items() for w in parts if len(parts) == 1 or kind == "mod") | {
            "vice",
            "president",
            "chief",
        }
        self.single_words = frozenset(parts[0] for parts in self.rules if len(parts) == 1) | {"vice", "president", "chief"}
        self.neutral = frozenset(parts[0] for parts, rule in self.rules.items() if rule == ("mod", "none") and len(parts) == 1)
        self.learners = frozenset(parts[0] for parts, rule in self.rules.items() if rule == ("mod", "intern") and len(parts) == 1)
        self.modifiers = frozenset(parts[0] for parts, (kind, _) in self.rules.items() if kind == "mod" and len(parts) == 1)

    def level_of(self, words: tuple[str, ...]) -> LevelGuess:
        """The level a title's words name; 'default' P3 when no word speaks of rank."""
        core, mod = "", "none"
        used: list[str] = []
        at = 0
        if "chief" in words and ("officer" in words or "executive" in words):
            return LevelGuess(self.grid["chief"]["none"], "title", ("chief", "officer"))
        mods: list[str] = []
        while at < len(words):
            for size in range(min(self.longest, len(words) - at), 0, -1):
                hit = self.rules.get(words[at : at + size])
                if hit is None:
                    continue
                kind, value = hit
                used.extend(words[at : at + size])
                if kind == "core":
                    if not core or self._rank(value) > self._rank(core):
                        core = value
                elif value != "none":
                    mods.append(value)
                at += size
                break
            else:
                at += 1
        order = ("intern", "junior", "associate", "principal", "lead", "senior")
        for candidate in order:
            if candidate in mods:
                mod = candidate
                break
        if not core and mod == "none":
            return LevelGuess("P3", "title" if NUMERALS.intersection(used) else "default", tuple(w for w in used if w in NUMERALS))
        return LevelGuess(self.grid[core or "career"][mod], "title", tuple(used))

    def core_of(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words without rank modifiers; 'assistant' and 'associate' stay where they end a title, being the job itself there."""
        kept = tuple(w for i, w in enumerate(words) if w not in self.modifiers or (w in TRAILING and i == len(words) - 1 and i > 0))
        return kept or words

    _ORDER = ("entry", "developing", "career", "senior", "lead", "supervisor", "manager", "manager3", "director4", "director", "director6", "md", "vp", "chief")

    def _rank(self, core: str) -> int:
        return self._ORDER.index(core)


class TitleResolver:
    """Resolve titles against the vocabulary and the counts of one artifact."""

    def __init__(self, tables: TitleTables, soc_index: Mapping[str, int], gradient_words: Mapping[int, int] | None = None) -> None:
        self.tables = tables
        self.expansions = vocabulary.title_expansions()
        self.levels = LevelRules(vocabulary.level_words(), vocabulary.level_grid(), self.expansions)
        self.gradient_words = gradient_words or {}
        self._misspellings = {stem(word): stem(meant) for word, meant in vocabulary.misspellings().items()}
        self._soc_index = soc_index
        self._soc_family = {soc_index[s]: f for s, f in vocabulary.occupation_families().items() if s in soc_index}
        self._mixtures = {key: tuple((soc_index[s], w) for s, w in mix if s in soc_index) for key, mix in vocabulary.family_mixtures().items()}
        self._trust = {code: QUOTA_FAMILY_TRUST for code, family in vocabulary.families().items() if family.quota_carrying}
        self._exact: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
        self._spelled: dict[str, list[tuple[str, str]]] = defaultdict(list)
        domains: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
        for row in vocabulary.ladder():
            words, spelled = tokens(row["title"], self.expansions), plain(row["title"])
            self._spelled[spelled].append((row["family"], row["level"]))
            if len(self.levels.core_of(words)) == 1 and not NOISE_WORDS.isdisjoint(spelled.split()):
                continue  # "Contract Manager" leaves "manager", which is another title
            self._exact[words].append((row["family"], row["level"]))
            domain = self._domain(words)
            if domain:
                domains[domain][row["family"]] += 1
        self._ladder_words = frozenset(w for words in self._exact for w in words)
        self._ladder_words_by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._ladder_words):
            self._ladder_words_by_letter[word[0]].append(word)
        self._domains = {words: (count.most_common(1)[0][0], count.most_common(1)[0][1] / sum(count.values())) for words, count in domains.items()}
        self.resolve = lru_cache(maxsize=65536)(self._resolve)

    def _domain(self, words: Sequence[str]) -> frozenset[str]:
        return frozenset(w for w in words if w not in self.levels.rank_words)

    def _resolve(self, title: str, sector: int | None = None) -> TitleMatch:
        """The match for one title; `sector` is the index of the industry sector, when known."""
        bare = _NO_TITLE.sub(" ", _BRACKETS.sub(" ", title))
        words, mended = self._mend(tokens(bare, self.expansions) or tokens(title, self.expansions))
        level = self.levels.level_of(words)
        core = self.levels.core_of(words)
        family, score, rung = self._family(title, words, core, level, sector)
        estimate = {} if family is None and self.levels.learners.issuperset(words) else self._estimate(core)  # "Intern" names no field
        if rung is not None:
            level = LevelGuess(rung, "title" if level.why == "title" or rung != level.code else level.why, level.words)
        mixture = dict(self._mixtures.get((family, level.code[0]), ())) if family is not None else {}
        mixture = _blend(mixture, estimate, self._trust.get(family or "", FAMILY_TRUST)) if mixture else estimate
        mixture = self._by_sector(mixture, sector)
        families: dict[str, float] = defaultdict(float)
        for soc, weight in estimate.items():
            name = self._soc_family.get(soc)
            if name:
                families[name] += weight
        if family is None and families:
            family = max(families, key=lambda name: families[name])
            score = min(families[family], 0.85)
            if score < SMALLEST_FAMILY_SHARE:
                family, score = None, 0.0
        alternatives = tuple((name, round(weight, 3)) for name, weight in sorted(families.items(), key=lambda item: (-item[1], item[0]))[:4] if name != family)[
            :3
        ]
        return TitleMatch(title, family, round(score, 3), alternatives, mixture_of(mixture), level, self.word_ids(words), phrase_key(words), mended)

    def _mend(self, words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Words that are often misspelt, or that nobody files, read as the word or the nearest word of the ladder; and what was read as what."""
        mended: list[tuple[str, str]] = []
        out: list[str] = []
        for word in words:
            if word in self._misspellings:
                mended.append((word, self._misspellings[word]))
                out.append(self._misspellings[word])
                continue
            if len(word) >= MEND_SHORTEST and word.isalpha() and word not in self._ladder_words and _find(self.tables.word_keys, phrase_key((word,))) < 0:
                near = get_close_matches(word, self._ladder_words_by_letter.get(word[0], ()), n=1, cutoff=MEND_CUTOFF)
                if near:
                    mended.append((word, near[0]))
                    out.append(near[0])
                    continue
            out.append(word)
        return tuple(out), tuple(mended)

    def word_ids(self, words: Sequence[str]) -> tuple[int, ...]:
        """Ids of the words the gradient model knows, rank words left out."""
        known = (self.gradient_words.get(phrase_key((w,))) for w in dict.fromkeys(words) if w not in self.levels.rank_words)
        return tuple(i for i in known if i is not None)

    def family_mixture(self, family: str, track: str, sector: int | None) -> tuple[tuple[int, float], ...]:
        """The occupation mixture of a family on one track."""
        return mixture_of(self._by_sector(dict(self._mixtures[(family, track)]), sector))

    def _family(self, title: str, words: tuple[str, ...], core: tuple[str, ...], level: LevelGuess, sector: int | None) -> tuple[str | None, float, str | None]:
        """Family, match and, for an exact rung of the ladder, its level.

        Titles that differ by a plural alone ("Client Service Manager", "Client Services Manager") are told apart by their spelling. A title that stands in two families goes to the one whose rung the level words name, unless another is clearly more at home in the sector.
        """
        if found := self._as_spelled(title) or self._exact.get(words):
            family, rung = self._rung(found, level.code, sector)
            return family, 1.0, rung
        if found := self._turned(title, words):
            family, rung = self._rung(found, level.code, sector)
            return family, HEAD_MATCH, rung
        if of_head := self._of_head(title, sector):
            return of_head
        if found := self._exact.get(core):
            return self._rung(found, level.code, sector)[0], 1.0, None
        domain = self._domain(words)
        if domain in self._domains:
            family, share = self._domains[domain]
            return family, round(0.95 * share, 3), None
        for size in range(len(words) - 1, 1, -1):
            for at in range(len(words) - size + 1):
                found = self._exact.get(words[at : at + size])
                if found:
                    return found[0][0], RUN_MATCH, None
        return None, 0.0, None

    def _turned(self, title: str, words: tuple[str, ...]) -> list[tuple[str, str]]:
        """Rungs of the ladder that a title names back to front, as personnel systems do: "Manager, Account", "Manager of Accounts"."""
        parts = _HEAD.fullmatch(title)
        if parts is not None:
            head, rest = (self._mend(tokens(part, self.expansions))[0] for part in (parts["head"], parts["rest"]))
            return self._exact.get(rest + head, [])
        return self._exact.get(words[1:] + words[:1], []) if " of " in title.lower() else []

    def _of_head(self, title: str, sector: int | None) -> tuple[str, float, str] | None:
        """Family, match and rung of a title of the ladder that a speciality or place follows ("Sales Manager, Commercial Roofing"); titles of managers of anything need the rest."""
        parts = _HEAD.fullmatch(title)
        if parts is None:
            return None
        head, rest = parts["head"], parts["rest"]
        words = tokens(head, self.expansions)
        ranks = self.levels.single_words
        found = self._as_spelled(head) or self._exact.get(words)
        if not found or ranks.issuperset(words) or not (ranks - self.levels.neutral).isdisjoint(tokens(rest, self.expansions)):
            return None
        family, level = self._rung(found, self.levels.level_of(words).code, sector)
        return None if family == ANY_FIELD else (family, HEAD_MATCH, level)

    def _rung(self, found: list[tuple[str, str]], level: str, sector: int | None) -> tuple[str, str]:
        """Of rungs with one name the one whose level the words name, unless another is clearly more at home in the sector."""
        rung = min(found, key=lambda rung: rung[1] != level)
        if len(found) > 1 and sector is not None:
            home = max(found, key=lambda rung: self._at_home(rung, sector))
            return home if self._at_home(home, sector) > AT_HOME_MARGIN * self._at_home(rung, sector) else rung
        return rung

    def _as_spelled(self, title: str) -> list[tuple[str, str]] | None:
        """Rungs of the ladder spelled like a title, or like it with abbreviations written out."""
        return self._spelled.get(plain(title)) or self._spelled.get(spelling(title, self.expansions))

    def _at_home(self, rung: tuple[str, str], sector: int) -> float:
        mixture = self._mixtures.get((rung[0], rung[1][0]), ())
        return sum(weight * self.tables.sector_lift[soc][sector] for soc, weight in mixture)

    def _estimate(self, core: tuple[str, ...]) -> dict[int, float]:
        """Occupation shares for the words of a title, from filed phrases and naive Bayes; small words of other languages say nothing."""
        tables = self.tables
        core = tuple(word for word in core if word not in _FOREIGN)
        shares: dict[int, float] = {}
        strength = 0.0
        row = _find(tables.phrase_keys, phrase_key(core))
        if row >= 0:
            strength = tables.phrase_strength[row]
            for at in range(tables.phrase_ptr[row], tables.phrase_ptr[row + 1]):
                shares[tables.phrase_soc[at]] = tables.phrase_share[at]
        guess = self._bayes(core)
        total = strength + PHRASE_PRIOR
        if not guess:
            return shares
        mixed = {soc: PHRASE_PRIOR * weight / total for soc, weight in guess.items()}
        for soc, weight in shares.items():
            mixed[soc] = mixed.get(soc, 0.0) + strength * weight / total
        return mixed

    def _bayes(self, core: tuple[str, ...]) -> dict[int, float]:
        tables = self.tables
        gains: dict[int, float] = {}
        known = 0
        for feature in [*((w,) for w in core), *pairwise(core)]:
            row = _find(tables.word_keys, phrase_key(feature))
            if row < 0:
                continue
            known += 1
            for at in range(tables.word_ptr[row], tables.word_ptr[row + 1]):
                soc = tables.word_soc[at]
                gains[soc] = gains.get(soc, 0.0) + tables.word_gain[at]
        if not known:
            return {}
        damp = min(1.0, WORDS_THAT_COUNT / known)
        scores = {soc: damp * (gain - known * tables.occupation_total[soc]) + tables.occupation_prior[soc] for soc, gain in gains.items()}
        top = max(scores.values())
        weights = {soc: math.exp(score - top) for soc, score in scores.items() if score > top - 6.0}
        total = sum(weights.values())
        return {soc: weight / total for soc, weight in weights.items()}

    def _by_sector(self, mixture: dict[int, float], sector: int | None) -> dict[int, float]:
        if sector is None or len(mixture) < 2:
            return mixture
        lift = self.tables.sector_lift
        low, high = SECTOR_CLIP
        return {soc: weight * min(max(lift[soc][sector], low), high) ** SECTOR_POWER for soc, weight in mixture.items()}


def _blend(curated: Mapping[int, float], estimated: Mapping[int, float], trust: float) -> dict[int, float]:
    """Curated weights and estimated weights, `trust` of the first; sales titles are filed under odd codes, so they trust the curated more."""
    if not estimated:
        return dict(curated)
    return {soc: trust * curated.get(soc, 0.0) + (1 - trust) * estimated.get(soc, 0.0) for soc in {*curated, *estimated}}


def mixture_of(weights: Mapping[int, float]) -> tuple[tuple[int, float], ...]:
    """The largest components, at least MIXTURE_FLOOR each, scaled to one; ties by code order."""
    total = sum(weights.values())
    if total <= 0:
        return ()
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MIXTURE_SIZE]
    kept = [(soc, weight) for soc, weight in ranked if weight >= MIXTURE_FLOOR * total] or ranked[:1]
    kept_total = sum(weight for _, weight in kept)
    return tuple((soc, round(weight / kept_total, 4)) for soc, weight in kept)


def suggestions(query: str, entries: Sequence[tuple[str, Any]], limit: int = 8) -> list[tuple[float, str, Any]]:
    """Best entries for a typed beginning: (score 0-1, name, payload), best first."""
    asked = plain(query).split()
    if not asked:
        return []
    found: list[tuple[float, str, Any]] = []
    for name, payload in entries:
        words = plain(name).split()
        hits = 0.0
        for position, part in enumerate(asked):
            best = 0.0
            for at, word in enumerate(words):
                if word == part:
                    best = max(best, 1.0 if at == position else 0.9)
                elif word.startswith(part):
                    best = max(best, 0.8 if at == position else 0.65)
            hits += best
        if hits:
            score = hits / max(len(asked), 1) * (0.75 + 0.25 * len(asked) / max(len(words), len(asked)))
            if hits >= 0.6 * len(asked):
                found.append((round(score, 3), name, payload))
    found.sort(key=lambda item: (-item[0], len(item[1]), item[1]))
    return found[:limit]
