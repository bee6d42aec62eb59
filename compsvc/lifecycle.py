"""States of a kept offer and who may move it: draft, submitted, approved, extended, then accepted or declined."""

from __future__ import annotations

from collections.abc import Set
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


class Standing(NamedTuple):
    """What decides a step: the offer's state, who submitted it, and the last day it can be accepted."""

    state: str
    submitted_by: str | None
    expires_on: str | None


def expired(standing: Standing, today: str) -> bool:
    """Whether the offer's last day has passed without an answer."""
    return bool(standing.expires_on) and str(standing.expires_on) < today and standing.state not in ("accepted", "declined")


def check_change(standing: Standing) -> None:
    """Nothing when the terms may change; StateConflict otherwise."""
    if standing.state != "draft":
        raise StateConflict(
            f"A {standing.state} offer cannot be changed.",
            (
                FieldProblem(
                    "/state", f"the offer is {standing.state}", "a draft; move it back to draft first" if "draft" in STEPS[standing.state] else "a new offer"
                ),
            ),
        )


class Mover(NamedTuple):
    """Who moves an offer: a name for the log, what it may do, and everybody who wrote or submitted the terms."""

    name: str
    scopes: Set[str]
    authors: Set[str]


def check_step(standing: Standing, to: str, mover: Mover, today: str) -> None:
    """Nothing when the offer may be moved so; StateConflict or Forbidden otherwise. Whoever wrote or submitted an offer does not approve it."""
    allowed = STEPS[standing.state]
    if to not in allowed:
        raise StateConflict(
            f"This offer is {standing.state} and cannot become {to}.",
            (FieldProblem("/to", f"the offer is {standing.state}", "one of " + ", ".join(allowed) if allowed else "nothing: this state is final", allowed),),
        )
    if to not in ("draft", "declined") and expired(standing, today):
        raise StateConflict(
            f"The offer expired on {standing.expires_on}.",
            (FieldProblem("/to", f"the offer expired on {standing.expires_on}", "a draft with a later expires_on"),),
        )
    if to == "approved":
        if APPROVE not in mover.scopes:
            raise Forbidden("Your role does not approve offers; an analyst or admin does.")
        if mover.name == standing.submitted_by or mover.name in mover.authors:
            raise Forbidden("Whoever wrote or submitted an offer does not approve it; somebody else must.")
