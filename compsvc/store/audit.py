"""The audit log: only ever added to, each entry sealed to the one before, one chain a workspace.

An entry's seal is a keyed hash of its fields and of the seal before it; the head
says how many entries there are and is sealed too. Changing, taking out, adding or
reordering entries, or cutting the end off, breaks a seal that only the secret can
make. Who holds the secret can forge, and a whole database of an earlier day is
whole: `compsvc audit head` prints what to write down elsewhere.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, insert, select, update

from compsvc.sealing import Seals
from compsvc.store import Who, now
from compsvc.store.tables import audit, audit_heads

if TYPE_CHECKING:
    from compsvc.store import Store

FIRST = "0" * 64
PURPOSE = "audit"


class Entry(NamedTuple):
    """One entry: who did what to what, when (ISO 8601, UTC)."""

    n: int
    at: str
    who: str
    action: str
    subject: str
    detail: str
    seal: str


def _sealed(workspace_id: str, entry: Entry, before: str) -> bytes:
    return json.dumps([workspace_id, before, *entry[:-1]], ensure_ascii=False, separators=(",", ":")).encode()


def _head(workspace_id: str, n: int, seal: str) -> bytes:
    return json.dumps([workspace_id, "head", n, seal]).encode()


class AuditLog:
    """Adds entries within the transaction of what they tell of, lists and verifies them."""

    def __init__(self, store: Store, seals: Seals) -> None:
        self._store, self._seals = store, seals

    def start(self, connection: Connection, workspace_id: str) -> None:
        """An empty chain for a new workspace."""
        connection.execute(
            insert(audit_heads).values(workspace_id=workspace_id, n=0, seal=FIRST, head_seal=self._seals.of(PURPOSE, _head(workspace_id, 0, FIRST)))
        )

    def add(self, connection: Connection, workspace_id: str, who: str, action: str, subject: str, detail: str = "") -> None:
        """One entry at the end of the workspace's chain; waits for whoever adds at the same time."""
        head = connection.execute(select(audit_heads.c.n, audit_heads.c.seal).where(audit_heads.c.workspace_id == workspace_id).with_for_update()).one()
        entry = Entry(head.n + 1, now(), who, action, subject, detail[:400], "")
        seal = self._seals.of(PURPOSE, _sealed(workspace_id, entry, head.seal))
        connection.execute(insert(audit).values(workspace_id=workspace_id, **entry._replace(seal=seal)._asdict()))
        connection.execute(
            update(audit_heads)
            .where(audit_heads.c.workspace_id == workspace_id)
            .values(n=entry.n, seal=seal, head_seal=self._seals.of(PURPOSE, _head(workspace_id, entry.n, seal)))
        )

    def read(self, who: Who, action: str, subject: str, detail: str = "") -> None:
        """One entry that tells of something read, in a transaction of its own."""
        with self._store.writing() as connection:
            self.add(connection, who.workspace_id, who.name, action, subject, detail)

    def entries(self, workspace_id: str, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Entries of a workspace in order."""
        columns = [audit.c[name] for name in Entry._fields]
        asked = select(*columns).where(audit.c.workspace_id == workspace_id, audit.c.n > after).order_by(audit.c.n).limit(limit)
        with self._store.reading() as connection:
            return [Entry(*row) for row in connection.execute(asked)]

    def head(self, workspace_id: str) -> tuple[int, str]:
        """(number of entries, last seal) as the head says."""
        with self._store.reading() as connection:
            row = connection.execute(select(audit_heads.c.n, audit_heads.c.seal).where(audit_heads.c.workspace_id == workspace_id)).one()
        return row.n, row.seal

    def verify(self, workspace_id: str) -> list[str]:
        """What does not hold about a workspace's chain, in words; empty when it is whole."""
        columns = [audit.c[name] for name in Entry._fields]
        with self._store.reading() as connection:
            rows = [Entry(*row) for row in connection.execute(select(*columns).where(audit.c.workspace_id == workspace_id).order_by(audit.c.n))]
            head = connection.execute(select(audit_heads).where(audit_heads.c.workspace_id == workspace_id)).first()
        wrong, before = [], FIRST
        for i, entry in enumerate(rows, start=1):
            if entry.n != i:
                wrong.append(f"entry {i} is missing or out of order")
                break
            if not self._seals.matches(PURPOSE, _sealed(workspace_id, entry, before), entry.seal):
                wrong.append(f"entry {i} was changed")
            before = entry.seal
        if head is None:
            wrong.append("the head is missing")
        elif not self._seals.matches(PURPOSE, _head(workspace_id, head.n, head.seal), head.head_seal):
            wrong.append("the head was changed")
        elif (head.n, head.seal) != (len(rows), before):
            wrong.append(f"the head tells of {head.n} entries ending otherwise; {len(rows)} are there")
        return wrong
