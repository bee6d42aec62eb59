"""One role in people's words to one Role in codes, with everything that was applied, relaxed or guessed."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.features import Role
from compsvc.resolve.industries import IndustryMatch, resolve_size
from compsvc.resolve.places import PlaceMatch
from compsvc.resolve.titles import LevelGuess, mixture_of

if TYPE_CHECKING:
    from compsvc.paymodel import PayModel

Mixture = tuple[tuple[int, float], ...]
_TRACK_SHARES = {"P": 0.75, "M": 0.2, "E": 0.05}


class ResolvedRole(NamedTuple):
    """The Role, and what the words of the request became; `relaxed` and `notes` are said to the caller."""

    role: Role
    title: str | None
    family: str | None
    family_match: float
    alternatives: tuple[tuple[str, float], ...]
    level: LevelGuess | None
    place: PlaceMatch | None
    industry: IndustryMatch | None
    size: str | None
    employees: int | None
    family_index: int | None
    work_mode: str | None
    relaxed: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def resolve_role(model: PayModel, asked: Mapping[str, Any]) -> ResolvedRole:
    """Codes for `title`, `occupation` or `family`, and the optional fields.

    Raises RequestInvalid or RoleNotCovered naming the field, what is allowed and the nearest values.
    """
    index, get = model.index, asked.get
    relaxed: list[str] = []
    notes: list[tuple[str, str]] = []
    words_of_place, words_of_industry, headcounts, level_words = get("location"), get("industry"), get("employees"), get("level")
    industry = model.industries.resolve(words_of_industry) if words_of_industry else None
    sector = index["sectors"].get(industry.sector) if industry else None
    place = model.places.resolve(words_of_place) if words_of_place else None
    if place is not None and place.relaxed:
        relaxed.append(place.relaxed)
    size, headcount = resolve_size(headcounts) if headcounts else (None, None)
    level_asked = _level_code(level_words) if level_words else None

    title, occupation, family = get("title"), get("occupation"), get("family")
    match, phrase = 1.0, 0
    alternatives: tuple[tuple[str, float], ...] = ()
    words: tuple[int, ...] = ()
    level: LevelGuess | None = None
    spread: tuple[Mixture, ...] = ()
    if title:
        found = model.titles.resolve(title, sector)
        if not found.mixture and not occupation:
            raise _title_unknown(title)
        notes += [("title_mended", f"'{was}' was read as '{now}'") for was, now in found.mended]
        family, match, alternatives, words, phrase, level = family or found.family, found.match, found.alternatives, found.words, found.phrase, found.level
        mixture = found.mixture
        spread = (model.titles.resolve(title, None).mixture,) if sector is not None else ()
        if found.match < 0.6 and not occupation:
            notes.append(("title_uncertain", f"'{title}' was not recognised with certainty; check the family and its alternatives"))
    if occupation:
        if occupation not in index["socs"]:
            raise _code_unknown("occupation", occupation, vocabulary.occupations(), "A SOC 2018 code such as 11-2022")
        mixture, spread = ((index["socs"][occupation], 1.0),), ()
        family = family or vocabulary.occupation_families().get(occupation)
        if not title:
            match = 1.0 if family else 0.0
    elif title and family and family not in model.families:
        raise _code_unknown("family", family, {c: f.name for c, f in vocabulary.families().items()}, "A family code; see /v1/vocabulary")
    elif title and family and (asked.get("family") or _of_another_track(model, family, level, level_asked)):
        track = (level_asked or (level.code if level else "P"))[0]
        mixture, spread = model.titles.family_mixture(str(family), track, sector), (model.titles.family_mixture(str(family), track, None),)
        match = 1.0 if asked.get("family") else match
    elif not title:
        if not family:
            raise RequestInvalid(
                "Say which job: title, occupation or family.",
                (FieldProblem("/title", "one of title, occupation or family is needed", "A job title, a SOC 2018 code, or a family code; see /v1/vocabulary"),),
            )
        if family not in model.families:
            raise _code_unknown("family", family, {c: f.name for c, f in vocabulary.families().items()}, "A family code; see /v1/vocabulary")
        mixture, spread = _family_mixture(model, family, level_asked, sector)
    if level_asked:
        if title and level and level.why == "title" and level.code[0] != level_asked[0]:
            notes.append(("level_not_of_title", f"'{title}' names {level.code}; priced at {level_asked}, as asked"))
        level = LevelGuess(level_asked, "request")
    mode = get("work_mode") or ("remote" if place is not None and place.remote else None)
    area = state = None
    if place is not None:
        area, state = place.area, place.state
        if state is None and area is not None:
            state = model.spec.area_states[area]
    share, width = model.base_of(family, level.code[0] if level else None)
    role = Role(
        mixture,
        index["levels"][level.code] if level else None,
        area,
        index["states"].get(state) if state else None,
        index["industries"].get(industry.code) if industry else None,
        sector,
        index["sizes"][size] if size else None,
        get("experience_years"),
        index["modes"][mode] if mode else None,
        words,
        phrase,
        bool(title),
        share,
        spread,
        width,
    )
    family_index = model.families.get(family) if family else None
    return ResolvedRole(role, title, family, match, alternatives, level, place, industry, size, headcount, family_index, mode, tuple(relaxed), tuple(notes))


def _of_another_track(model: PayModel, family: str, level: LevelGuess | None, level_asked: str | None) -> bool:
    """Whether a level is asked for in another track than the title names, whose occupations are others ("Account Manager" at E3)."""
    return bool(level_asked and level and level.code[0] != level_asked[0] and family in model.families)


def _level_code(asked: str) -> str:
    """A level code from a code in any case or a level's name."""
    levels = vocabulary.levels()
    if asked in levels:
        return asked
    code = asked.strip().upper()
    if code in levels:
        return code
    by_name = {level.name.upper(): c for c, level in levels.items()}
    if code in by_name:
        return by_name[code]
    raise _code_unknown("level", asked, {c: level.name for c, level in levels.items()}, ", ".join(f"{c} {level.name}" for c, level in levels.items()))


