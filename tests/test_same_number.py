"""One role, one number: what the recruiter, the candidate, a posting and the command line see is equal to the dollar.

`python -m tests.test_same_number 10000` runs the full size; the test runs a smaller one.
"""

import csv
import json
import random
import sys

from click.testing import CliRunner

from compsvc import vocabulary
from compsvc.postings.json_ld import job_posting
from tests.conftest import TODAY

ROLES = 400
COMPONENTS = ("base", "variable", "ote")
QUANTILES = ("p10", "p25", "p50", "p75", "p90")


def random_roles(model, n, seed=20261125):
    """Roles of every family and level, as people write them: a ladder's title, a place, and some of the other fields."""
    rng = random.Random(seed)
    rows = vocabulary.ladder()
    named = [name for name in model.places.tables.area_names if "nonmetropolitan" not in name and name.isascii()]
    cities = [f"{name.rpartition(',')[0].split('-')[0].split('/')[0]}, {name.rpartition(', ')[2].split('-')[0]}" for name in named]
    industries = [i.everyday_names[0] for i in vocabulary.industries().values() if i.everyday_names]
    found = []
    while len(found) < n:
        role = {"title": rng.choice(rows)["title"], "location": rng.choice(cities)}
        if rng.random() < 0.6:
            role["industry"] = rng.choice(industries)
        if rng.random() < 0.6:
            role["employees"] = str(rng.choice((5, 40, 180, 700, 2_500, 30_000)))
        if rng.random() < 0.5:
            role["experience_years"] = float(rng.randint(0, 30))
        if rng.random() < 0.3:
            role["remote"] = rng.choice(vocabulary.WORK_MODES)
        found.append(role)
    return found


def figures(pay):
    """Every percentile of the components that are given."""
    return {(name, q): pay[name][q] for name in COMPONENTS for q in QUANTILES if q in pay[name]}


def disagreements(client, model, n, folder, main):
    """(roles asked, differences between doors): ranges, checks and offers by API, postings as JSON-LD and as plain text, and the command line."""
    roles = random_roles(model, n + n // 20 + 10)
    wrong, numbers, asked = [], {}, 0
    for i, role in enumerate(roles):
        if asked == n:
            break
        answer = client.post("/v1/ranges", json=role)
        if answer.status_code != 200:
            assert answer.status_code == 422, (role, answer.status_code)
            continue
        asked += 1
        range_ = answer.get_json()
        numbers[i] = figures(range_["pay"])
        check = client.post("/v1/checks", json={"role": role, "base_usd": range_["pay"]["base"]["p50"]}).get_json()
        if check["range"] != range_:
            wrong.append(("check", role))
        offer = client.post("/v1/offers/model", json={"role": role, "base_usd": range_["pay"]["base"]["p50"]}).get_json()
        if figures(offer["market"]) != numbers[i] or offer["standing"]["base"] != check["standing"]["base"]:
            wrong.append(("offer", role))
        told = {("work_mode" if k == "remote" else k): v for k, v in role.items()}
        for form, text in (("json-ld", json.dumps(job_posting(told, 50_000, 60_000, "USD"))), ("text", f"{role['title']}\n{role['location']}")):
            edits = {name: role[name] for name in role if name not in ("title", "location")}
            posting = client.post("/v1/postings", json={"text": text, "role": edits}).get_json()
            if posting["range"] is None or figures(posting["range"]["pay"]) != numbers[i]:
                wrong.append((form, role, posting["role"]))
    source, out = folder / "roles.csv", folder / "priced.csv"
    fields = ("id", "title", "location", "industry", "employees", "experience_years", "remote")
    with source.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fields)
        writer.writeheader()
        writer.writerows({"id": str(i), **roles[i]} for i in numbers)
    result = CliRunner().invoke(main, ["price", "--csv", str(source), "--out", str(out)], env={"COMPSVC_TODAY": TODAY})
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            own = numbers[int(row["id"])]
            printed = {("base", q): int(row[f"base_{q}"]) for q in QUANTILES} | {("ote", q): int(row[f"ote_{q}"]) for q in QUANTILES if row[f"ote_{q}"]}
            if any(own.get(key) != value for key, value in printed.items()):
                wrong.append(("csv", roles[int(row["id"])]))
    return asked, wrong


def test_every_door_gives_the_same_number(client, model, tmp_path):
    from compsvc.cli import main

    asked, wrong = disagreements(client, model, ROLES, tmp_path, main)
    assert asked == ROLES
    assert wrong == []


if __name__ == "__main__":
    import os
    import tempfile
    from pathlib import Path

    os.environ["COMPSVC_TODAY"] = TODAY
    from compsvc.app import create_app
    from compsvc.cli import main as command
    from compsvc.registry import load_newest_sound
    from compsvc.settings import Settings

    settings = Settings.from_environment()
    with tempfile.TemporaryDirectory() as folder:
        asked, wrong = disagreements(create_app(settings).test_client(), load_newest_sound(settings.models), int(sys.argv[1]), Path(folder), command)
    print(f"{asked:,} roles asked of six doors, {len(wrong)} differences")
    for row in wrong[:20]:
        print(*row)
    raise SystemExit(bool(wrong))
