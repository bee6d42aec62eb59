"""What the counter does with kept offers: work out figures with the workspace's own Band and people, keep them, change them, move them on.

API and pages call the same functions; each takes who asks and never looks outside that workspace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from compsvc import offers, parity, schemas
from compsvc.errors import FieldProblem, RequestInvalid, RoleNotCovered
from compsvc.paymodel import PayModel
from compsvc.pricing import priced_year
from compsvc.schemas import offers as contract
from compsvc.store import Store, Who
from compsvc.vocabulary import families, levels, states

KEY_LENGTHS = (8, 128)
ROWS = "records:read"


def idempotency_key(given: str | None) -> str | None:
    """The key a caller sent to have something made once; RequestInvalid for what is none."""
    if given is not None and not (KEY_LENGTHS[0] <= len(given) <= KEY_LENGTHS[1] and given.isascii() and given.isprintable()):
        at = FieldProblem("", "Idempotency-Key", "{} to {} printable ASCII characters".format(*KEY_LENGTHS))
        raise RequestInvalid("The idempotency key is not one.", (at,))
    return given


class Desk:
    """One model, one store, one date: what a request about offers works with."""

    def __init__(self, model: PayModel, store: Store, today: str) -> None:
        self.model, self.store, self.today = model, store, today

    def policies(self, who: Who | None) -> Sequence[Mapping[str, Any]]:
        """Band policy versions of whoever asks; none for nobody."""
        return self.store.policies.versions(who) if who and "bands:read" in who.scopes else ()

    def figures(self, who: Who | None, asked: Mapping[str, Any], to_keep: bool = False) -> dict[str, Any]:
        """Every figure of an offer, against the workspace's Band and people when somebody signed in asks.

        Figures to keep are for everybody who may read the offer later, so they never hold what single pay records tell.
        """
        peers = None
        if who and "offers:read" in who.scopes:
            rows = self.store.policies.records(who)
            peers = parity.Peers([parity.PayRecord(**row) for row in rows], ROWS in who.scopes and not to_keep) if rows else None
        return offers.make_offer(self.model, asked, self.today, self.policies(who), peers)

    def keep(self, who: Who, sent: Any, key: str | None, raw: bytes) -> tuple[dict[str, Any], bool]:
        """(the kept draft, whether this idempotency key had made it before)."""
        key = idempotency_key(key)
        asked = schemas.load(contract.KEPT, sent)
        self._not_past(asked)
        figures = self.figures(who, asked, to_keep=True)
        kept, again = self.store.offers.create(who, _stored(sent, asked), figures, key, sha256(raw).hexdigest())
        return as_json(kept), again

    def _not_past(self, asked: Mapping[str, Any]) -> None:
        expires_on = asked.get("expires_on")
        if expires_on and expires_on < self.today:
            raise RequestInvalid("The offer would be over already.", (FieldProblem("/expires_on", f"{expires_on} is past", f"{self.today} or later"),))

    def read(self, who: Who, offer_id: str, version: int | None = None, action: str = "offer.read", detail: str = "") -> dict[str, Any]:
        """A kept offer, or one of its versions; who read it is logged."""
        kept = self.store.offers.get(who, offer_id, version)
        self.store.audit.read(who, action, offer_id, detail or f"version {kept.version}")
        return as_json(kept)

    def history(self, who: Who, offer_id: str) -> list[dict[str, Any]]:
        """Every version, oldest first, with the terms that changed as [before, after]: compared as they are read, not as they were typed."""
        found: list[dict[str, Any]] = []
        before: dict[str, Any] | None = None
        for version in self.store.offers.versions(who, offer_id):
            row = version._asdict()
            terms = _read(row.pop("terms"))
            names = sorted({*terms, *before}) if before is not None else ()
            row["changes"] = {n: [before.get(n), terms.get(n)] for n in names if before and before.get(n) != terms.get(n)}
            found.append(row)
            before = terms
        return found

    def change(self, who: Who, offer_id: str, version: int, sent: Any) -> dict[str, Any]:
        """A draft with some fields changed; null takes an optional one away, fields not sent stay."""
        if not isinstance(sent, dict):
            schemas.load(contract.CHANGE, sent)
        if not sent:
            raise RequestInvalid("Nothing to change.", (FieldProblem("", "the body names no field", ", ".join(contract.KEPT.fields)),))
        taken = {name for name, value in sent.items() if value is None}
        given = {name: value for name, value in sent.items() if value is not None}
        schemas.load(contract.CHANGE, given)
        before = self.store.offers.get(who, offer_id)
        terms = {k: v for k, v in before.terms.items() if k not in taken and k != "why"} | given
        asked = schemas.load(contract.KEPT, terms)
        self._not_past(asked)
        why = str(given.get("why") or "changed")
        kept = self.store.offers.change(who, offer_id, version, terms | {"why": why}, self.figures(who, asked, to_keep=True), why)
        return as_json(kept)

    def step(self, who: Who, offer_id: str, version: int, sent: Any) -> dict[str, Any]:
        """A kept offer moved to its next state."""
        asked = schemas.load(contract.STATE, sent)
        return as_json(self.store.offers.step(who, offer_id, version, asked["to"], asked["why"], self.today))

    def add_policy(self, who: Who, sent: Any) -> dict[str, Any]:
        """A new version of the Band policy; its families and levels must exist."""
        asked = schemas.load(contract.BAND_POLICY, sent)
        for i, rule in enumerate(asked["rules"]):
            _known(f"/rules/{i}", rule)
        self._known_places(asked)
        try:
            priced_year(asked["effective_on"], self.today)
        except RoleNotCovered as problem:
            raise RequestInvalid("The market cannot be read at that date.", tuple(replace(p, pointer="/effective_on") for p in problem.problems)) from None
        return self.store.policies.add(who, asked)

    def _known_places(self, policy: Mapping[str, Any]) -> None:
        """Nothing when zones are there where they are read, and name states and areas there are."""
        if (policy["geography"] == "zones") != bool(policy["zones"]):
            detail = "zones are named but not read" if policy["zones"] else "there are no zones"
            raise RequestInvalid("Zones and geography do not fit.", (FieldProblem("/zones", detail, "zones with geography zones, none with the others"),))
        for i, zone in enumerate(policy["zones"]):
            for name, given, known in (("states", zone["states"], states()), ("areas", zone["areas"], self.model.index["areas"])):
                for place in given:
                    if place not in known:
                        detail = f"'{place}' is not {'a state' if name == 'states' else 'an area code'}"
                        raise RequestInvalid(
                            "No such place.",
                            (
                                FieldProblem(
                                    f"/zones/{i}/{name}",
                                    detail,
                                    "USPS codes such as CA" if name == "states" else "codes of GET /v1/places",
                                    schemas.near(place, known),
                                ),
                            ),
                        )

    def add_records(self, who: Who, sent: Any) -> int:
        """Pay records entered, all or none; gives how many the workspace holds."""
        if not isinstance(sent, list) or not sent:
            raise RequestInvalid("The body must be an array of pay records.", (FieldProblem("", "the body is not an array with something in it", "an array"),))
        loaded = []
        for i, row in enumerate(sent):
            try:
                loaded.append(schemas.load(contract.PAY_RECORD, row))
                _known(f"/{i}", loaded[-1])
            except RequestInvalid as problem:
                at = tuple(
                    FieldProblem(p.pointer if p.pointer.startswith(f"/{i}/") else f"/{i}{p.pointer}", p.detail, p.allowed, p.did_you_mean)
                    for p in problem.problems
                )
                raise RequestInvalid("Some records were refused; none was entered.", at) from None
        return self.store.policies.add_records(who, loaded)


def _known(pointer: str, row: Mapping[str, Any]) -> None:
    """Nothing when a row's family and level exist."""
    family, level = row.get("family"), row.get("level")
    if family is not None and family not in families():
        raise RequestInvalid(
            "No such family.",
            (FieldProblem(f"{pointer}/family", f"'{family}' is not a family", "codes of GET /v1/vocabulary", schemas.near(family, families())),),
        )
    if level is not None and level not in levels() and not ("rules" in pointer and level in ("P", "M", "E")):
        raise RequestInvalid("No such level.", (FieldProblem(f"{pointer}/level", f"'{level}' is not a level", ", ".join(levels())),))


def _stored(sent: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The terms to keep: as they were sent, so that they can be sent again, with why they were made."""
    return {name: value for name, value in sent.items() if value is not None} | {"why": asked["why"]}


def _read(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Kept terms as they are read; as they were sent where the contract has changed since and refuses them."""
    try:
        terms = schemas.load(contract.KEPT, sent)
    except RequestInvalid:
        terms = dict(sent)
    return {name: _plain(value) for name, value in terms.items() if name != "why"}


def _plain(value: Any) -> Any:
    """A loaded value with whole numbers as such, as people write them."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_json(kept: Any) -> dict[str, Any]:
    """A kept offer as answered."""
    body: dict[str, Any] = kept._asdict()
    body["terms"] = {k: v for k, v in kept.terms.items() if k != "why"}
    return body
