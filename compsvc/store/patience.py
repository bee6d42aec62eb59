"""PostgreSQL that has fallen silent: a server that is frozen or cut off answers nothing and closes nothing, and its own time limits do not run.

Every connection is asked for a sign of life before it is used, and every statement
has a time limit on this side too: when it is over the socket is shut, which the driver
reports like a server that went away.
"""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


class Patience:
    """A time limit on one connection's next words."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def start(self, connection: Any, seconds: float) -> None:
        """Shut the connection's socket unless `stop` comes within the time."""
        self.stop()
        self._timer = threading.Timer(seconds, _shut, (connection.fileno(),))
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """The server has answered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _shut(descriptor: int) -> None:
    try:
        with socket.socket(fileno=os.dup(descriptor)) as same:
            same.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def watch(engine: Engine, ping_seconds: float, statement_seconds: float) -> None:
    """Put both limits on every connection of an engine over psycopg."""

    @event.listens_for(engine, "connect")
    def begin(connection: Any, record: Any) -> None:
        record.info["patience"] = Patience()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        patience: Patience = record.info["patience"]
        try:
            patience.start(connection, ping_seconds)
            connection.execute("SELECT 1")
            connection.rollback()
        except Exception as problem:
            raise DisconnectionError(type(problem).__name__) from None
        finally:
            patience.stop()

    @event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        patience = record.info.get("patience")
        if patience is not None:
            patience.stop()

    @event.listens_for(engine, "before_cursor_execute")
    def wait(connection: Any, _cursor: Any, _statement: str, _parameters: Any, _context: Any, executemany: bool) -> None:
        if not executemany:
            _patience_of(connection).start(connection.connection.dbapi_connection, statement_seconds)

    @event.listens_for(engine, "after_cursor_execute")
    def answered(connection: Any, *_rest: Any) -> None:
        _patience_of(connection).stop()

    @event.listens_for(engine, "commit")
    def keep(connection: Any) -> None:
        _patience_of(connection).start(connection.connection.dbapi_connection, statement_seconds)


def _patience_of(connection: Any) -> Patience:
    found: Patience = connection.connection.info["patience"]
    return found
