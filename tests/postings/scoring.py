"""How well postings are read: precision, recall and F1 of every field over a half of the labelled texts, with each mistake."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from compsvc.errors import RequestError
from compsvc.postings import read
from compsvc.postings.documents import document_of

HERE = Path(__file__).parent
SINGLE = ("family", "level", "work_mode", "employees", "years", "manages", "employment_type", "bonus_percent", "base_share")


def expected(half):
    return json.loads((HERE / half / "expected.json").read_text(encoding="utf-8"))


def reading_of(model, half, name):
    return read(model, document_of((HERE / half / name).read_text(encoding="utf-8")))


def place(model, text):
    """Where a place is, so that two ways of writing it are one."""
    try:
        found = model.places.resolve(text)
    except RequestError:
        return text.lower()
    return (found.kind, found.area, found.state if found.kind == "state" else None)


def values(model, reading, label):
    """(what was read, what was expected) of every field, as sets."""
    pair = {}
    pair["pay"] = (
        {(s.low, s.high, s.unit, s.currency, s.basis) for s in reading.pay},
        {(p["low"], p["high"], p["unit"], p["currency"], p["basis"]) for p in label["pay"]},
    )
    pair["title"] = ({t.value.lower() for t in reading.titles[:1]}, {t.lower() for t in label["titles"][:1]})
    pair["locations"] = ({place(model, f.value) for f in reading.locations}, {place(model, name) for name in label["locations"]})
    for name in SINGLE:
        found, wanted = getattr(reading, name), label[name]
        plain = None if found is None else tuple(found.value) if isinstance(found.value, tuple | list) else found.value
        wanted = tuple(wanted) if isinstance(wanted, list) else wanted
        pair[name] = ({plain} - {None}, {wanted} - {None})
    found = reading.industry.value.lower() if reading.industry else None
    wanted = label["industry"].lower() if label["industry"] else None
    same = found and wanted and (found in wanted or wanted in found or set(found.split()) & set(wanted.split()) - {"company", "firm"})
    pair["industry"] = ({wanted if same else found} - {None}, {wanted} - {None})
    pair["contradiction"] = ({True} if reading.contradictions else set(), {True} if label["contradiction"] else set())
    return pair


def score(model, half):
    """(field -> (precision, recall, F1, n expected)), mistakes."""
    hits, read_, wanted_, mistakes = defaultdict(int), defaultdict(int), defaultdict(int), []
    for label in expected(half):
        for name, (found, wanted) in values(model, reading_of(model, half, label["file"]), label).items():
            hits[name] += len(found & wanted)
            read_[name] += len(found)
            wanted_[name] += len(wanted)
            if found != wanted:
                mistakes.append((label["file"], name, sorted(map(str, found - wanted)), sorted(map(str, wanted - found))))
    scores = {}
    for name in wanted_:
        precision = hits[name] / read_[name] if read_[name] else 1.0
        recall = hits[name] / wanted_[name] if wanted_[name] else 1.0
        scores[name] = (precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0, wanted_[name])
    return scores, mistakes
