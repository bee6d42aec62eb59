"""gunicorn configuration: one process pool, model loaded once before the fork and shared."""

import subprocess
import sys
from typing import Any

from compsvc.headcount.runner import start_runner
from compsvc.settings import Settings

_settings = Settings.from_environment()
bind = f"{_settings.host}:{_settings.port}"
workers = _settings.workers
threads = _settings.threads
worker_class = "gthread"
preload_app = True
timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = 0
worker_tmp_dir = "/dev/shm"  # noqa: S108
accesslog = None
errorlog = "-"
limit_request_line = 4094


def on_starting(server: Any) -> None:
    """Bring the store up to date in a process of its own: the workers inherit none of its memory, and ranges are served without it. Then run plans that were left."""
    done = subprocess.run([sys.executable, "-m", "compsvc.cli", "store", "upgrade"], capture_output=True, text=True, check=False)
    server.log.info((done.stdout or done.stderr).strip())
    if _settings.plan_runners:
        start_runner(_settings)
