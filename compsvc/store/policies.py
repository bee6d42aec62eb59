"""What a workspace pays by policy and in fact: versions of its Band policy, and its pay records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, insert, select

from compsvc.errors import FieldProblem, NotFound, RequestInvalid, StoreConflict, VersionConflict
from compsvc.store import Who, now
from compsvc.store.audit import AuditLog
from compsvc.store.tables import band_policies, pay_records

if TYPE_CHECKING:
    from compsvc.store import Store

RECORD_FIELDS = ("reference", "family", "level", "area", "base_usd", "variable_usd", "paid_on")
MOST_RECORDS = 100_000
MOST_PARAMETERS = 10_000


def batched(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """The values in lists of at most `size`: databases bind only so many at once."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


class BandPolicies:
    """Band policies and pay records of a workspace."""

    def __init__(self, store: Store, log: AuditLog) -> None:
        self._store, self._log = store, log

    def versions(self, who: Who) -> list[dict[str, Any]]:
        """Every version of the policy, oldest first, each with its version number, when and by whom."""
        mine = select(band_policies).where(band_policies.c.workspace_id == who.workspace_id).order_by(band_policies.c.version)
        with self._store.reading() as connection:
            return [orjson.loads(row.body) | {"version": row.version, "at": row.at, "who": row.who} for row in connection.execute(mine)]

    def add(self, who: Who, policy: Mapping[str, Any]) -> dict[str, Any]:
        """The policy as the next version; VersionConflict when somebody added one at the same moment."""
        mine = band_policies.c.workspace_id == who.workspace_id
        try:
            with self._store.writing() as connection:
                version = 1 + (connection.execute(select(func.max(band_policies.c.version)).where(mine)).scalar() or 0)
                at = now()
                connection.execute(
                    insert(band_policies).values(
                        workspace_id=who.workspace_id,
                        version=version,
                        effective_on=policy["effective_on"],
                        at=at,
                        who=who.name,
                        body=orjson.dumps(policy).decode(),
                    )
                )
                self._log.add(connection, who.workspace_id, who.name, "policy.add", f"version {version}")
        except StoreConflict:
            raise VersionConflict("Somebody added a version at the same moment; read them again.") from None
        return dict(policy) | {"version": version, "at": at, "who": who.name}

    def records(self, who: Who) -> list[dict[str, Any]]:
        """Every pay record of the workspace, by reference."""
        columns = [pay_records.c[name] for name in RECORD_FIELDS]
        with self._store.reading() as connection:
            rows = connection.execute(select(*columns).where(pay_records.c.workspace_id == who.workspace_id).order_by(pay_records.c.reference))
            return [dict(zip(RECORD_FIELDS, row, strict=True)) for row in rows]

    def add_records(self, who: Who, records: list[dict[str, Any]]) -> int:
        """All of the records or none; a reference entered before is replaced. Gives how many the workspace holds now."""
        mine = pay_records.c.workspace_id == who.workspace_id
        references = Counter(r["reference"] for r in records)
        twice, times = references.most_common(1)[0]
        if times > 1:
            raise RequestInvalid("A reference comes twice.", (FieldProblem("", f"reference '{twice}' comes twice", "one record a reference"),))
        with self._store.writing() as connection:
            self._log.add(connection, who.workspace_id, who.name, "records.add", "", f"{len(records)} records")
            for some in batched(references, MOST_PARAMETERS):
                connection.execute(delete(pay_records).where(mine, pay_records.c.reference.in_(some)))
            connection.execute(insert(pay_records), [{**r, "workspace_id": who.workspace_id} for r in records])
            total = int(connection.execute(select(func.count()).select_from(pay_records).where(mine)).scalar_one())
            if total > MOST_RECORDS:
                raise RequestInvalid("Too many records.", (FieldProblem("", f"{total:,} pay records", f"at most {MOST_RECORDS:,}"),))
        return total

    def remove_record(self, who: Who, reference: str) -> None:
        """One record less; NotFound when the workspace has no such one."""
        with self._store.writing() as connection:
            gone = connection.execute(delete(pay_records).where(pay_records.c.workspace_id == who.workspace_id, pay_records.c.reference == reference))
            if not gone.rowcount:
                raise NotFound("There is no such pay record.")
            self._log.add(connection, who.workspace_id, who.name, "records.remove", reference)
