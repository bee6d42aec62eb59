"""One role in people's words to one Role in codes, with everything that was applied, relaxed or guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from compsvc import vocabulary
from compsvc.errors import FieldProblem, RequestInvalid
from compsvc.features import Role
from compsvc.resolve.industries import IndustryMatch, resolve_size
from compsvc.resolve.places import PlaceMatch
from compsvc.resolve.titles import LevelGuess, mixture_of

if TYPE_CHECKING:
    from compsvc.paymodel import PayModel

_TRACK_SHARES = {"P": 0.75, "M": 0.2, "E": 0.05}


@dataclass(frozen=True, slots=True)
class ResolvedRole:
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
    relaxed: tuple[str, ...] = field(default=())
    notes: tuple[tuple[str, str], ...] = field(default=())


def resolve_role(model: PayModel, asked: Mapping[str, Any]) -> ResolvedRole:
    """Codes for `title`, `occupation` or `family`, and the optional fields.

    Raises RequestInvalid or RoleNotCovered naming the field, what is allowed and the nearest values.
    """
    relaxed: list[str] = []
    notes: list[tuple[str, str]] = []
    industry = model.industries.resolve(asked["industry"]) if asked.get("industry") else None
    sector = model.index["sectors"].get(industry.sector) if industry else None
    place = model.places.resolve(asked["location"]) if asked.get("location") else None
    if place is not None and place.relaxed:
        relaxed.append(place.relaxed)
    size, headcount = resolve_size(asked["employees"]) if asked.get("employees") else (None, None)
    level_asked = asked.get("level")

    title, occupation, family = asked.get("title"), asked.get("occupation"), asked.get("family")
    match, phrase = 1.0, 0
    alternatives: tuple[tuple[str, float], ...] = ()
    words: tuple[int, ...] = ()
    level: LevelGuess | None = None
    if title:
        found = model.titles.resolve(title, sector)
        if not found.mixture and not occupation:
            raise _title_unknown(model, title)
        family, match, alternatives, words, phrase, level = found.family, found.match, found.alternatives, found.words, found.phrase, found.level
        mixture = found.mixture
        spread_mixture = model.titles.resolve(title, None).mixture if sector is not None else ()
        if found.match < 0.6 and not occupation:
            notes.append(("title_uncertain", f"'{title}' was not recognised with certainty; check the family and its alternatives"))
    if occupation:
        if occupation not in model.index["socs"]:
            raise _code_unknown("occupation", occupation, vocabulary.occupations(), "A SOC 2018 code such as 11-2022")
        mixture, spread_mixture = ((model.index["socs"][occupation], 1.0),), ()
        family = family or vocabulary.occupation_families().get(occupation)
        if not title:
            match = 1.0 if family else 0.0
    elif not title:
        if not family:
            raise RequestInvalid(
                "Say which job: title, occupation or family.",
                (FieldProblem("/title", "one of title, occupation or family is needed", "A job title, a SOC 2018 code, or a family code; see /v1/vocabulary"),),
            )
        if family not in model.families:
            raise _code_unknown("family", family, {c: f.name for c, f in vocabulary.families().items()}, "A family code; see /v1/vocabulary")
        mixture, spread_mixture = _family_mixture(model, family, level_asked, sector)
    if level_asked:
        if level_asked not in vocabulary.levels():
            raise _code_unknown("level", level_asked, {c: lv.name for c, lv in vocabulary.levels().items()}, "P1 to P6, M1 to M6 or E1 to E3")
        level = LevelGuess(level_asked, "request")
    mode = asked.get("work_mode")
    state = place.state if place else None
    if place is not None and place.area is not None and state is None:
        state = model.spec.area_states[place.area]
    track = level.code[0] if level else "P"
    share = model.base_shares.get(family or "", {}).get(track, 1.0)
    role = Role(
        mixture=mixture,
        spread_mixture=spread_mixture,
        level=model.index["levels"][level.code] if level else None,
        area=place.area if place else None,
        state=model.index["states"].get(state) if state else None,
        industry=model.index["industries"].get(industry.code) if industry else None,
        sector=sector,
        size=model.index["sizes"][size] if size else None,
        experience_years=asked.get("experience_years"),
        mode=model.index["modes"][mode] if mode else None,
        words=words,
        phrase=phrase,
        titled=bool(title),
        base_share=share,
    )
    family_index = model.families.get(family) if family else None
    return ResolvedRole(role, title, family, match, alternatives, level, place, industry, size, headcount, family_index, tuple(relaxed), tuple(notes))


def _family_mixture(model: PayModel, family: str, level: str | None, sector: int | None) -> tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]:
    """(mixture for the centre, mixture for the spread): the spread's leaves the industry out so that naming one never widens."""
    if level:
        return model.titles.family_mixture(family, level[0], sector), model.titles.family_mixture(family, level[0], None)

    def blend(of_sector: int | None) -> tuple[tuple[int, float], ...]:
        weights: dict[int, float] = {}
        for track, share in _TRACK_SHARES.items():
            for soc, weight in model.titles.family_mixture(family, track, of_sector):
                weights[soc] = weights.get(soc, 0.0) + share * weight
        return mixture_of(weights)

    tracks = [model.titles.family_mixture(family, track, None) for track in _TRACK_SHARES]
    return blend(sector), max(tracks, key=model.variance_of)


def _title_unknown(model: PayModel, title: str) -> RequestInvalid:
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
