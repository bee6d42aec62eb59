"""Every setting: name, default, help. They come from `COMPSVC_*` environment variables, read once at start."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("COMPSVC_RAW_DATA", "../shared/data", "folder with the raw public files that `compsvc data build` reads"),
    ("COMPSVC_DATASETS", "datasets", "folder of the recoded tables"),
    ("COMPSVC_MODELS", "models", "folder of model artifacts; the file `current` names the one served"),
    ("COMPSVC_DATABASE_URL", "sqlite:///var/compsvc.sqlite3", "what is kept: a SQLite file, or postgresql://user@host/name"),
    ("COMPSVC_SECRET_KEY", "", "secret behind API keys, sessions and the audit log, 32 characters or more; empty means a random one kept in var/secret_key"),
    (
        "COMPSVC_HTTPS",
        "auto",
        "whether browsers reach the service by HTTPS, so that session cookies need it: yes, no, or auto (yes unless bound to this machine alone)",
    ),
    ("COMPSVC_HOST", "127.0.0.1", "address `compsvc serve` binds"),
    ("COMPSVC_PORT", "8000", "port `compsvc serve` binds"),
    ("COMPSVC_WORKERS", "2", "gunicorn worker processes"),
    ("COMPSVC_THREADS", "4", "threads per worker"),
    ("COMPSVC_PLAN_RUNNERS", "1", "headcount plans costed in the background at once; 0 starts none here, and `compsvc plans work` runs them elsewhere"),
    ("COMPSVC_MAX_BODY_BYTES", "4000000", "largest request body accepted; more answers 413"),
    ("COMPSVC_TODAY", "", "date used when a request names no as_of (YYYY-MM-DD); empty means the clock"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment asks for, read once at start."""

    raw_data: Path
    datasets: Path
    models: Path
    database_url: str
    secret_key: str
    https: str
    host: str
    port: int
    workers: int
    threads: int
    plan_runners: int
    max_body_bytes: int
    today: str

    @property
    def secure_cookies(self) -> bool:
        """Whether session cookies are for HTTPS alone."""
        return self.https == "yes" or (self.https != "no" and self.host not in ("127.0.0.1", "::1", "localhost"))

    @classmethod
    def from_environment(cls, **overrides: Any) -> Settings:
        """Settings from `COMPSVC_*`, defaults from SETTINGS, `overrides` last."""
        values: dict[str, Any] = {}
        types = {f.name: f.type for f in fields(cls)}
        for name, default, _help in SETTINGS:
            key = name.removeprefix("COMPSVC_").lower()
            raw = os.environ.get(name, default)
            kind = types[key]
            if kind == "Path":
                path = Path(raw).expanduser()
                values[key] = path if path.is_absolute() else ROOT / path
            else:
                values[key] = int(raw) if kind == "int" else raw
        file = values["database_url"].removeprefix("sqlite:///")
        if file != values["database_url"]:
            values["database_url"] = f"sqlite:///{ROOT / file}"
        values.update(overrides)
        return cls(**values)
