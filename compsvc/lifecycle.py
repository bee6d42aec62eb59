"""States of a kept offer and who may move it: draft, submitted, approved, extended, then accepted or declined."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import NamedTuple

from compsvc.errors import FieldProblem, Forbidden, StateConflict

APPROVE = "offers:approve"
STEPS: dict[str, tuple[str, ...]] = {
    "draft": ("submitted",),
    "submitted": ("approved", "draft"),
    "approved": ("extended", "draft"),
    "extended": ("accepted", "declined", "draft"),
    "accepted": (),
    "declined": (),
}
STATES = tuple(STEPS)


class Status(NamedTuple):
    """What decides a step: the offer's state, and the last day it can be accepted."""

    state: str
    expires_on: str | None


def expired(status: Status, today: str) -> bool:
    """Whether the offer's last day has passed without an answer."""
    return bool(status.expires_on) and str(status.expires_on) < today and status.state not in ("accepted", "declined")


def check_change(status: Status) -> None:
    """Nothing when the terms may change; StateConflict otherwise."""
    if status.state != "draft":
        instead = "a draft; move it back to draft first" if "draft" in STEPS[status.state] else "a new offer"
        raise StateConflict(f"A {status.state} offer cannot be changed.", (FieldProblem("/state", f"the offer is {status.state}", instead),))


def authors(history: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Everybody who wrote or submitted the terms; `history` holds (who, state) of every version, oldest first. Sending an offer back to draft writes nothing."""
    found, before = set(), "draft"
    for who, state in history:
        if state == "submitted" or (state == "draft" and before == "draft"):
            found.add(who)
        before = state
    return frozenset(found)


class Mover(NamedTuple):
    """Who moves an offer: a name for the log, what it may do, and everybody who wrote or submitted the terms."""

    name: str
    scopes: Set[str]
    authors: Set[str]


def check_step(status: Status, to: str, mover: Mover, today: str) -> None:
    """Nothing when the offer may be moved so; StateConflict or Forbidden otherwise. Whoever wrote or submitted an offer does not approve it."""
    allowed = STEPS[status.state]
    if to not in allowed:
        raise StateConflict(
            f"This offer is {status.state} and cannot become {to}.",
            (FieldProblem("/to", f"the offer is {status.state}", "one of " + ", ".join(allowed) if allowed else "nothing: this state is final", allowed),),
        )
    if to not in ("draft", "declined") and expired(status, today):
        raise StateConflict(
            f"The offer expired on {status.expires_on}.",
            (FieldProblem("/to", f"the offer expired on {status.expires_on}", "a draft with a later expires_on"),),
        )
    if to == "approved":
        if APPROVE not in mover.scopes:
            raise Forbidden("Your role does not approve offers; an analyst or admin does.")
        if mover.name in mover.authors:
            raise Forbidden("Whoever wrote or submitted an offer does not approve it; somebody else must.")
