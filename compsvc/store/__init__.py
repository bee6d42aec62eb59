"""What is kept: SQLite by default, PostgreSQL when `COMPSVC_DATABASE_URL` names one.

A range needs nothing of this: the counter answers when the store is down, and
SQLAlchemy is imported only when something is read or written, so that workers
that only price stay small. Connections are opened by the process that uses
them, never before a fork.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from compsvc.errors import RequestInvalid, StoreConflict, StoreUnreachable
from compsvc.sealing import Seals
from compsvc.settings import ROOT, Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from compsvc.store.accounts import Accounts
    from compsvc.store.audit import AuditLog
    from compsvc.store.offers import KeptOffers
    from compsvc.store.plans import KeptPlans
    from compsvc.store.policies import BandPolicies

SQLITE = "sqlite:///"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000", "foreign_keys=ON", "secure_delete=ON")
CONNECT_SECONDS = 3
PING_SECONDS = 1.5
WAIT_SECONDS = 4
BUSY_SECONDS = 20
SESSION_HOURS = 12
OPEN_STATES = ("queued", "running")


def now() -> str:
    """The moment, ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Who(NamedTuple):
    """Who asks: the workspace, a name for the log, the role, and what the role and key together allow."""

    workspace_id: str
    name: str
    role: str
    scopes: frozenset[str]


class Served(NamedTuple):
    """A model that began to answer here, and when (ISO 8601, UTC)."""

    from_at: str
    model_id: str
    model_sha256: str
    code: str


class KeptPlan(NamedTuple):
    """A kept headcount plan without its rows and result; `done` of `total` people are costed, `problem` is why it failed."""

    id: str
    name: str
    state: str
    people: int
    done: int
    total: int
    attempts: int
    problem: dict[str, Any] | None
    created_at: str
    created_by: str
    updated_at: str

    @property
    def is_open(self) -> bool:
        """Whether it is still to be costed."""
        return self.state in OPEN_STATES


