"""gunicorn configuration: one process pool, model loaded once before the fork and shared."""

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
