"""The command line: data, fit, evaluate, models, store, price, serve."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from compsvc import __version__, registry, schemas
from compsvc.errors import CompsvcError, RequestError, RequestInvalid
from compsvc.paymodel import PayModel
from compsvc.pricing import price
from compsvc.settings import QUANTILE_NAMES, ROOT, Settings
from compsvc.store import Store

CSV_IN = ("id", "title", "occupation", "level", "location", "industry", "employees", "experience_years", "remote", "as_of", "currency")
CSV_OUT = ("id", "status", "reason", "occupation", "level", "area", *(f"base_{q}" for q in QUANTILE_NAMES), "model_id", "warnings")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


class _Main(click.Group):
    """Prints our own errors as one line and exits with 2 for the user's fault, 1 for ours."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CompsvcError as problem:
            click.echo(f"compsvc: {problem.message}", err=True)
            for p in problem.problems:
                near = f" Did you mean {', '.join(p.did_you_mean)}?" if p.did_you_mean else ""
                allowed = f" Allowed: {p.allowed}." if p.allowed else ""
                click.echo(f"  {p.pointer.lstrip('/') or 'input'}: {p.detail}.{near}{allowed}", err=True)
            raise SystemExit(2 if isinstance(problem, RequestError) else 1) from None


@click.group(cls=_Main)
@click.version_option(__version__)
def main() -> None:
    """Pay ranges that are measured, explained and reproducible."""


def _settings() -> Settings:
    return Settings.from_environment()


def _today(settings: Settings) -> str:
    return settings.today or datetime.now(UTC).date().isoformat()


def _model() -> PayModel:
    return registry.load_newest_sound(_settings().models)


# --- price ---------------------------------------------------------------------


@main.command("price")
@click.argument("title", required=False)
@click.option("--occupation", help="SOC 2018 code, such as 11-2022")
@click.option("--family", help="job family code, such as account-management")
@click.option("--level", help="P1 to P6, M1 to M6, E1 to E3; else read from the title")
@click.option("--location", help="city and state, county, CBSA code, state, or United States")
@click.option("--industry", help="NAICS code or everyday name")
@click.option("--employees", help="company headcount or a range such as 100-499")
@click.option("--experience-years", type=float, help="years in the field")
@click.option("--remote", help="true, false, on-site, hybrid or remote")
@click.option("--as-of", help="date pay is aged to (YYYY-MM-DD); today by default")
@click.option("--currency", help="USD; the place decides it when left out")
@click.option("--population", help="price as one source's people, such as survey-2023, instead of the market")
@click.option("--json", "as_json", is_flag=True, help="the same body as POST /v1/ranges")
@click.option("--csv", "csv_in", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="price every row of a CSV file")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="where --csv writes; standard output by default")
def price_command(as_json: bool, csv_in: Path | None, out: Path | None, **given: Any) -> None:
    """Price one role, or a CSV file of roles."""
    settings = _settings()
    model = _model()
    if csv_in is not None:
        _price_csv(model, csv_in, out, given.get("population"), _today(settings))
        return
    body = {k: v for k, v in given.items() if v is not None}
    asked = schemas.load(schemas.ROLE, body)
    answer = price(model, asked, _today(settings))
    if as_json:
        click.echo(orjson.dumps(answer).decode())
    else:
        click.echo(table_of(answer))


def table_of(answer: dict[str, Any]) -> str:
    """An answer as a table for people."""
    role, base = answer["role"], answer["pay"]["base"]
    head = role["title"] or role["occupation"]["name"]
    level = f"{role['level']['code']} {role['level']['name']}" if role["level"] else "any level"
    lines = [
        f"{head} · {level} · {role['area']['name']}"
        + (f" · {role['industry']['name']}" if role["industry"] else "")
        + (f" · {role['size']['code']} employees" if role["size"] else ""),
        f"base pay, {answer['currency']} per year at {answer['as_of']} (model {answer['model_id']})",
        "",
        "      P10       P25    MEDIAN       P75       P90",
        "".join(f"{base[q]:>10,}" for q in QUANTILE_NAMES).replace("  ", " ", 1),
        f"90 % interval of the median: {base['interval']['p50'][0]:,} to {base['interval']['p50'][1]:,}",
        "",
        f"{'factor':<12}{'times':>8}   {'so far':>9}   evidence",
    ]
    running = base["factors"][0]["value_usd"]
    lines.append(f"{'reference':<12}{'':>8}   {running:>9,.0f}   {base['factors'][0]['evidence']}")
    for row in base["factors"][1:]:
        running *= row["factor"]
        lines.append(f"{row['name']:<12}{row['factor']:>8.3f}   {running:>9,.0f}   {row['evidence']}")
    family = role["family"]
    lines += ["", "occupations: " + ", ".join(f"{o['name']} {o['weight']:.0%}" for o in role["occupation"]["mixture"])]
    if family:
        lines.append(f"family: {family['name']} (match {family['match']:.2f})")
    lines += [f"note: {w['message']}" for w in answer["warnings"]]
    return "\n".join(lines)