class Store:
    """One database, opened when first used by the process that uses it."""

    def __init__(self, url: str, seals: Seals | None = None) -> None:
        self.url = url
        self.seals = seals or Seals("", ROOT / "var" / "secret_key")
        self._opened_by = 0
        self._opening = threading.Lock()

    @classmethod
    def of(cls, settings: Settings) -> Store:
        """The store that settings name."""
        return cls(settings.database_url, Seals(settings.secret_key, ROOT / "var" / "secret_key"))

    @property
    def kind(self) -> str:
        """The kind of database: sqlite or postgresql."""
        return self.url.partition(":")[0].partition("+")[0]

    def ping(self) -> None:
        """Nothing when the database answers; StoreUnreachable otherwise. Uses the bare driver, so that asking costs little memory."""
        if self.kind == "sqlite" and not self._file.exists():
            raise StoreUnreachable("there is no sqlite store yet; run `compsvc store upgrade`")
        try:
            if self.kind == "sqlite":
                with sqlite3.connect(f"file:{self._file}?mode=rw", uri=True, timeout=CONNECT_SECONDS) as connection:
                    connection.execute("SELECT 1")
                connection.close()
            else:
                import psycopg

                with psycopg.connect(self.url.replace("postgresql+psycopg:", "postgresql:"), connect_timeout=CONNECT_SECONDS) as server:
                    server.execute("SELECT 1")
        except Exception as problem:
            raise StoreUnreachable(f"the {self.kind} store does not answer ({type(problem).__name__})") from problem

    @property
    def _file(self) -> Path:
        return Path(self.url.removeprefix(SQLITE))

    @property
    def engine(self) -> Engine:
        """The engine of this process; a forked child makes its own."""
        if self._opened_by != os.getpid():
            with self._opening:
                if self._opened_by != os.getpid():
                    inherited = self.__dict__.pop("_engine", None)
                    if inherited is not None:
                        inherited.dispose(close=False)
                    self._one_writer = threading.Lock()
                    self._engine = self._open()
                    self._opened_by = os.getpid()
        return self._engine

    def _open(self) -> Engine:
        from sqlalchemy import create_engine, event

        if self.kind == "sqlite":
            self._make_file()
            engine = create_engine(self.url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}, pool_timeout=WAIT_SECONDS)

            @event.listens_for(engine, "connect")
            def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
                connection.isolation_level = None
                for pragma in PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}")

            @event.listens_for(engine, "begin")
            def begin(connection: Connection) -> None:
                connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

            return engine
        from compsvc.store.patience import watch

        waits = f"-c statement_timeout={WAIT_SECONDS}s -c lock_timeout={WAIT_SECONDS}s -c idle_in_transaction_session_timeout=30s"
        engine = create_engine(
            self.url.replace("postgresql:", "postgresql+psycopg:", 1),
            hide_parameters=True,
            pool_timeout=CONNECT_SECONDS,
            pool_recycle=300,
            connect_args={"connect_timeout": CONNECT_SECONDS, "options": waits, "tcp_user_timeout": WAIT_SECONDS * 1000},
        )
        watch(engine, PING_SECONDS, WAIT_SECONDS)
        return engine

    def _make_file(self) -> None:
        """An empty file for its owner alone, where there is none; SQLite gives its side files the same rights."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as problem:
            raise StoreUnreachable(f"The sqlite store cannot be opened ({type(problem).__name__}).") from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from; StoreUnreachable when the database does not answer."""
        with self._told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, all or nothing; StoreUnreachable when the database does not answer. SQLite takes one writer of a process at a time."""
        engine = self.engine
        queue = self._one_writer if self.kind == "sqlite" else nullcontext()
        with self._told(), queue, engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the driver says when the database is away, as StoreUnreachable."""
        from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InvalidRequestError
        from sqlalchemy.exc import TimeoutError as PoolTimeout

        try:
            yield
        except IntegrityError as problem:
            raise StoreConflict(f"What was to be kept goes against what is there ({type(problem.orig).__name__}).") from None
        except DataError as problem:
            raise RequestInvalid(f"Some text or number cannot be kept ({type(problem.orig).__name__}).") from None
        except (DBAPIError, PoolTimeout, InvalidRequestError) as problem:
            name = type(getattr(problem, "orig", None) or problem).__name__
            raise StoreUnreachable(f"The {self.kind} store does not answer as it should ({name}); try again, or run `compsvc store upgrade`.") from None

    @cached_property
    def audit(self) -> AuditLog:
        """The audit log."""
        from compsvc.store.audit import AuditLog

        return AuditLog(self, self.seals)

    @cached_property
    def accounts(self) -> Accounts:
        """Workspaces, people, keys and sessions."""
        from compsvc.store.accounts import Accounts

        return Accounts(self, self.seals, self.audit)

    @cached_property
    def offers(self) -> KeptOffers:
        """Kept offers."""
        from compsvc.store.offers import KeptOffers

        return KeptOffers(self, self.audit)

    @cached_property
    def plans(self) -> KeptPlans:
        """Kept headcount plans."""
        from compsvc.store.plans import KeptPlans

        return KeptPlans(self, self.audit)

    @cached_property
    def policies(self) -> BandPolicies:
        """Band policies and pay records."""
        from compsvc.store.policies import BandPolicies

        return BandPolicies(self, self.audit)

    def upgrade(self) -> None:
        """Bring the tables to this version by Alembic; StoreUnreachable when the database does not answer."""
        from alembic import command
        from alembic.config import Config
        from sqlalchemy.exc import OperationalError

        config = Config()
        config.set_main_option("script_location", str(files("compsvc") / "migrations"))
        try:
            with self.engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except (OperationalError, OSError) as problem:
            raise StoreUnreachable(f"the {self.kind} store does not answer ({type(problem).__name__})") from problem

    def note_served(self, model_id: str, model_sha256: str, code: str) -> bool:
        """Remember that a model answers from now on; False when the last note says so already."""
        from sqlalchemy import insert, select

        from compsvc.store.tables import served

        with self.writing() as connection:
            last = connection.execute(select(served.c.model_sha256, served.c.code).order_by(served.c.id.desc()).limit(1)).first()
            if last is not None and tuple(last) == (model_sha256, code):
                return False
            connection.execute(insert(served).values(from_at=now(), model_id=model_id, model_sha256=model_sha256, code=code))
        return True

    def served(self) -> list[Served]:
        """Every model that answered here, oldest first."""
        from sqlalchemy import select

        from compsvc.store.tables import served

        self.ping()
        with self.reading() as connection:
            rows = connection.execute(select(served.c.from_at, served.c.model_id, served.c.model_sha256, served.c.code).order_by(served.c.id))
            return [Served(*row) for row in rows]
