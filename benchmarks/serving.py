"""CPU per request of POST /v1/ranges against a bare Flask hello-JSON route, and against statsmodels' formula predict.

In process through the WSGI callable, short rounds interleaved so that a slow
spell of the machine falls on both sides; median of the rounds' ratios. Run: python -m benchmarks.serving
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from compsvc.app import create_app

ROUNDS = 60
CALLS = 100
CODED = {
    "occupation": "11-2022",
    "level": "M5",
    "location": "12420",
    "industry": "5418",
    "employees": 200,
    "experience_years": 8,
    "as_of": "2026-11-22",
    "currency": "USD",
}
OCCUPATIONS = ("11-2022", "41-3091", "15-1252", "13-2011", "29-1141", "11-3121", "13-1161", "23-1011", "15-2051", "13-1071")
AREAS = ("12420", "35620", "14460", "41860", "18140", "19740", "42660", "16740", "47900", "31080")
TITLES = (
    "Account Director",
    "Sr. Acct Mgr",
    "VP, Client Services",
    "Senior Software Engineer",
    "Registered Nurse",
    "Marketing Mgr",
    "Data Analyst II",
    "HR Generalist",
    "Associate Director of Account Strategy",
    "Staff Accountant",
)
PLACES = ("Austin TX", "NYC", "Boston, MA", "San Francisco Bay Area", "Columbus, Ohio", "Remote (US)", "Denver", "Travis County, TX", "Texas", "Seattle, WA")
INDUSTRIES = ("ad agency", "SaaS", "hospital", "manufacturing", "bank")


def hello() -> Flask:
    """A Flask application with one route that answers a small JSON object."""
    app = Flask("hello")

    @app.post("/hello")
    def answer() -> dict[str, str]:
        return {"hello": "world"}

    return app


def caller(app: Any, path: str, body: bytes) -> Callable[[], int]:
    """One WSGI call; gives the length of the body."""
    base = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost",
    }

    def call() -> int:
        out = app.wsgi_app({**base, "wsgi.input": io.BytesIO(body)}, lambda *_: None)
        return sum(len(part) for part in out)

    return call


def cpu(calls: list[Callable[[], int]]) -> float:
    """CPU seconds per call over CALLS calls."""
    start = time.process_time()
    for i in range(CALLS):
        calls[i % len(calls)]()
    return (time.process_time() - start) / CALLS


def coded(model: Any) -> list[dict[str, Any]]:
    """Roles by codes, each different in occupation, level, place, industry, size and years."""
    levels, industries = model.spec.levels, model.spec.industries
    return [
        CODED
        | {
            "occupation": OCCUPATIONS[i % 10],
            "level": levels[(i * 7) % len(levels)],
            "location": AREAS[(i // 10) % 10],
            "industry": industries[(i * 11) % len(industries)],
            "employees": 10 + 37 * i,
            "experience_years": i % 31,
        }
        for i in range(100)
    ]


def free_text() -> list[dict[str, Any]]:
    """Roles in people's words, each different."""
    return [{"title": t, "location": p, "industry": INDUSTRIES[i % len(INDUSTRIES)], "as_of": "2026-11-22"} for i, t in enumerate(TITLES) for p in PLACES]


def offers() -> list[dict[str, Any]]:
    """Offers with equity and an accelerated plan, each for another role and pay."""
    plan = {"quota_usd": 800_000, "threshold": 0.3, "tiers": [{"above": 1.0, "multiplier": 1.5}], "tier_type": "marginal", "cap": 3}
    return [{"role": role, "base_usd": 90_000 + 500 * i, "variable_usd": 40_000, "equity": {"usd": 60_000}, "plan": plan} for i, role in enumerate(free_text())]


def statsmodels_seconds() -> float:
    """CPU seconds of five quantiles by QuantReg formula predict for one role, on a frame of the same fields."""
    script = """
import time, warnings; warnings.simplefilter("ignore")
import numpy as np, pandas as pd, statsmodels.formula.api as smf
rng = np.random.default_rng(0); n = 4000
d = pd.DataFrame({"occupation": rng.choice(list("abcdefgh"), n), "level": rng.choice(list("PQRS"), n), "area": rng.choice(list("klmnop"), n), "industry": rng.choice(list("uvwx"), n), "size": rng.choice(list("12345"), n), "years": rng.uniform(0, 30, n)})
d["y"] = 11 + .01 * d.years + rng.normal(0, .3, n)
fits = [smf.quantreg("y ~ C(occupation) + C(level) + C(area) + C(industry) + C(size) + years", d).fit(q=q) for q in (.1, .25, .5, .75, .9)]
one = {"occupation": "a", "level": "P", "area": "k", "industry": "u", "size": "1", "years": 8.0}
times = []
for _ in range(15):
    start = time.process_time()
    for _ in range(5):
        frame = pd.DataFrame([one]); [float(np.exp(f.predict(frame).iloc[0])) for f in fits]
    times.append((time.process_time() - start) / 5)
print(sorted(times)[7])
"""
    return float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)


