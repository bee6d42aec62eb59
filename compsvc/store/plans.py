"""Kept headcount plans, which are also the queue: a plan is claimed by one runner at a time, for as long as the runner shows that it lives."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, func, insert, or_, select, update

from compsvc.errors import FieldProblem, NotFound, StateConflict, StoreConflict
from compsvc.sealing import new_id
from compsvc.store import OPEN_STATES, KeptPlan, Who, now
from compsvc.store.audit import AuditLog
from compsvc.store.tables import plans

if TYPE_CHECKING:
    from compsvc.store import Store

LEASE_SECONDS = 15
MOST_ATTEMPTS = 5
MOST_LISTED = 100
_ID = re.compile(r"pln_[0-9a-f]{32}")


class Claimed(NamedTuple):
    """A plan that a runner has to itself until its lease is over."""

    id: str
    workspace_id: str
    asked: dict[str, Any]


_SHOWN = tuple(plans.c[name] for name in KeptPlan._fields)


def _packed(value: Any) -> bytes:
    return zlib.compress(orjson.dumps(value), 6)


def _unpacked(data: bytes) -> Any:
    return orjson.loads(zlib.decompress(data))


def _shown(row: Row[Any]) -> KeptPlan:
    return KeptPlan(**{**row._mapping, "problem": orjson.loads(row.problem) if row.problem else None})


def _lease() -> str:
    return (datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)).isoformat(timespec="seconds")


class KeptPlans:
    """The plans of a workspace; another workspace's are not there."""

    def __init__(self, store: Store, log: AuditLog) -> None:
        self._store, self._log = store, log

    # --- for those who ask ---------------------------------------------------------

    def keep(self, who: Who, asked: Mapping[str, Any], people: int, total: int, key: str | None, request_sha256: str) -> tuple[KeptPlan, bool]:
        """(the plan, queued, False), or the one this idempotency key made before and True; StateConflict when the key came with another request."""
        if key is not None and (before := self._made_by(who, key, request_sha256)) is not None:
            return before, True
        plan_id, at = new_id("pln"), now()
        try:
            with self._store.writing() as connection:
                values = {"id": plan_id, "workspace_id": who.workspace_id, "name": asked.get("name") or "plan", "state": "queued", "people": people}
                values |= {"asked": _packed(asked), "done": 0, "total": total, "attempts": 0, "created_at": at, "created_by": who.name, "updated_at": at}
                connection.execute(insert(plans).values(**values, request_key=key, request_sha256=request_sha256))
                self._log.add(connection, who.workspace_id, who.name, "plan.keep", plan_id)
        except StoreConflict:
            before = self._made_by(who, key, request_sha256) if key is not None else None
            if before is None:
                raise
            return before, True
        return self.get(who, plan_id), False

    def _made_by(self, who: Who, key: str, request_sha256: str) -> KeptPlan | None:
        with self._store.reading() as connection:
            asked = select(plans.c.id, plans.c.request_sha256).where(plans.c.workspace_id == who.workspace_id, plans.c.request_key == key)
            row = connection.execute(asked).first()
        if row is None:
            return None
        if row.request_sha256 != request_sha256:
            at = FieldProblem("", "this Idempotency-Key came with another body before", "a fresh key")
            raise StateConflict("The idempotency key was used for another request.", (at,))
        return self.get(who, row.id)

    def get(self, who: Who, plan_id: str) -> KeptPlan:
        """A plan as it stands; NotFound when the workspace has no such one."""
        with self._store.reading() as connection:
            return _shown(self._row(connection, who, plan_id, *_SHOWN))

    def listed(self, who: Who) -> list[KeptPlan]:
        """Plans of the workspace, newest first, a hundred at most."""
        asked = select(*_SHOWN).where(plans.c.workspace_id == who.workspace_id).order_by(plans.c.created_at.desc(), plans.c.id).limit(MOST_LISTED)
        with self._store.reading() as connection:
            return [_shown(row) for row in connection.execute(asked)]

    def asked(self, who: Who, plan_id: str) -> dict[str, Any]:
        """The plan as it was sent."""
        with self._store.reading() as connection:
            found: dict[str, Any] = _unpacked(self._row(connection, who, plan_id, plans.c.asked).asked)
        self._log.read(who, "plan.read", plan_id)
        return found

    def result(self, who: Who, plan_id: str) -> dict[str, Any]:
        """What the plan costs; StateConflict while that is not known."""
        with self._store.reading() as connection:
            row = self._row(connection, who, plan_id, plans.c.state, plans.c.result)
        if row.result is None:
            raise StateConflict(f"The plan is {row.state}.", (FieldProblem("/state", f"the plan is {row.state}", "done"),))
        self._log.read(who, "plan.read", plan_id)
        found: dict[str, Any] = _unpacked(row.result)
        return found

    def cancel(self, who: Who, plan_id: str) -> KeptPlan:
        """The plan, cancelled: a runner that has it stops. StateConflict when it is over already."""
        with self._store.writing() as connection:
            row = self._row(connection, who, plan_id, plans.c.state, lock=True)
            if row.state not in OPEN_STATES:
                raise StateConflict(f"The plan is {row.state}.", (FieldProblem("/state", f"the plan is {row.state}", "queued or running"),))
            connection.execute(update(plans).where(plans.c.id == plan_id).values(state="cancelled", runner=None, lease_until=None, updated_at=now()))
            self._log.add(connection, who.workspace_id, who.name, "plan.cancel", plan_id)
        return self.get(who, plan_id)

    @staticmethod
    def _row(connection: Connection, who: Who, plan_id: str, *columns: Any, lock: bool = False) -> Row[Any]:
        row = None
        if _ID.fullmatch(plan_id):
            asked = select(*columns).where(plans.c.id == plan_id, plans.c.workspace_id == who.workspace_id)
            row = connection.execute(asked.with_for_update() if lock else asked).first()
        if row is None:
            raise NotFound("There is no such plan.")
        return row

    # --- for those who run ---------------------------------------------------------

    def waiting(self, at_once: int) -> int:
        """How many plans nobody runs, queued ones and those whose runner fell silent; 0 while `at_once` are being run."""
        with self._store.reading() as connection:
            if connection.execute(_running()).scalar_one() >= at_once:
                return 0
            return int(connection.execute(select(func.count()).select_from(plans).where(_free())).scalar_one())

    def claim(self, runner: str, at_once: int) -> Claimed | None:
        """The plan that has waited longest, for this runner; None when there is none, or `at_once` are running. A plan whose runner fell silent MOST_ATTEMPTS times has failed."""
        with self._store.writing() as connection:
            if self._store.kind != "sqlite":
                connection.execute(select(func.pg_advisory_xact_lock(7_301_001)))
            if connection.execute(_running()).scalar_one() >= at_once:
                return None
            said = orjson.dumps({"message": f"The process that costed it ended {MOST_ATTEMPTS} times.", "errors": []}).decode()
            worn = plans.c.state == "running", plans.c.lease_until < now(), plans.c.attempts >= MOST_ATTEMPTS
            connection.execute(update(plans).where(*worn).values(state="failed", problem=said, runner=None, lease_until=None, updated_at=now()))
            row = connection.execute(
                select(plans.c.id, plans.c.workspace_id, plans.c.asked).where(_free()).order_by(plans.c.created_at, plans.c.id).limit(1)
            ).first()
            if row is None:
                return None
            taken = {"state": "running", "runner": runner, "lease_until": _lease(), "attempts": plans.c.attempts + 1, "done": 0, "updated_at": now()}
            connection.execute(update(plans).where(plans.c.id == row.id).values(**taken))
        return Claimed(row.id, row.workspace_id, _unpacked(row.asked))

    def beat(self, plan_id: str, runner: str, done: int) -> bool:
        """Whether the plan is still this runner's; if so its lease begins anew."""
        with self._store.writing() as connection:
            mine = plans.c.id == plan_id, plans.c.runner == runner, plans.c.state == "running"
            return connection.execute(update(plans).where(*mine).values(done=done, lease_until=_lease(), updated_at=now())).rowcount == 1

    def finish(self, plan_id: str, runner: str, result: Mapping[str, Any] | None, problem: Mapping[str, Any] | None = None) -> bool:
        """Keep what came of a plan, when it is still this runner's."""
        values: dict[str, Any] = {"state": "done" if result is not None else "failed", "runner": None, "lease_until": None, "updated_at": now()}
        if result is not None:
            values |= {"result": _packed(result), "done": plans.c.total}
        if problem is not None:
            values["problem"] = orjson.dumps(problem).decode()
        with self._store.writing() as connection:
            mine = plans.c.id == plan_id, plans.c.runner == runner, plans.c.state == "running"
            return connection.execute(update(plans).where(*mine).values(**values)).rowcount == 1


def _running() -> Any:
    return select(func.count()).select_from(plans).where(plans.c.state == "running", plans.c.lease_until >= now())


def _free() -> Any:
    return or_(plans.c.state == "queued", (plans.c.state == "running") & (plans.c.lease_until < now()))
