"""The command line: price, offer, posting, plan, accounts, audit, data, fit, evaluate, models, store, serve."""

from __future__ import annotations

import csv
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from compsvc import __version__, access, registry, schemas
from compsvc.errors import CompsvcError, FieldProblem, RequestError, RequestInvalid, StoreUnreachable
from compsvc.features import QUANTILE_NAMES
from compsvc.paymodel import PayModel
from compsvc.pricing import price
from compsvc.settings import ROOT, Settings
from compsvc.spreadsheets import safe
from compsvc.store import Store

CSV_IN = ("id", "title", "occupation", "level", "location", "industry", "employees", "experience_years", "remote", "as_of", "currency")
_EARNED = (
    "variable_p25",
    "variable_p50",
    "variable_p75",
    "p_variable",
    *(f"ote_{q}" for q in QUANTILE_NAMES),
    "base_share",
    "variable_pay_basis",
    "ote_pay_basis",
)
CSV_OUT = ("id", "status", "reason", "occupation", "level", "area", *(f"base_{q}" for q in QUANTILE_NAMES), *_EARNED, "model_id", "warnings")


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


_LABELS = {
    "base": "base",
    "target_variable": "target variable",
    "actual_variable": "paid variable",
    "ote": "on-target earnings",
    "actual_cash": "total cash",
}


def table_of(answer: dict[str, Any]) -> str:
    """An answer as a table for people."""
    role, base = answer["role"], answer["pay"]["base"]
    head = role["title"] or role["occupation"]["name"]
    level = f"{role['level']['code']} {role['level']['name']}" if role["level"] else "any level"
    pay = answer["pay"]
    lines = [
        f"{head} · {level} · {role['area']['name']}"
        + (f" · {role['industry']['name']}" if role["industry"] else "")
        + (f" · {role['size']['code']} employees" if role["size"] else ""),
        f"{answer['currency']} per year at {answer['as_of']} (model {answer['model_id']})",
        "",
        f"{'':<18}{'P10':>9}{'P25':>10}{'MEDIAN':>10}{'P75':>10}{'P90':>10}   90 % interval of the median",
    ]
    for name in ("base", "variable", "ote"):
        part = pay[name]
        label = _LABELS[part["pay_basis"]]
        if part["method"] == "withheld":
            lines.append(f"{label:<18} withheld: {part['reason']}")
            continue
        low, high = part["interval"]["p50"]
        lines.append(f"{label:<18}{part['p10']:>9,}" + "".join(f"{part[q]:>10,}" for q in QUANTILE_NAMES[1:]) + f"   {low:,} to {high:,}")
    if answer["mix"]["base_share"] is not None:
        lines.append(f"{pay['variable']['p_any']:.0%} have variable pay (its range is theirs); base is {answer['mix']['base_share']:.0%} of the median total")
    lines += ["", f"{'factor':<12}{'times':>8}   {'so far':>9}   evidence"]
    factors = pay["ote"].get("factors") or base["factors"]
    running = factors[0]["value_usd"]
    lines.append(f"{'reference':<12}{'':>8}   {running:>9,.0f}   {factors[0]['evidence']}")
    for row in factors[1:]:
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
                writer.writerow([safe(cell) for cell in line])
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
        *_earned_cells(answer),
        answer["model_id"],
        warnings,
    ]


def _earned_cells(answer: dict[str, Any]) -> list[Any]:
    """Variable pay, its chance, OTE and base share; empty where the population does not state them."""
    variable, ote = answer["pay"]["variable"], answer["pay"]["ote"]
    return [
        *(variable.get(q, "") for q in ("p25", "p50", "p75")),
        variable.get("p_any", ""),
        *(ote.get(q, "") for q in QUANTILE_NAMES),
        "" if answer["mix"]["base_share"] is None else answer["mix"]["base_share"],
        variable["pay_basis"],
        ote["pay_basis"],
    ]


# --- offer ---------------------------------------------------------------------