def memory_mb() -> dict[str, Any]:
    """RSS of one gunicorn worker after requests, and whether workshop packages were imported."""
    script = """
import json, sys
sys.path.insert(0, ".")
from benchmarks.serving import CODED, caller, free_text
from compsvc.app import create_app
app = create_app()
for role in [CODED, *free_text()]:
    caller(app, "/v1/ranges", json.dumps(role).encode())()
rss = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(json.dumps({"rss_mb": round(rss / 1024, 1), "imported": [m for m in ("pandas", "scipy", "statsmodels", "sklearn", "pyarrow") if m in sys.modules]}))
"""
    return dict(json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout))


def where_time_goes(app: Any) -> dict[str, float]:
    """Microseconds of each step of a coded request."""
    import orjson

    from compsvc import schemas
    from compsvc.pricing import price
    from compsvc.resolve.roles import resolve_role

    model = app.extensions["compsvc"].models.current()
    asked = schemas.load(schemas.ROLE, CODED)
    body = price(model, asked, "2026-11-22")
    role = resolve_role(model, asked)
    steps = {
        "marshmallow load": lambda: schemas.load(schemas.ROLE, CODED),
        "resolve": lambda: resolve_role(model, asked),
        "model (locate and quantiles)": lambda: model.quantiles(model.locate(role.role, 2026.9, None, role.family_index)),
        "price in all (resolve, model, body)": lambda: price(model, asked, "2026-11-22"),
        "orjson dump": lambda: orjson.dumps(body),
    }
    found = {}
    for name, step in steps.items():
        start = time.process_time()
        for _ in range(2000):
            step()
        found[name] = round((time.process_time() - start) / 2000 * 1e6, 1)
    return found


def main() -> None:
    """Measure and print."""
    app, bare, plain = create_app(), hello(), create_app()
    plain.wsgi_app = plain.wsgi_app._wsgi  # type: ignore[method-assign,attr-defined]
    groups = {
        "hello": [caller(bare, "/hello", b"{}")],
        "coded": [caller(app, "/v1/ranges", json.dumps(role).encode()) for role in coded(app.extensions["compsvc"].models.current())],
        "through Flask": [caller(plain, "/v1/ranges", json.dumps(role).encode()) for role in coded(app.extensions["compsvc"].models.current())],
        "an offer": [caller(app, "/v1/offers/model", json.dumps(offer).encode()) for offer in offers()],
        "free text": [caller(app, "/v1/ranges", json.dumps(role).encode()) for role in free_text()],
    }
    times: dict[str, list[float]] = {name: [] for name in groups}
    for calls in groups.values():
        cpu(calls)
    for _ in range(ROUNDS):
        for name, calls in groups.items():
            times[name].append(cpu(calls))
    median = {name: statistics.median(values) for name, values in times.items()}
    ratio = {name: statistics.median(a / b for a, b in zip(values, times["hello"], strict=True)) for name, values in times.items()}
    cold = create_app()
    roles = [
        caller(cold, "/v1/ranges", json.dumps({"title": f"{t} {w}", "location": "Austin TX", "industry": "SaaS"}).encode())
        for t in TITLES
        for w in ("east", "west", "north", "growth", "field", "digital", "cloud", "retail", "media", "team")
    ]
    start = time.process_time()
    for call in roles:
        call()
    first_seen = (time.process_time() - start) / len(roles)
    print(f"hello-JSON            {median['hello'] * 1e6:7.1f} us CPU per request")
    print(f"coded role            {ratio['coded']:7.2f} x hello   (target <= 3, three components; answered before Flask's contexts)")
    print(f"  by Flask's own route{ratio['through Flask']:7.2f} x hello   (the same function behind Flask's route)")
    print(f"free text             {ratio['free text']:7.2f} x hello   (target <= 4)")
    print(f"an offer with its plan{ratio['an offer']:6.2f} x hello   (years, standing, curve, expected pay; nothing is kept)")
    print(f"free text, first seen {first_seen / median['hello']:7.2f} x hello   (no title resolved before)")
    print(f"statsmodels predict   {statsmodels_seconds() / median['coded']:7.0f} x coded   (target >= 50)")
    print(f"worker memory         {memory_mb()}   (target <= 80 MB, nothing imported)")
    for name, value in where_time_goes(app).items():
        print(f"    {name:<36}{value:7.1f} us")


if __name__ == "__main__":
    main()
