"""Documents cannot fall behind: commands run, settings, commands, fields and error codes are told, generated pages are current."""

import re
import shlex
import subprocess
import sys

import pytest

from compsvc import access, answers, errors, openapi, schemas
from compsvc.cli import main
from compsvc.schemas import headcount as headcount_schemas
from compsvc.schemas import offers as offer_schemas
from compsvc.settings import SETTINGS
from tests.conftest import PROJECT, TODAY

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGES = [p for p in [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").rglob("*.md")]]


def commands():
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ compsvc")]


@pytest.mark.parametrize("command", commands())
def test_readme_commands_run_and_print_what_is_shown(command, runner):
    words = shlex.split(command)[1:]
    result = runner.invoke(main, words)
    assert result.exit_code == 0, result.output
    shown = re.search(re.escape("$ " + command) + r"\n(.*?)(?=\n\$ |\n```)", README, re.DOTALL)
    if shown and shown[1].strip():
        assert shown[1].strip() == result.output.strip()


def test_every_setting_is_in_the_readme():
    for name, _default, text in SETTINGS:
        assert f"`{name}`" in README, name
        assert text


def walk(group, path=()):
    for name, command in group.commands.items():
        yield (*path, name), command
        if hasattr(command, "commands"):
            yield from walk(command, (*path, name))


def test_every_command_has_help_and_stands_in_the_readme():
    for path, command in walk(main):
        assert command.help, path
        if not hasattr(command, "commands"):
            assert "compsvc " + " ".join(path) in README, path
        for option in command.params:
            if option.param_type_name == "option" and option.name not in ("help", "version"):
                assert option.help, (path, option.name)


def test_every_error_code_is_told_on_the_docs_page(client):
    page = client.get("/docs").get_data(as_text=True)
    kinds = [errors.StoreUnreachable, *errors.RequestError.__subclasses__()]
    assert len(kinds) >= 10
    for kind in kinds:
        assert f'id="error-{kind.code}"' in page


def every_schema(module):
    return [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, schemas.Schema) and v is not schemas.Schema]


@pytest.mark.parametrize(
    "schema", [*every_schema(schemas), *every_schema(answers), *every_schema(offer_schemas), *every_schema(headcount_schemas)], ids=lambda s: s.__name__
)
def test_every_field_says_what_it_is(schema):
    for name, field in schema().fields.items():
        assert {"description", "unit", "example"} <= set(field.metadata), (schema.__name__, name)


def test_the_openapi_description_is_current_and_valid():
    from openapi_spec_validator import validate

    assert openapi.PATH.read_text(encoding="utf-8") == openapi.text(), "run make openapi"
    validate(openapi.document())


def test_every_route_is_in_the_openapi_description(app):
    described = set(openapi.document()["paths"])
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v1") or rule.rule in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
            assert rule.rule.replace("<", "{").replace(">", "}") in described, rule.rule


def test_every_scope_is_told_on_the_docs_page(client):
    page = client.get("/docs").get_data(as_text=True)
    for role in access.ROLES:
        for scope in access.scopes_of(role):
            assert scope in page, scope


def test_the_published_plans_page_is_current():
    from docs import published_plans

    assert published_plans.PATH.read_text(encoding="utf-8") == published_plans.text(), "run python -m docs.published_plans"


def test_the_published_roles_page_is_current():
    from docs import published_roles

    assert published_roles.PATH.read_text(encoding="utf-8") == published_roles.text(), "run python -m docs.published_roles"


def test_the_model_card_is_current(model, settings):
    from compsvc import cards

    assert (settings.models / f"{model.model_id}.md").read_text(encoding="utf-8") == cards.render(model.body)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_file_names_a_package_index_or_this_machine():
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=PROJECT).stdout.split()
    forbidden = re.compile(r"(--(extra-)?index-url|/(simple|packages)/)|" + re.escape(str(PROJECT.parent) + "/"))
    for name in tracked:
        path = PROJECT / name
        if path.suffix in (".parquet", ".npz", ".png") or not path.is_file() or path.name == "test_docs.py":
            continue
        assert not forbidden.search(path.read_text(encoding="utf-8", errors="ignore")), name


def test_the_wheel_runs_alone(tmp_path):
    """Built and unpacked away from the checkout, with only the counter's packages imported."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], check=True, cwd=PROJECT, capture_output=True)
    wheel = next(tmp_path.glob("*.whl"))
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path / "site")], check=True)
    script = "import sys; sys.path.insert(0, sys.argv[1]); import compsvc; assert compsvc.__file__.startswith(sys.argv[1]); from compsvc.cli import main; main(['price', 'Account Director', '--json'])"
    env = {"COMPSVC_MODELS": str(PROJECT / "models"), "COMPSVC_TODAY": TODAY, "PATH": ""}
    found = subprocess.run([sys.executable, "-c", script, str(tmp_path / "site")], capture_output=True, text=True, env=env, cwd=tmp_path)
    assert '"model_id"' in found.stdout, found.stderr


def test_the_formulas_page_is_current():
    from docs import formulas

    assert formulas.PATH.read_text(encoding="utf-8") == formulas.text(), "run python -m docs.formulas"
