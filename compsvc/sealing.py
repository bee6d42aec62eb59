"""Keyed hashes under one secret: of API keys and sessions, of the audit log, of forms.

The secret is `COMPSVC_SECRET_KEY`, or a random one made once in `var/secret_key`,
readable by its owner alone. What the database holds is useless without it.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from compsvc.errors import StoreUnreachable

SHORTEST = 32
TOKEN_BYTES = 32


class Seals:
    """Keyed hashes, one independent key a purpose; the secret is read when first needed."""

    def __init__(self, secret: str, file: Path) -> None:
        self._given, self._file = secret, file
        self._secret = b""

    def _key(self) -> bytes:
        if not self._secret:
            self._secret = (self._given or _from_file(self._file)).encode()
            if len(self._secret) < SHORTEST:
                raise StoreUnreachable(f"COMPSVC_SECRET_KEY has fewer than {SHORTEST} characters; make one with `openssl rand -hex 32`")
        return self._secret

    def of(self, purpose: str, data: bytes) -> str:
        """Hex HMAC-SHA-256 of data under the key of a purpose."""
        return hmac.digest(hmac.digest(self._key(), purpose.encode(), "sha256"), data, "sha256").hex()

    def matches(self, purpose: str, data: bytes, seal: str) -> bool:
        """Whether a seal is that of the data, compared in constant time."""
        return hmac.compare_digest(self.of(purpose, data).encode(), seal.encode())


def _from_file(path: Path) -> str:
    """The secret of a file, made on first use; several processes starting at once agree on one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        if not path.exists():
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(TOKEN_BYTES))
                stream.flush()
                os.fsync(stream.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise StoreUnreachable(f"no secret: set COMPSVC_SECRET_KEY, or let {path.name} be written ({type(problem).__name__})") from problem


def new_token() -> str:
    """A random token of 256 bits, safe in URLs and headers."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_id(prefix: str) -> str:
    """A random identifier of 128 bits that tells what it names."""
    return f"{prefix}_{secrets.token_hex(16)}"
