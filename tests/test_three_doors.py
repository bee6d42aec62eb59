"""API, form and command line give the same number for the same role."""

import csv
import json
import re

import pytest

from compsvc.cli import CSV_OUT, main

ROLES = [
    {"title": "Account Director", "location": "Austin, TX", "industry": "ad agency", "employees": "200"},
    {"title": "Senior Software Engineer", "location": "Seattle, WA", "industry": "saas", "experience_years": 8, "remote": "remote"},
    {"title": "Registered Nurse", "location": "Ohio", "as_of": "2025-06-01"},
    {"title": "VP, Client Services", "level": "E2"},
]


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r["title"])
def test_same_number_through_every_door(client, runner, role, tmp_path):
    by_api = client.post("/v1/ranges", json=role)
    base = by_api.get_json()["pay"]["base"]

    page = client.get("/", query_string=role).get_data(as_text=True)
    assert re.search(r'id="p50">\$([\d,]+)<', page)[1].replace(",", "") == str(base["p50"])

    options = [part for k, v in role.items() if k != "title" for part in ("--" + k.replace("_", "-"), str(v))]
    by_cli = runner.invoke(main, ["price", role["title"], *options, "--json"])
    assert by_cli.exit_code == 0, by_cli.output
    assert by_cli.output.strip().encode() == by_api.data

    source = tmp_path / "roles.csv"
    with source.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", *role])
        writer.writeheader()
        writer.writerow({"id": "1", **role})
    out = tmp_path / "priced.csv"
    assert runner.invoke(main, ["price", "--csv", str(source), "--out", str(out)]).exit_code == 0
    with out.open() as stream:
        row = next(csv.DictReader(stream))
    pay = json.loads(by_api.data)["pay"]
    assert [int(row[f"ote_{q}"]) for q in ("p10", "p25", "p50", "p75", "p90")] == [pay["ote"][q] for q in ("p10", "p25", "p50", "p75", "p90")]
    assert [int(row[f"variable_{q}"]) for q in ("p25", "p50", "p75")] == [pay["variable"][q] for q in ("p25", "p50", "p75")]
    assert (float(row["p_variable"]), float(row["base_share"])) == (pay["variable"]["p_any"], json.loads(by_api.data)["mix"]["base_share"])
    assert [int(row[f"base_{q}"]) for q in ("p10", "p25", "p50", "p75", "p90")] == [base[q] for q in ("p10", "p25", "p50", "p75", "p90")]


def test_the_json_call_on_the_page_gives_the_same_answer(client):
    from html import unescape

    page = client.get("/", query_string=ROLES[0]).get_data(as_text=True)
    call = json.loads(unescape(re.search(r"application/json\s+(\{.*?\})</code>", page, re.DOTALL)[1]))
    assert client.post("/v1/ranges", json=call).get_json()["pay"] == client.post("/v1/ranges", json=ROLES[0]).get_json()["pay"]


def test_csv_keeps_order_and_says_why_a_row_is_refused(runner, tmp_path):
    source, out = tmp_path / "roles.csv", tmp_path / "priced.csv"
    source.write_text("id,title,occupation,location,currency\n=1+1,Account Director,,London,\nb,Account Manager,,NYC,USD\nc,,,,\nd,,15-1252,12420,EUR\n")
    result = runner.invoke(main, ["price", "--csv", str(source), "--out", str(out), "--population", "survey-2023"])
    assert result.exit_code == 0, result.output
    with out.open() as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == list(CSV_OUT)
    assert [r["id"] for r in rows] == ["'=1+1", "b", "c", "d"]
    assert [r["status"] for r in rows] == ["refused", "ok", "refused", "refused"]
    assert "outside the United States" in rows[0]["reason"]
    assert "EUR" in rows[3]["reason"]


def test_csv_refuses_a_column_it_does_not_know(runner, tmp_path):
    source = tmp_path / "roles.csv"
    source.write_text("id,title,salary_history\n1,Account Manager,1\n")
    result = runner.invoke(main, ["price", "--csv", str(source)])
    assert result.exit_code == 2
    assert "salary_history" in result.output


def test_command_line_error_is_one_message_and_exit_2(runner):
    result = runner.invoke(main, ["price", "Account Director", "--location", "London"])
    assert result.exit_code == 2
    assert "outside the United States" in result.output
    assert "Traceback" not in result.output
