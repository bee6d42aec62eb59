"""Kept offers: every version, one writer at a time by version number, created once for one idempotency key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from compsvc import lifecycle
from compsvc.errors import FieldProblem, NotFound, StateConflict, StoreConflict, VersionConflict
from compsvc.sealing import new_id
from compsvc.store import Who, now
from compsvc.store.audit import AuditLog
from compsvc.store.tables import idempotency, offer_versions, offers

if TYPE_CHECKING:
    from compsvc.store import Store

_ID = re.compile(r"ofr_[0-9a-f]{32}")


class Kept(NamedTuple):
    """One version of a kept offer; `terms` and `figures` are what was asked and what was worked out then."""

    id: str
    version: int
    state: str
    reference: str
    title: str
    expires_on: str | None
    created_at: str
    created_by: str
    updated_at: str
    submitted_by: str | None
    who: str
    why: str
    terms: dict[str, Any]
    figures: dict[str, Any]


class Version(NamedTuple):
    """A line of an offer's history."""

    version: int
    at: str
    who: str
    why: str
    state: str
    terms: dict[str, Any]


def _dump(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()


class KeptOffers:
    """The offers of a workspace; another workspace's are not there."""

    def __init__(self, store: Store, log: AuditLog) -> None:
        self._store, self._log = store, log

    def create(self, who: Who, terms: Mapping[str, Any], figures: Mapping[str, Any], key: str | None, request_sha256: str) -> tuple[Kept, bool]:
        """(the new draft, False), or the draft this idempotency key made before and True; StateConflict when the key came with another request."""
        if key is not None:
            before = self._made_by(who, key, request_sha256)
            if before is not None:
                return before, True
        offer_id, at = new_id("ofr"), now()
        try:
            with self._store.writing() as connection:
                connection.execute(
                    insert(offers).values(
                        id=offer_id,
                        workspace_id=who.workspace_id,
                        version=1,
                        state="draft",
                        reference=terms["reference"],
                        title=_title(figures),
                        expires_on=terms.get("expires_on"),
                        created_at=at,
                        created_by=who.name,
                        updated_at=at,
                    )
                )
                if key is not None:
                    connection.execute(
                        insert(idempotency).values(workspace_id=who.workspace_id, key=key, request_sha256=request_sha256, offer_id=offer_id, at=at)
                    )
                self._add_version(connection, offer_id, 1, who, str(terms.get("why", "")), "draft", _dump(terms), _dump(figures), at)
                self._log.add(connection, who.workspace_id, who.name, "offer.create", offer_id)
        except StoreConflict:
            before = self._made_by(who, key, request_sha256) if key is not None else None
            if before is None:
                raise
            return before, True
        return self.get(who, offer_id, version=1), False

    def _made_by(self, who: Who, key: str, request_sha256: str) -> Kept | None:
        with self._store.reading() as connection:
            row = connection.execute(select(idempotency).where(idempotency.c.workspace_id == who.workspace_id, idempotency.c.key == key)).first()
        if row is None:
            return None
        if row.request_sha256 != request_sha256:
            raise StateConflict(
                "The idempotency key was used for another request.", (FieldProblem("", "this Idempotency-Key came with another body before", "a fresh key"),)
            )
        return self.get(who, row.offer_id, version=1)

    @staticmethod
    def _add_version(connection: Connection, offer_id: str, version: int, who: Who, why: str, state: str, terms: str, figures: str, at: str) -> None:
        connection.execute(
            insert(offer_versions).values(offer_id=offer_id, version=version, at=at, who=who.name, why=why, state=state, terms=terms, figures=figures)
        )

    def get(self, who: Who, offer_id: str, version: int | None = None) -> Kept:
        """An offer as it stands, or one of its versions; NotFound when the workspace has no such one."""
        with self._store.reading() as connection:
            head = self._head(connection, who, offer_id)
            wanted = head.version if version is None else version
            row = connection.execute(select(offer_versions).where(offer_versions.c.offer_id == offer_id, offer_versions.c.version == wanted)).first()
        if row is None:
            raise NotFound(f"The offer has no version {version}; it has 1 to {head.version}.")
        terms = orjson.loads(row.terms)
        return Kept(
            offer_id,
            row.version,
            row.state,
            terms["reference"],
            head.title,
            terms.get("expires_on"),
            head.created_at,
            head.created_by,
            row.at,
            head.submitted_by,
            row.who,
            row.why,
            terms,
            orjson.loads(row.figures),
        )

    @staticmethod
    def _head(connection: Connection, who: Who, offer_id: str, lock: bool = False) -> Row[Any]:
        if not _ID.fullmatch(offer_id):
            raise NotFound("There is no such offer.")
        asked = select(offers).where(offers.c.id == offer_id, offers.c.workspace_id == who.workspace_id)
        row = connection.execute(asked.with_for_update() if lock else asked).first()
        if row is None:
            raise NotFound("There is no such offer.")
        return row

    def listed(self, who: Who, state: str | None = None, after: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """Offers of the workspace, last changed first, without their pay; `after` is the last id of the page before."""
        names = ("id", "version", "state", "reference", "title", "expires_on", "created_at", "created_by", "updated_at")
        asked = select(*(offers.c[n] for n in names)).where(offers.c.workspace_id == who.workspace_id)
        if state:
            asked = asked.where(offers.c.state == state)
        with self._store.reading() as connection:
            if after:
                last = self._head(connection, who, after)
                asked = asked.where((offers.c.updated_at < last.updated_at) | ((offers.c.updated_at == last.updated_at) & (offers.c.id > after)))
            rows = connection.execute(asked.order_by(offers.c.updated_at.desc(), offers.c.id).limit(limit))
            return [dict(zip(names, row, strict=True)) for row in rows]

    def versions(self, who: Who, offer_id: str) -> list[Version]:
        """The history of an offer, oldest first."""
        columns = [offer_versions.c[name] for name in Version._fields]
        with self._store.reading() as connection:
            self._head(connection, who, offer_id)
            rows = connection.execute(select(*columns).where(offer_versions.c.offer_id == offer_id).order_by(offer_versions.c.version)).all()
        return [Version(**{**row._mapping, "terms": orjson.loads(row.terms)}) for row in rows]

    def change(self, who: Who, offer_id: str, version: int, terms: Mapping[str, Any], figures: Mapping[str, Any], why: str) -> Kept:
        """The next version of a draft; VersionConflict when `version` is not the latest, StateConflict when it is no draft."""
        with self._store.writing() as connection:
            head = self._latest(connection, who, offer_id, version)
            lifecycle.check_change(lifecycle.Status(head.state, head.expires_on))
            at = now()
            self._move(connection, head, at, reference=terms["reference"], title=_title(figures), expires_on=terms.get("expires_on"))
            self._add_version(connection, offer_id, version + 1, who, why, head.state, _dump(terms), _dump(figures), at)
            self._log.add(connection, who.workspace_id, who.name, "offer.change", offer_id, f"version {version + 1}")
        return self.get(who, offer_id, version + 1)

    def step(self, who: Who, offer_id: str, version: int, to: str, why: str, today: str) -> Kept:
        """The offer in its next state, as a new version with the same terms; VersionConflict, StateConflict or Forbidden otherwise."""
        with self._store.writing() as connection:
            head = self._latest(connection, who, offer_id, version)
            asked = select(offer_versions.c.who, offer_versions.c.state).where(offer_versions.c.offer_id == offer_id).order_by(offer_versions.c.version)
            authors = lifecycle.authors((author, state) for author, state in connection.execute(asked))
            lifecycle.check_step(lifecycle.Status(head.state, head.expires_on), to, lifecycle.Mover(who.name, who.scopes, authors), today)
            row = connection.execute(select(offer_versions).where(offer_versions.c.offer_id == offer_id, offer_versions.c.version == version)).one()
            at = now()
            submitted_by = who.name if to == "submitted" else None if to == "draft" else head.submitted_by
            self._move(connection, head, at, state=to, submitted_by=submitted_by)
            self._add_version(connection, offer_id, version + 1, who, why, to, row.terms, row.figures, at)
            self._log.add(connection, who.workspace_id, who.name, f"offer.{to}", offer_id, f"version {version + 1}")
        return self.get(who, offer_id, version + 1)

    def _latest(self, connection: Connection, who: Who, offer_id: str, version: int) -> Row[Any]:
        head = self._head(connection, who, offer_id, lock=True)
        if head.version != version:
            raise VersionConflict(
                f"The offer is at version {head.version} by now.",
                (FieldProblem("", f"the change was made from version {version}, the offer is at {head.version}", "read it again and repeat the change"),),
            )
        return head

    @staticmethod
    def _move(connection: Connection, head: Row[Any], at: str, **values: Any) -> None:
        moved = connection.execute(
            update(offers).where(offers.c.id == head.id, offers.c.version == head.version).values(version=head.version + 1, updated_at=at, **values)
        )
        if moved.rowcount != 1:
            raise VersionConflict("Somebody changed the offer at the same moment; read it again and repeat the change.")


def _title(figures: Mapping[str, Any]) -> str:
    role = figures["role"]
    return str(role["title"] or role["occupation"]["name"])[:200]
