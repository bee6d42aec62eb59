"""Worked roles and their answers, kept as a table any reader can check; rewritten only by --update-golden and a reason."""

import csv

from compsvc import schemas
from compsvc.pricing import price
from tests.conftest import PROJECT, TODAY

GOLDEN = PROJECT / "tests" / "golden" / "ranges.csv"
ROLES = [
    {"title": t, **rest}
    for t, rest in [
        ("Account Coordinator", {}),
        ("Account Manager", {}),
        ("Senior Account Manager", {"location": "NYC"}),
        ("Account Director", {}),
        ("Account Director", {"location": "Austin, TX", "industry": "ad agency", "employees": 200}),
        ("Executive Account Director", {"location": "Boston, MA"}),
        ("VP, Client Services", {"location": "Charlotte, NC"}),
        ("Customer Success Manager", {"industry": "saas", "remote": True}),
        ("Software Engineer", {"location": "Seattle, WA", "experience_years": 3}),
        ("Staff Software Engineer", {"location": "Seattle, WA", "experience_years": 15}),
        ("Registered Nurse", {"location": "Ohio", "industry": "hospital"}),
        ("Paralegal", {"location": "Washington, DC"}),
        ("Marketing Manager", {"industry": "manufacturing", "employees": "100-499"}),
        ("Data Scientist", {"population": "survey-2023", "as_of": "2023-04-15"}),
        ("Librarian", {"industry": "university"}),
    ]
] + [{"occupation": "11-2022", "level": level, "location": "12420"} for level in ("M2", "M5", "E1")]
FIELDS = ("title", "occupation", "level", "location", "industry", "employees", "experience_years", "remote", "population", "as_of")
QUANTILES = ("p10", "p25", "p50", "p75", "p90")
EARNED = ("p_any", "variable_p50", *(f"ote_{q}" for q in QUANTILES))


def rows_of(model):
    for role in ROLES:
        body = price(model, schemas.load(schemas.ROLE, role), TODAY)
        pay = body["pay"]
        earned = {"p_any": pay["variable"]["p_any"], "variable_p50": pay["variable"]["p50"], **{f"ote_{q}": pay["ote"][q] for q in QUANTILES}}
        yield {
            **{f: str(role.get(f, "")) for f in FIELDS},
            **{q: str(pay["base"][q]) for q in QUANTILES},
            **{name: str(earned[name]) for name in EARNED},
            "model_id": body["model_id"],
        }


def test_golden_ranges(model, request):
    found = list(rows_of(model))
    if request.config.getoption("--update-golden"):
        with GOLDEN.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, [*FIELDS, *QUANTILES, *EARNED, "model_id"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
    with GOLDEN.open(newline="") as stream:
        expected = list(csv.DictReader(stream))
    actual = GOLDEN.with_suffix(".actual.csv")
    if found != expected:
        with actual.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, [*FIELDS, *QUANTILES, *EARNED, "model_id"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
    assert found == expected, f"if the new numbers are right, run `make golden` and say why in the commit; they are in {actual.name}"