def _family_mixture(model: PayModel, family: str, level: str | None, sector: int | None) -> tuple[Mixture, tuple[Mixture, ...]]:
    """(mixture for the centre, mixtures for the spread).

    The spread's leave the industry out and, without a level, hold every track's (the widest counts), so that naming a field never widens.
    """
    if level:
        return model.titles.family_mixture(family, level[0], sector), (model.titles.family_mixture(family, level[0], None),)
    weights: dict[int, float] = {}
    for track, share in _TRACK_SHARES.items():
        for soc, weight in model.titles.family_mixture(family, track, sector):
            weights[soc] = weights.get(soc, 0.0) + share * weight
    return mixture_of(weights), tuple(model.titles.family_mixture(family, track, None) for track in _TRACK_SHARES)


def _title_unknown(title: str) -> RequestInvalid:
    names = {row["title"].lower(): row["title"] for row in vocabulary.ladder()}
    near = tuple(names[n] for n in get_close_matches(title.lower(), list(names), n=3, cutoff=0.6))
    detail = f"'{title}' names no occupation we know"
    return RequestInvalid(detail + ".", (FieldProblem("/title", detail, "A job title in English; or send occupation (SOC code) or family", near),))


def _code_unknown(name: str, value: str, known: Mapping[str, str], allowed: str) -> RequestInvalid:
    near = get_close_matches(str(value).lower(), [*known, *(n.lower() for n in known.values())], n=3, cutoff=0.5)
    by_name = {n.lower(): c for c, n in known.items()}
    codes = tuple(dict.fromkeys(by_name.get(n, n) for n in near))
    detail = f"'{value}' is not a known {name}"
    return RequestInvalid(detail + ".", (FieldProblem(f"/{name}", detail, allowed, codes),))