def _price_csv(model: PayModel, source: Path, out: Path | None, population: str | None, today: str) -> None:
    with source.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        header = [h.strip() for h in reader.fieldnames or []]
        unknown = [h for h in header if h not in CSV_IN]
        if unknown or "id" not in header:
            problem = f"column '{unknown[0]}' is not known" if unknown else "column 'id' is missing"
            raise click.UsageError(f"{source.name}: {problem}; the columns are {', '.join(CSV_IN)}")
        rows = list(reader)
    target = out.open("w", newline="", encoding="utf-8") if out else sys.stdout
    try:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(CSV_OUT)
        with click.progressbar(
            _priced(model, rows, population, today),
            length=len(rows),
            label=f"pricing {len(rows):,} roles",
            file=sys.stderr,
            hidden=not sys.stderr.isatty() and out is None,
        ) as priced:
            for line in priced:
                writer.writerow([_safe(cell) for cell in line])
    finally:
        if out:
            target.close()


def _priced(model: PayModel, rows: Iterable[dict[str, Any]], population: str | None, today: str) -> Iterator[list[Any]]:
    for row in rows:
        yield csv_row(model, row, population, today)


def csv_row(model: PayModel, row: dict[str, Any], population: str | None, today: str) -> list[Any]:
    """One output row: priced, or a status and a reason; nothing a row holds stops the file."""
    identity = (row.get("id") or "").strip()
    try:
        if None in row:
            raise RequestInvalid("the row has more cells than the header")
        asked = schemas.load(schemas.FORM, {k: v for k, v in row.items() if k != "id" and v is not None})
        if population:
            asked["population"] = population
        answer = price(model, asked, today)
    except RequestError as problem:
        reason = "; ".join(f"{p.pointer.lstrip('/')}: {p.detail}" for p in problem.problems) or problem.message
        return [identity, "refused", reason, *[""] * (len(CSV_OUT) - 3)]
    role, base = answer["role"], answer["pay"]["base"]
    warnings = "; ".join(w["code"] for w in answer["warnings"])
    return [
        identity,
        "ok",
        "",
        role["occupation"]["code"],
        role["level"]["code"] if role["level"] else "",
        role["area"]["code"],
        *(base[q] for q in QUANTILE_NAMES),
        answer["model_id"],
        warnings,
    ]


