"""The import map of docs/design.md, executed: lazy imports count, and nothing points backwards."""

import ast
import subprocess
import sys

import pytest

from tests.conftest import PROJECT

PACKAGE = PROJECT / "compsvc"
GROUND = {
    "errors",
    "vocabulary",
    "settings",
    "resolve",
    "features",
    "paymodel",
    "registry",
    "variable",
    "disclosure",
    "formulas",
    "lifecycle",
    "sealing",
    "confined",
    "papers",
    "spreadsheets",
    "store",
    "migrations",
}
WORKSHOP = {"sources", "clean", "fit", "evaluate", "cards", "workshop", "promotion"}
COUNTER = {
    *(
        "pricing",
        "batch",
        "standing",
        "bands",
        "parity",
        "equity",
        "incentives",
        "offers",
        "exports",
        "headcount",
        "postings",
        "checks",
        "ladders",
        "access",
        "kept",
    ),
    *("schemas", "answers", "api", "web", "gunicorn"),
}
ROOF = {"app", "cli", "openapi", "__main__"}
HEAVY = {"pandas", "scipy", "statsmodels", "sklearn", "pyarrow", "lightgbm", "matplotlib"}
ALLOWED = {
    **dict.fromkeys(GROUND, GROUND),
    **dict.fromkeys(WORKSHOP, GROUND | WORKSHOP),
    **dict.fromkeys(COUNTER, GROUND | COUNTER),
    **dict.fromkeys(ROOF, GROUND | COUNTER | WORKSHOP | ROOF),
}


def modules():
    return sorted(p for p in PACKAGE.rglob("*.py") if "static" not in p.parts)


def part_of(path):
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imports_of(path):
    """(first part of each compsvc import, first name of each other import), lazy and type-only ones included."""
    ours, others = set(), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{a.name}" for a in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "compsvc":
                ours.add(parts[1] if len(parts) > 1 else "")
            else:
                others.add(parts[0])
    return ours, others


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    part = part_of(path)
    if part == "__init__":
        assert imports_of(path)[0] == set()
        return
    assert part in ALLOWED, f"{part} has no floor in the import map; place it in tests/test_architecture.py and docs/design.md"
    ours, others = imports_of(path)
    backwards = {name for name in ours if name in ALLOWED and name not in ALLOWED[part]}
    assert not backwards, f"{path.name} imports {backwards}"
    if part in GROUND | COUNTER | {"app"}:
        assert not others & HEAVY, f"{path.name} is at the counter and imports {others & HEAVY}"


def test_every_part_has_a_floor_and_a_name_of_its_own():
    parts = {part_of(p) for p in modules()} - {"__init__"}
    assert parts <= set(ALLOWED)
    assert not parts & {"utils", "helpers", "common", "services", "managers", "core"}


def test_no_pickle_anywhere():
    for path in modules():
        assert not imports_of(path)[1] & {"pickle", "joblib", "shelve", "marshal", "dill"}, path


def test_importing_the_counter_brings_nothing_heavy():
    script = "import sys, compsvc.app; print([m for m in ('pandas','scipy','statsmodels','sklearn','pyarrow') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert found.stdout.strip() == "[]"


def test_repeated_names_of_files_larger_than_allowed():
    large = [p for p in PROJECT.glob("**/*") if p.is_file() and ".venv" not in p.parts and ".git" not in p.parts and p.stat().st_size > 5_000_000]
    assert not large
    assert sum(p.stat().st_size for p in (PROJECT / "datasets").rglob("*") if p.is_file()) < 25_000_000
    assert sum(p.stat().st_size for p in (PROJECT / "models").iterdir() if p.is_file()) < 20_000_000
