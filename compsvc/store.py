"""What is kept: SQLite by default, PostgreSQL when `COMPSVC_DATABASE_URL` names one.

A range needs nothing of this: the counter answers when the store is down, and
SQLAlchemy is imported only when something is read or written, so that workers
that only price stay small. Connections are opened by the process that uses
them, never before a fork.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from compsvc.errors import StoreUnreachable

if TYPE_CHECKING:
    from sqlalchemy import Engine

SQLITE = "sqlite:///"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "secure_delete=ON")
CONNECT_SECONDS = 3


class Served(NamedTuple):
    """A model that began to answer here, and when (ISO 8601, UTC)."""

    from_at: str
    model_id: str
    model_sha256: str
    code: str


class Store:
    """One database, opened when first used by the process that uses it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened_by = 0

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
            inherited = self.__dict__.pop("_engine", None)
            if inherited is not None:
                inherited.dispose(close=False)
            self._opened_by = os.getpid()
        return self._engine

    @cached_property
    def _engine(self) -> Engine:
        from sqlalchemy import create_engine, event

        if self.kind == "sqlite":
            self._file.parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(self.url, connect_args={"timeout": 5})

            @event.listens_for(engine, "connect")
            def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
                for pragma in PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}")

            return engine
        url = self.url.replace("postgresql:", "postgresql+psycopg:", 1)
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})

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
        from sqlalchemy import text

        with self.engine.begin() as connection:
            last = connection.execute(text("SELECT model_sha256, code FROM served ORDER BY id DESC LIMIT 1")).first()
            if last is not None and tuple(last) == (model_sha256, code):
                return False
            connection.execute(
                text("INSERT INTO served (from_at, model_id, model_sha256, code) VALUES (:at, :model, :sha, :code)"),
                {"at": datetime.now(UTC).isoformat(timespec="seconds"), "model": model_id, "sha": model_sha256, "code": code},
            )
        return True

    def served(self) -> list[Served]:
        """Every model that answered here, oldest first."""
        from sqlalchemy import text
        from sqlalchemy.exc import DBAPIError

        try:
            self.ping()
            with self.engine.connect() as connection:
                return [Served(*row) for row in connection.execute(text("SELECT from_at, model_id, model_sha256, code FROM served ORDER BY id"))]
        except DBAPIError as problem:
            raise StoreUnreachable("the store has no such table yet; run `compsvc store upgrade`") from problem
