"""Workspaces, their people and API keys, and sign-in sessions. Keys and sessions are kept as seals, passwords by scrypt: a dump opens nothing."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, delete, insert, select, update
from werkzeug.security import check_password_hash, generate_password_hash

from compsvc.errors import FieldProblem, NotFound, RequestInvalid, StoreConflict, TooManyAttempts, Unauthenticated
from compsvc.sealing import Seals, new_id, new_token
from compsvc.store import SESSION_HOURS, now
from compsvc.store.audit import AuditLog
from compsvc.store.tables import api_keys, people, sessions, sign_in_failures, workspaces

if TYPE_CHECKING:
    from compsvc.store import Store

KEY_PREFIX = "csk"
KEY_DAYS = 90
SHORTEST_PASSWORD = 12
FAILURES_ALLOWED = 10
FAILURE_MINUTES = 15
CHECKED_AT_ONCE, CHECK_WAIT_SECONDS = 2, 1.0
LONGEST_NAME, LONGEST_ADDRESS = 80, 200
_KEY = re.compile(rf"{KEY_PREFIX}_([0-9a-f]{{32}})_([A-Za-z0-9_-]{{43}})")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_NOBODY = generate_password_hash(new_token())


class Key(NamedTuple):
    """An API key as it may be shown: never the key itself."""

    id: str
    name: str
    role: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str
    revoked_at: str | None


class Person(NamedTuple):
    """Somebody who may sign in."""

    id: str
    email: str
    role: str
    disabled: bool


def _long_enough(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise RequestInvalid("The password is short.", (FieldProblem("/password", f"{len(password)} characters", f"at least {SHORTEST_PASSWORD} characters"),))


def _later(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat(timespec="seconds")


class Accounts:
    """Who may do what, by key or by session."""

    def __init__(self, store: Store, seals: Seals, log: AuditLog) -> None:
        self._store, self._seals, self._log = store, seals, log
        self._checking = threading.BoundedSemaphore(CHECKED_AT_ONCE)

    # --- workspaces and people ---------------------------------------------------

    def add_workspace(self, name: str) -> str:
        """Id of a new workspace; RequestInvalid when the name is taken."""
        _fits("/name", name, LONGEST_NAME)
        workspace_id = new_id("wsp")
        try:
            with self._store.writing() as connection:
                connection.execute(insert(workspaces).values(id=workspace_id, name=name, created_at=now()))
                self._log.start(connection, workspace_id)
                self._log.add(connection, workspace_id, "command line", "workspace.add", workspace_id)
        except StoreConflict:
            raise RequestInvalid("The name is taken.", (FieldProblem("/name", f"there is a workspace '{name}' already", "another name"),)) from None
        return workspace_id

    def workspace_id(self, name: str) -> str:
        """Id of a workspace by name; NotFound otherwise."""
        with self._store.reading() as connection:
            names = {row.name: row.id for row in connection.execute(select(workspaces.c.name, workspaces.c.id))}
        if name not in names:
            raise NotFound(
                f"There is no workspace '{name}'.", (FieldProblem("/workspace", f"there is no workspace '{name}'", ", ".join(sorted(names)) or "none yet"),)
            )
        return str(names[name])

    def workspace_name(self, workspace_id: str) -> str:
        """Name of a workspace."""
        with self._store.reading() as connection:
            return str(connection.execute(select(workspaces.c.name).where(workspaces.c.id == workspace_id)).scalar_one())

    def workspace_names(self) -> list[str]:
        """Every workspace's name, sorted."""
        with self._store.reading() as connection:
            return sorted(str(name) for name in connection.execute(select(workspaces.c.name)).scalars())

    def add_person(self, workspace_id: str, email: str, role: str, password: str) -> str:
        """Id of a new person who may sign in; RequestInvalid when the address is taken or the password short."""
        _long_enough(password)
        _fits("/email", email, LONGEST_ADDRESS)
        if not _ADDRESS.fullmatch(email.strip()):
            raise RequestInvalid("That is no e-mail address.", (FieldProblem("/email", f"'{email}' is no address", "name@company.example"),))
        person_id = new_id("per")
        try:
            with self._store.writing() as connection:
                connection.execute(
                    insert(people).values(
                        id=person_id,
                        workspace_id=workspace_id,
                        email=email.strip().lower(),
                        role=role,
                        password_hash=generate_password_hash(password),
                        disabled=False,
                        created_at=now(),
                    )
                )
                self._log.add(connection, workspace_id, "command line", "person.add", person_id, role)
        except StoreConflict:
            raise RequestInvalid("The address is taken.", (FieldProblem("/email", f"'{email}' may sign in already", "another address"),)) from None
        return person_id

    def people(self, workspace_id: str) -> list[Person]:
        """Everybody of a workspace."""
        asked = select(people.c.id, people.c.email, people.c.role, people.c.disabled).where(people.c.workspace_id == workspace_id).order_by(people.c.email)
        with self._store.reading() as connection:
            return [Person(*row) for row in connection.execute(asked)]

    def disable_person(self, workspace_id: str, email: str) -> None:
        """Somebody who may no longer sign in; open sessions end. NotFound for an unknown address."""
        self._set(workspace_id, email, "person.disable", disabled=True)

    def set_password(self, workspace_id: str, email: str, password: str) -> None:
        """A new password for somebody, who may sign in again if that was stopped; open sessions end. NotFound for an unknown address."""
        _long_enough(password)
        self._set(workspace_id, email, "person.password", password_hash=generate_password_hash(password), disabled=False)

    def _set(self, workspace_id: str, email: str, action: str, **values: object) -> None:
        with self._store.writing() as connection:
            found = connection.execute(select(people.c.id).where(people.c.workspace_id == workspace_id, people.c.email == email.strip().lower())).scalar()
            if found is None:
                raise NotFound(f"Nobody signs in as '{email}' in this workspace.")
            connection.execute(update(people).where(people.c.id == found).values(**values))
            connection.execute(delete(sessions).where(sessions.c.person_id == found))
            self._log.add(connection, workspace_id, "command line", action, str(found))

    # --- API keys ----------------------------------------------------------------

    def add_key(self, workspace_id: str, name: str, role: str, scopes: tuple[str, ...], days: int = KEY_DAYS) -> tuple[str, str]:
        """(key id, the key itself): shown this once, kept as a seal."""
        _fits("/name", name, LONGEST_NAME)
        key_id, secret = new_id("x").removeprefix("x_"), new_token()
        with self._store.writing() as connection:
            connection.execute(
                insert(api_keys).values(
                    id=key_id,
                    workspace_id=workspace_id,
                    name=name,
                    role=role,
                    scopes=" ".join(scopes),
                    key_seal=self._seals.of("key", f"{key_id}_{secret}".encode()),
                    created_at=now(),
                    expires_at=_later(days=days),
                )
            )
            self._log.add(connection, workspace_id, "command line", "key.add", key_id, f"{role} {' '.join(scopes)}".strip())
        return key_id, f"{KEY_PREFIX}_{key_id}_{secret}"

    def keys(self, workspace_id: str) -> list[Key]:
        """Every key of a workspace, newest first."""
        columns = [api_keys.c[name] for name in Key._fields]
        with self._store.reading() as connection:
            rows = connection.execute(select(*columns).where(api_keys.c.workspace_id == workspace_id).order_by(api_keys.c.created_at.desc(), api_keys.c.id))
            return [Key(*row)._replace(scopes=tuple(row.scopes.split())) for row in rows]

    def revoke_key(self, workspace_id: str, key_id: str) -> None:
        """A key that no longer opens anything; NotFound for an unknown one."""
        with self._store.writing() as connection:
            done = connection.execute(
                update(api_keys)
                .where(api_keys.c.workspace_id == workspace_id, api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
                .values(revoked_at=now())
            )
            if not done.rowcount:
                raise NotFound(f"There is no key '{key_id}' to revoke in this workspace.")
            self._log.add(connection, workspace_id, "command line", "key.revoke", key_id)

    def by_key(self, given: str) -> tuple[str, str, str, tuple[str, ...]]:
        """(workspace id, name for the log, role, scopes) of an API key; Unauthenticated for one that is unknown, expired or revoked."""
        parts = _KEY.fullmatch(given)
        if parts is None:
            raise Unauthenticated("This is not an API key.")
        with self._store.reading() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == parts[1])).first()
        seal = row.key_seal if row else "0" * 64
        sound = self._seals.matches("key", f"{parts[1]}_{parts[2]}".encode(), seal)
        if row is None or not sound or row.revoked_at is not None or row.expires_at <= now():
            raise Unauthenticated("The API key is unknown, expired or revoked.")
        return row.workspace_id, f"key {row.id[:8]} ({row.name})", row.role, tuple(row.scopes.split())

    # --- sessions ----------------------------------------------------------------

    def sign_in(self, email: str, password: str) -> str:
        """Token of a new session; Unauthenticated, or TooManyAttempts after ten failures in a quarter of an hour."""
        address = email.strip().lower()[:LONGEST_ADDRESS].replace("\0", "")
        subject = self._seals.of("sign-in", address.encode())
        if self._count_attempt(subject) > FAILURES_ALLOWED:
            raise TooManyAttempts(f"Too many failed sign-ins; try again in {FAILURE_MINUTES} minutes.")
        with self._store.reading() as connection:
            person = connection.execute(select(people).where(people.c.email == address)).first()
        if not self._checking.acquire(timeout=CHECK_WAIT_SECONDS):
            raise TooManyAttempts("Many people are signing in at this moment; try again.")
        try:
            sound = check_password_hash(person.password_hash if person else _NOBODY, password)
        finally:
            self._checking.release()
        if person is None or not sound or person.disabled:
            if person:
                with self._store.writing() as connection:
                    self._log.add(connection, person.workspace_id, address, "sign-in.failed", person.id)
            raise Unauthenticated("The address or the password is not right.")
        token = new_token()
        with self._store.writing() as connection:
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.subject == subject))
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now()))
            connection.execute(
                insert(sessions).values(seal=self._seals.of("session", token.encode()), person_id=person.id, expires_at=_later(hours=SESSION_HOURS))
            )
            self._log.add(connection, person.workspace_id, person.email, "sign-in", person.id)
        return token

    def _count_attempt(self, subject: str) -> int:
        """Attempts of a subject in the present window, this one included; counted before the password is looked at, forgotten on success."""
        from sqlalchemy.dialects import postgresql, sqlite

        upsert = (sqlite if self._store.kind == "sqlite" else postgresql).insert(sign_in_failures)
        began, at = _later(minutes=-FAILURE_MINUTES), now()
        old = sign_in_failures.c.since <= began
        added = upsert.values(subject=subject, since=at, n=1).on_conflict_do_update(
            index_elements=[sign_in_failures.c.subject],
            set_={"n": case((old, 1), else_=sign_in_failures.c.n + 1), "since": case((old, at), else_=sign_in_failures.c.since)},
        )
        with self._store.writing() as connection:
            connection.execute(delete(sign_in_failures).where(old, sign_in_failures.c.subject != subject))
            connection.execute(added)
            return int(connection.execute(select(sign_in_failures.c.n).where(sign_in_failures.c.subject == subject)).scalar_one())

    def by_session(self, token: str) -> tuple[str, str, str]:
        """(workspace id, address, role) of an open session; Unauthenticated otherwise."""
        seal = self._seals.of("session", token.encode())
        asked = select(people, sessions.c.expires_at).join(sessions, sessions.c.person_id == people.c.id).where(sessions.c.seal == seal)
        with self._store.reading() as connection:
            row = connection.execute(asked).first()
        if row is None or row.disabled or row.expires_at <= now():
            raise Unauthenticated("The session is over; sign in again.")
        return row.workspace_id, row.email, row.role

    def sign_out(self, token: str) -> None:
        """A session that is over."""
        mine = sessions.c.seal == self._seals.of("session", token.encode())
        with self._store.writing() as connection:
            person = connection.execute(select(people).join(sessions, sessions.c.person_id == people.c.id).where(mine)).first()
            connection.execute(delete(sessions).where(mine))
            if person is not None:
                self._log.add(connection, person.workspace_id, person.email, "sign-out", person.id)


def _fits(pointer: str, text: str, longest: int) -> None:
    if not 1 <= len(text.strip()) <= longest or not text.isprintable():
        raise RequestInvalid("The name does not fit.", (FieldProblem(pointer, f"{len(text)} characters", f"1 to {longest} printable characters"),))