def _safe(cell: Any) -> Any:
    """Text that no spreadsheet executes (OWASP CSV injection); numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


# --- data, fit, evaluate, models ----------------------------------------------------


def _reporter(quiet: bool = False) -> Any:
    def report(step: str) -> None:
        if not quiet:
            click.echo(f"  {step}", err=True)

    return report


@main.group()
def data() -> None:
    """Build the recoded tables; add your own rows."""


@data.command("build")
def data_build() -> None:
    """Read the raw files and write datasets/."""
    from compsvc import workshop

    settings = _settings()
    names = workshop.build_data(settings.raw_data, settings.datasets, _reporter())
    click.echo(f"{len(names)} datasets written to {settings.datasets.name}/")


@data.command("add")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def data_add(path: Path) -> None:
    """Check and code your own CSV of points or survey cuts (docs/own-data.md)."""
    from compsvc import workshop

    added = workshop.add_own(path, _settings().datasets)
    for line, reason in added.refused:
        click.echo(f"line {line} refused: {reason}", err=True)
    click.echo(f"{added.dataset_id}: {added.taken} rows taken, {len(added.refused)} refused")
    if added.taken:
        click.echo(f"use it: compsvc fit --with {added.dataset_id.removeprefix('own-')}")


@main.command("fit")
@click.option("--with", "own", multiple=True, help="name of a dataset added with `compsvc data add`")
@click.option("--fitted-on", default=None, help="date written into the artifact (today by default); the same date, data and code give the same bytes")
@click.option("--promote", is_flag=True, help="promote it when the gate allows")
def fit_command(own: tuple[str, ...], fitted_on: str | None, promote: bool) -> None:
    """Fit and evaluate a model from datasets/ and write the artifact and its card."""
    from compsvc import promotion, workshop

    settings = _settings()
    model_id = workshop.fit_artifact(settings.datasets, settings.models, own, fitted_on or _today(settings), _reporter())
    click.echo(f"model {model_id} written; card in {settings.models.name}/{model_id}.md")
    if promote:
        promotion.promote(settings.models, model_id)
        click.echo(f"model {model_id} promoted")


@main.command("evaluate")
@click.argument("model_id", required=False)
def evaluate_command(model_id: str | None) -> None:
    """Print a model's promises with their figures."""
    settings = _settings()
    chosen = registry.require_known(settings.models, model_id) if model_id else registry.current_id(settings.models)
    from compsvc import paymodel

    card = paymodel.load(settings.models, chosen).body["evaluation"]
    click.echo(f"model {chosen}")
    for row in card["targets"]:
        value = ", ".join(row["value"]) if isinstance(row["value"], list) else row["value"]
        click.echo(f"{'kept  ' if row['met'] else 'MISSED'}  {row['name']}: {value} (target {row['target']})")


@main.group()
def models() -> None:
    """List, promote and roll back models."""


@models.command("list")
def models_list() -> None:
    """Every artifact; the one that serves is marked."""
    settings = _settings()
    serving = registry.current_id(settings.models) if (settings.models / "current").exists() else ""
    for model_id in registry.known_ids(settings.models):
        click.echo(f"{'*' if model_id == serving else ' '} {model_id}")


@models.command("promote")
@click.argument("model_id")
@click.option("--force", "reason", default=None, metavar="REASON", help="promote although the gate refuses; say why")
def models_promote(model_id: str, reason: str | None) -> None:
    """Let the gate decide, then switch atomically."""
    from compsvc import promotion

    promotion.promote(_settings().models, model_id, reason)
    click.echo(f"model {model_id} promoted")


@models.command("rollback")
def models_rollback() -> None:
    """Return to the model promoted before."""
    from compsvc import promotion

    click.echo(f"model {promotion.rollback(_settings().models)} serves again")


@models.command("served")
def models_served() -> None:
    """Which model answered here from when on, as the store remembers it."""
    for entry in Store(_settings().database_url).served():
        click.echo(f"{entry.from_at}  {entry.model_id}  model {entry.model_sha256[:12]}  code {entry.code}")


# --- store, serve -------------------------------------------------------------------


@main.group()
def store() -> None:
    """The database of what is kept."""


@store.command("upgrade")
def store_upgrade() -> None:
    """Create or upgrade the tables, and note the model that serves now."""
    settings = _settings()
    kept, model = Store(settings.database_url), _model()
    kept.upgrade()
    kept.note_served(model.model_id, model.sha256, registry.code_digest().hex())
    click.echo(f"{kept.kind} store ready; serving {model.model_id}")


@main.command("serve")
def serve_command() -> None:
    """Run the service with gunicorn."""
    settings = _settings()
    model = _model()
    example = price(
        model, schemas.load(schemas.ROLE, {"title": "Account Director", "location": "Austin, TX", "industry": "ad agency", "employees": 200}), _today(settings)
    )
    click.echo(table_of(example))
    click.echo(f"\nserving on http://{settings.host}:{settings.port}  (API docs at /docs; stop with Ctrl-C)", err=False)
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(  # noqa: S606
        sys.executable, [sys.executable, "-m", "gunicorn", "-c", "python:compsvc.gunicorn", "compsvc.app:create_app()"]
    )


@main.command("settings")
def settings_command() -> None:
    """Every setting, its default and what it does."""
    from compsvc.settings import SETTINGS

    for name, default, text in SETTINGS:
        click.echo(f"{name}={default}\n    {text}")


if __name__ == "__main__":
    main()