@main.command("offer")
@click.argument("title", required=False)
@click.option("--location", help="city and state, county, CBSA code, state, or United States")
@click.option("--industry", help="NAICS code or everyday name")
@click.option("--employees", help="company headcount or a range such as 100-499")
@click.option("--level", help="P1 to P6, M1 to M6, E1 to E3; else read from the title")
@click.option("--base", "base_usd", help="base pay a year, such as 120000 or 120k; left out, the market's median offer is suggested")
@click.option("--variable", "variable_usd", help="target variable a year")
@click.option("--sign-on", "sign_on_usd", help="sign-on bonus")
@click.option("--equity", "equity_usd", help="new-hire grant, over four years with a year's cliff unless a file says otherwise")
@click.option("--quota", "quota_usd", help="yearly quota, for a plan that pays a flat rate; a file can say tiers")
@click.option("--file", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a whole offer as JSON, as POST /v1/offers/model reads it")
@click.option("--json", "as_json", is_flag=True, help="the same body as POST /v1/offers/model")
def offer_command(title: str | None, source: Path | None, as_json: bool, **given: Any) -> None:
    """Model an offer: where it stands, its years, its plan."""
    from compsvc import offers
    from compsvc.offers import several
    from compsvc.schemas import offers as contract

    settings = _settings()
    model, today = _model(), _today(settings)
    if source is not None:
        body = _json_file(source)
    else:
        role = {k: v for k, v in {"title": title, **{k: given[k] for k in ("location", "industry", "employees", "level")}}.items() if v is not None}
        body = {"role": role} | {k: given[k] for k in ("base_usd", "variable_usd", "sign_on_usd") if given[k] is not None}
        body |= {"equity": {"usd": given["equity_usd"]}} if given["equity_usd"] else {}
        body |= {"plan": {"quota_usd": given["quota_usd"]}} if given["quota_usd"] else {}
    said = ""
    if "base_usd" not in body and "variable_usd" in body:
        raise RequestInvalid(
            "Some fields were refused.", (FieldProblem("/base", "--variable was given without --base", "both, or neither for the market's median offer"),)
        )
    if "base_usd" not in body:
        found = several.suggest(model, schemas.load(contract.SUGGEST, {"role": body.get("role", {}), "ote_percentile": 50}), today)
        body |= {k: found["offer"][k] for k in ("base_usd", "variable_usd")}
        said = f"suggested: {found['why']}"
    answer = offers.make_offer(model, schemas.load(contract.OFFER, body), today)
    if as_json:
        click.echo(orjson.dumps(answer).decode())
        return
    click.echo(offer_table(answer, said))


def _json_file(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as problem:
        raise RequestInvalid(f"{path.name} is not JSON: {problem.msg} at line {problem.lineno}.") from None


def offer_table(answer: dict[str, Any], said: str = "") -> str:
    """An offer's figures as a table for people."""
    role, terms = answer["role"], answer["terms"]
    level = f" · {role['level']['code']} {role['level']['name']}" if role["level"] else ""
    lines = [
        f"{role['title'] or role['occupation']['name']}{level} · {role['area']['name']}",
        f"{answer['currency']} per year at {answer['as_of']} (model {answer['model_id']})",
    ]
    lines += [said] if said else []
    lines += ["", f"{answer['verdict']['words']}.", "", f"{'':<20}{'OFFERED':>10}{'MARKET P50':>12}   stands at"]
    for name, label in (("base", "base"), ("variable", "target variable"), ("ote", "on-target earnings")):
        stands = answer["standing"][name]
        if stands["verdict"] is None:
            lines.append(f"{label:<20}{stands['offered_usd']:>10,}{'':>12}   {stands['why']}")
            continue
        between = stands["interval"]
        lines.append(
            f"{label:<20}{stands['offered_usd']:>10,}{answer['market'][name]['p50']:>12,}   "
            f"P{stands['percentile']:.0f} (90 % interval P{between['low']:.0f} to P{between['high']:.0f}): {stands['verdict'].replace('-', ' ')}"
        )
    lines += ["", f"{'year':<6}{'base':>10}{'variable':>10}{'sign-on':>10}{'equity':>10}{'total':>11}"]
    lines += [
        f"{y['year']:<6}{y['base_usd']:>10,}{y['variable_usd']:>10,}{y['sign_on_usd']:>10,}{y['equity_usd']:>10,}{y['total_usd']:>11,}" for y in answer["years"]
    ]
    lines += [f"annualised {answer['annualised_usd']:,}; employer's cost of a year with benefits {terms['employer_cost_usd']:,}"]
    plan = answer["plan"]
    if plan:
        expected = plan["expected"]
        lines += [
            "",
            f"plan: expected variable {expected['variable_usd']:,} ({expected['of_target']:.0%} of target), chance to reach on-target earnings {expected['p_reach_ote']:.0%}",
        ]
        lines += [
            f"pay over reps: P10 {expected['pay']['p10']:,}, median {expected['pay']['p50']:,}, P90 {expected['pay']['p90']:,} (attainment {plan['attainment']['name']})"
        ]
    lines += ["", *(f"why: {reason['message']}" for reason in answer["verdict"]["reasons"]), *(f"note: {w['message']}" for w in answer["warnings"])]
    return "\n".join(lines)


# --- posting ------------------------------------------------------------------------


@main.command("posting")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="print the body of POST /v1/postings")
def posting_command(source: Path, as_json: bool) -> None:
    """Read a job posting (text, Markdown, HTML, JSON, PDF or DOCX), price it, and put what it states beside the market."""
    from compsvc.postings.answer import answer

    found = answer(_model(), {"file": source.read_bytes()}, _today(_settings()))
    click.echo(orjson.dumps(found).decode() if as_json else posting_table(found))


def posting_table(found: dict[str, Any]) -> str:
    """A posting as read, for people."""
    lines = []
    for name, value in found["read"].items():
        for one in value if isinstance(value, list) else [value] if value else []:
            said = f"'{' '.join(one['words'].split())[:60]}'" if one["span"] else "a field of the form"
            shown = (
                "-".join("" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in one["value"])
                if isinstance(one["value"], list)
                else one["value"]
            )
            lines.append(f"{name:<16}{shown!s:<34}{one['confidence']:.0%}  from {said}")
    lines.append("")
    for one in found["pay"]:
        ends = " to ".join(f"{v:,.10g}" if v is not None else "open" for v in (one["low"], one["high"]))
        where = one["beside_market"]
        stands = "; ".join(f"{end} P{where[end]['percentile']:.0f}" for end in ("low", "high") if where and end in where)
        lines.append(f"states {one['basis']} {ends} {one['currency']} a {one['unit']}" + (f": {stands} of market {where['component']}" if stands else ""))
    for i, j in found["contradictions"]:
        lines.append(f"contradiction: '{found['pay'][i]['words']}' and '{found['pay'][j]['words']}' are both stated of {found['pay'][i]['basis']}")
    if found["range"]:
        pay = found["range"]["pay"]
        lines += ["", *(f"market {name:<10}" + "".join(f"{pay[name][q]:>12,}" for q in QUANTILE_NAMES) for name in ("base", "ote") if "p50" in pay[name])]
    else:
        lines += ["", f"not priced: {found['not_priced']['message']}"]
    for rule in found["rules"]:
        when = "" if rule["in_force"] else f" (from {rule['effective_on']})"
        lines += [f"{rule['name']}{when}: {lack}" for lack in rule["lacks"] or ["nothing is lacking" if rule["in_force"] else rule["says"]]]
        lines.append(f"    {rule['citation']}")
    if found["to_post"]:
        lines += ["", f"to post ({found['to_post']['what']}):", *(f"    {words}" for words in found["to_post"]["words"][0]["words"])]
    for item in (found["article_5"] or {"items": []})["items"]:
        lines.append(f"EU Article 5, {item['item']}: {item['told'] or '-'}" + (f" ({item['missing']})" if item["missing"] else ""))
    return "\n".join(lines)


# --- plan ---------------------------------------------------------------------------


@main.command("plan")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "first_month", help="first month, YYYY-MM; for a CSV of rows")
@click.option("--months", type=int, default=12, show_default=True, help="how many months; for a CSV of rows")
@click.option(
    "--assume",
    "assumed",
    multiple=True,
    metavar="NAME=VALUE",
    help="an assumption, such as merit_rate=3.2%, rates.EUR=1.08 or 'hires_in.Austin, TX=60%'; an object as JSON; several may be given",
)
@click.option("--draws", type=int, default=1000, show_default=True, help="futures drawn for the band; for a CSV of rows")
@click.option("--leave-out", "left_out", multiple=True, metavar="HEADING", help="a column of the table that is not to be read; several may be given")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="where to write: .xlsx (totals are formulas), .csv, .svg, .png or .json; a table on the screen otherwise",
)
def plan_command(source: Path, first_month: str | None, months: int, assumed: tuple[str, ...], draws: int, left_out: tuple[str, ...], out: Path | None) -> None:
    """Cost a headcount plan: a table of rows (XLSX or CSV), or a whole plan as JSON."""
    from compsvc import headcount
    from compsvc.headcount import exports
    from compsvc.schemas import headcount as contract

    form = out.suffix.removeprefix(".") if out is not None else ""
    if out is not None and form not in contract.PLAN_FORMS:
        known = ", ".join(f".{name}" for name in contract.PLAN_FORMS)
        raise RequestInvalid("Nothing was written.", (FieldProblem("/out", f"'{out.suffix}' is not written", known),))
    settings = _settings()
    lines: list[int] = []
    body = _json_file(source) if source.suffix == ".json" else _plan_table(source, first_month, months, assumed, draws, left_out, lines)
    try:
        asked = schemas.load(contract.PLAN, body)
        people = headcount.people_of(asked) * (1 + len(asked["scenarios"]))
        with click.progressbar(length=people, label=f"costing {people:,} positions", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            found = headcount.cost_plan(_model(), asked, _today(settings), bar.update)
    except RequestError as problem:
        raise type(problem)(problem.message, tuple(replace(p, pointer=_line_of(p.pointer, lines)) for p in problem.problems)) from None
    if out is None:
        click.echo(plan_table(found))
    else:
        out.write_bytes(orjson.dumps(found) if form == "json" else exports.of(found, form)[0])
        click.echo(
            f"{out.name}: {found['scenarios'][0]['people']:,} people over {len(found['months'])} months, {found['scenarios'][0]['total']['expected_usd']:,} USD expected"
        )


def _line_of(pointer: str, lines: list[int]) -> str:
    """A pointer into the rows as the line of the table it stands in."""
    match = re.match(r"/rows/(\d+)/?(.*)", pointer)
    return f"line {lines[int(match[1])]} {match[2]}".rstrip() if match and lines else pointer


def _plan_table(
    source: Path, first_month: str | None, months: int, assumed: tuple[str, ...], draws: int, left_out: tuple[str, ...], lines: list[int]
) -> dict[str, Any]:
    """The plan that a table of rows and the options say; what was read otherwise than typed is told."""
    from compsvc.headcount import rows

    table = rows.table_of(source.read_bytes())
    reading = rows.read(table)
    held = [column.heading for column in reading.columns]
    for name in left_out:
        if name not in held:
            near = schemas.near(name, held)
            raise RequestInvalid("Nothing was read.", (FieldProblem("/leave-out", f"there is no column '{name}'", ", ".join(filter(None, held)), near),))
    chosen = {j: rows.LEFT_OUT for j, name in enumerate(held) if name in left_out}
    reading = rows.read(table, chosen) if chosen else reading
    if reading.unknown:
        raise rows.asked_about(reading)
    lines += reading.lines
    for note in reading.notes:
        click.echo(f"note: {note}", err=True)
    body: dict[str, Any] = {"rows": reading.rows, "months": months, "draws": draws}
    for text in assumed:
        name, _, value = text.partition("=")
        whole, _, part = name.strip().partition(".")
        given = body.setdefault("assumptions", {})
        if part:
            given.setdefault(whole, {})[part] = value.strip()
        else:
            try:
                given[whole] = orjson.loads(value) if value.strip().startswith("{") else value.strip()
            except orjson.JSONDecodeError as problem:
                raise RequestInvalid(
                    "Nothing was read.", (FieldProblem("/assume", f"{whole} is not JSON: {problem.msg}", f'{whole}={{"...": ...}}'),)
                ) from None
    return body | ({"from": first_month} if first_month else {})


def plan_table(found: dict[str, Any]) -> str:
    """A plan's cost as a table for people."""
    from compsvc.headcount import COMPONENTS

    plan = found["scenarios"][0]
    lines = [f"{plan['people']:,} people, {found['months'][0]} to {found['months'][-1]}, {found['currency']} (model {found['model_id']})", ""]
    lines.append(f"{'':<16}{'EXPECTED':>14}{'P10':>14}{'P50':>14}{'P90':>14}")
    for s in found["scenarios"]:
        t = s["total"]
        lines.append(f"{s['name'][:15]:<16}{t['expected_usd']:>14,}{t['p10']:>14,}{t['p50']:>14,}{t['p90']:>14,}")
    parts = [c for c in COMPONENTS if plan["components"][c]]
    lines += ["", f"{'month':<9}{'expected':>12}{'P10':>12}{'P90':>12}" + "".join(f"{c.replace('_', '-'):>12}" for c in parts)]
    for m in plan["by_month"]:
        lines.append(f"{m['month']:<9}{m['expected_usd']:>12,}{m['p10']:>12,}{m['p90']:>12,}" + "".join(f"{m[c]:>12,}" for c in parts))
    lines += ["", *(f"team {t['team']}: {t['people']:,} people, {t['expected_usd']:,} ({t['p10']:,} to {t['p90']:,})" for t in plan["by_team"])]
    lines += ["", "one point more of: " + "; ".join(f"{p['assumption']} ({p['by']:+g}) {p['expected_usd']:+,}" for p in found["one_point"])]
    lines += [f"note: wage bases of {t['year']} are not published; those of {t['of_year']} stand in" for t in found["taxes"] if not t["published"]]
    return "\n".join(lines)


@main.group("plans")
def plans_group() -> None:
    """Plans that are kept and costed in the background."""


@plans_group.command("work")
@click.option("--until-done", is_flag=True, help="end when no plan waits; otherwise go on for ever")
def plans_work(until_done: bool) -> None:
    """Cost kept plans as they come; the service starts this by itself."""
    from compsvc.headcount.runner import run_waiting

    settings, kept = _settings(), _store()
    at_once = max(settings.plan_runners, 1)
    while True:
        try:
            n = run_waiting(kept, _model, lambda: _today(settings), at_once)
        except StoreUnreachable as problem:
            if until_done:
                raise
            click.echo(f"compsvc: {problem.message}", err=True)
            n = 0
        if n or until_done:
            click.echo(f"{n} {'plan' if n == 1 else 'plans'} brought to an end")
        if until_done:
            return
        time.sleep(1)


# --- accounts, audit -----------------------------------------------------------------


def _store() -> Store:
    kept = Store.of(_settings())
    kept.ping()
    return kept


_workspace = click.option("--workspace", required=True, help="name of the workspace")
_password_stdin = click.option("--password-stdin", is_flag=True, help="read the password from standard input instead of asking")
_role = click.option("--role", required=True, help="viewer, recruiter, planner, analyst or admin")


@main.group()
def accounts() -> None:
    """Workspaces, the people who sign in, and API keys."""


@accounts.command("workspace")
@click.argument("name")
def accounts_workspace(name: str) -> None:
    """Make a workspace: offers, Bands and pay records of one company, seen by nobody else."""
    click.echo(f"workspace {name}: {_store().accounts.add_workspace(name)}")


@accounts.command("person")
@click.argument("email")
@_workspace
@_role
@_password_stdin
def accounts_person(email: str, workspace: str, role: str, password_stdin: bool) -> None:
    """Let somebody sign in to the pages."""
    access.require_known(role)
    kept = _store()
    workspace_id = kept.accounts.workspace_id(workspace)
    kept.accounts.add_person(workspace_id, email, role, _password(password_stdin))
    click.echo(f"{email} may sign in to {workspace} as {role}: {access.ROLE_SAYS[role]}")


def _password(from_stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\n") if from_stdin else str(click.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True))


@accounts.command("password")
@click.argument("email")
@_workspace
@_password_stdin
def accounts_password(email: str, workspace: str, password_stdin: bool) -> None:
    """Set somebody's password anew; open sessions end, and whoever was disabled may sign in again."""
    kept = _store()
    kept.accounts.set_password(kept.accounts.workspace_id(workspace), email, _password(password_stdin))
    click.echo(f"{email} has a new password")


@accounts.command("disable")
@click.argument("email")
@_workspace
def accounts_disable(email: str, workspace: str) -> None:
    """Stop somebody from signing in; open sessions end."""
    kept = _store()
    kept.accounts.disable_person(kept.accounts.workspace_id(workspace), email)
    click.echo(f"{email} may no longer sign in")


@accounts.command("list")
@_workspace
def accounts_list(workspace: str) -> None:
    """People and keys of a workspace."""
    kept = _store()
    workspace_id = kept.accounts.workspace_id(workspace)
    for person in kept.accounts.people(workspace_id):
        click.echo(f"person  {person.email}  {person.role}{'  disabled' if person.disabled else ''}")
    for key in kept.accounts.keys(workspace_id):
        state = f"revoked {key.revoked_at}" if key.revoked_at else f"expires {key.expires_at}"
        click.echo(f"key     {key.id}  {key.role}  {key.name}  {' '.join(key.scopes) or 'every scope of the role'}  {state}")


@accounts.command("key")
@click.argument("name")
@_workspace
@_role
@click.option("--scope", "scopes", multiple=True, help="only this scope of the role, such as offers:read; several may be given")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="days until it expires")
def accounts_key(name: str, workspace: str, role: str, scopes: tuple[str, ...], days: int) -> None:
    """Make an API key; it is shown this once."""
    access.require_known(role, scopes)
    kept = _store()
    key_id, key = kept.accounts.add_key(kept.accounts.workspace_id(workspace), name, role, scopes, days)
    click.echo(f"key {key_id} for {workspace} as {role}, expires in {days} days; shown this once:", err=True)
    click.echo(key)


@accounts.command("revoke")
@click.argument("key_id")
@_workspace
def accounts_revoke(key_id: str, workspace: str) -> None:
    """Revoke an API key at once."""
    kept = _store()
    kept.accounts.revoke_key(kept.accounts.workspace_id(workspace), key_id)
    click.echo(f"key {key_id} opens nothing any more")


@main.group()
def audit() -> None:
    """The log of who did what."""


@audit.command("verify")
def audit_verify() -> None:
    """Check every workspace's chain; exit 1 when one is broken."""
    kept, broken = _store(), False
    for name in kept.accounts.workspace_names():
        workspace_id = kept.accounts.workspace_id(name)
        wrong = kept.audit.verify(workspace_id)
        n, _seal = kept.audit.head(workspace_id)
        click.echo(f"{name}: " + ("; ".join(wrong) if wrong else f"{n} entries, whole"))
        broken = broken or bool(wrong)
    if broken:
        raise SystemExit(1)


@audit.command("head")
def audit_head() -> None:
    """The last seal of every workspace, to be written down elsewhere: an older database would show another."""
    kept = _store()
    for name in kept.accounts.workspace_names():
        n, seal = kept.audit.head(kept.accounts.workspace_id(name))
        click.echo(f"{name}  {n}  {seal}")


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
        _note_served(settings)


@main.command("evaluate")
@click.argument("model_id", required=False)
@click.option("--again", is_flag=True, help="fit and evaluate once more from datasets/ and say whether artifact and card come out byte for byte the same")
def evaluate_command(model_id: str | None, again: bool) -> None:
    """Print a model's promises with their figures."""
    settings = _settings()
    chosen = registry.require_known(settings.models, model_id) if model_id else registry.current_id(settings.models)
    from compsvc import paymodel

    if again:
        _fit_again(settings, chosen)
        return
    card = paymodel.load(settings.models, chosen).body["evaluation"]
    click.echo(f"model {chosen}")
    for row in card["targets"]:
        value = ", ".join(row["value"]) if isinstance(row["value"], list) else row["value"]
        click.echo(f"{'kept  ' if row['met'] else 'MISSED'}  {row['name']}: {value} (target {row['target']})")


def _fit_again(settings: Settings, model_id: str) -> None:
    from compsvc import workshop

    started = time.monotonic()
    differing = workshop.fit_again(settings.datasets, settings.models, model_id, _reporter())
    took = time.monotonic() - started
    if differing:
        raise click.ClickException(
            f"model {model_id}: {', '.join(differing)} came out different after {took:,.0f} s; data or code have moved since it was fitted"
        )
    click.echo(f"model {model_id}: artifact and card come out byte for byte the same ({took:,.0f} s)")


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
    _note_served(_settings())
    click.echo(f"model {model_id} promoted")


@models.command("rollback")
def models_rollback() -> None:
    """Return to the model promoted before."""
    from compsvc import promotion

    click.echo(f"model {promotion.rollback(_settings().models)} serves again")
    _note_served(_settings())


@models.command("served")
def models_served() -> None:
    """Which model answered here from when on, as the store remembers it."""
    for entry in Store(_settings().database_url).served():
        click.echo(f"{entry.from_at}  {entry.model_id}  model {entry.model_sha256[:12]}  code {entry.code}")


# --- store, serve -------------------------------------------------------------------


@main.group()
def store() -> None:
    """The database of what is kept."""


def _note_served(settings: Settings) -> None:
    """A running service swaps to the promoted model by itself, so the store hears of it here; a store that is not there yet hears at the next start."""
    kept, model = Store(settings.database_url), registry.load_newest_sound(settings.models)
    try:
        kept.ping()
        kept.upgrade()
        kept.note_served(model.model_id, model.sha256, registry.code_digest().hex())
    except StoreUnreachable:
        return


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
