"""Who may do what: `access.csv` names every route and method with the scope it needs and the roles that have it.

A route that stands in no row is denied, and a test fails the build. A key may carry
fewer scopes than its role, never more. A fault while deciding denies.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from compsvc.errors import FieldProblem, Forbidden, RequestInvalid, Unauthenticated
from compsvc.lifecycle import APPROVE
from compsvc.store import Who

ANONYMOUS = "anonymous"
ROLES = ("viewer", "recruiter", "planner", "analyst", "admin")
ROLE_SAYS = {
    "viewer": "reads offers and Bands",
    "recruiter": "makes, submits and extends offers",
    "planner": "reads offers and Bands, costs headcount plans",
    "analyst": "sets Bands, enters pay records, approves offers",
    "admin": "everything, and reads the audit log",
}
APPROVERS = frozenset({"analyst", "admin"})


class Rule(NamedTuple):
    """What one route and method needs: a scope (empty for none) and one of the roles."""

    scope: str
    roles: frozenset[str]


@cache
def rules() -> dict[tuple[str, str], Rule]:
    """Every rule of `access.csv` by (route, method)."""
    with (files("compsvc") / "access.csv").open(encoding="utf-8") as stream:
        return {
            (row["route"], row["method"]): Rule(row["scope"], frozenset(r for r in (ANONYMOUS, *ROLES) if row[r] == "yes")) for row in csv.DictReader(stream)
        }


@cache
def scopes_of(role: str) -> frozenset[str]:
    """Every scope a role has; approving is one, though no route is its own."""
    found = {rule.scope for rule in rules().values() if rule.scope and role in rule.roles}
    return frozenset(found | ({APPROVE} if role in APPROVERS else set()))


def require_known(role: str, scopes: tuple[str, ...] = ()) -> None:
    """Nothing for a role and scopes of it; RequestInvalid otherwise."""
    if role not in ROLES:
        raise RequestInvalid("No such role.", (FieldProblem("/role", f"'{role}' is not a role", ", ".join(ROLES)),))
    for scope in scopes:
        if scope not in scopes_of(role):
            raise RequestInvalid("No such scope.", (FieldProblem("/scope", f"a {role} has no scope '{scope}'", ", ".join(sorted(scopes_of(role)))),))


def who(workspace_id: str, name: str, role: str, scopes: tuple[str, ...] = ()) -> Who:
    """Somebody with the scopes of the role, cut to those a key carries; an unknown role has none."""
    mine = scopes_of(role) if role in ROLES else frozenset()
    return Who(workspace_id, name, role, mine & frozenset(scopes) if scopes else mine)


def open_to_all(route: str, method: str) -> bool:
    """Whether a route needs no account."""
    rule = rules().get((route, "GET" if method == "HEAD" else method))
    return rule is not None and ANONYMOUS in rule.roles


def check(route: str, method: str, asking: Who | None) -> None:
    """Nothing when `asking` (None: nobody signed in) may use the route; Unauthenticated or Forbidden otherwise."""
    rule = rules().get((route, "GET" if method == "HEAD" else method))
    if rule is None:
        raise Forbidden("This route has no rule, so nobody may use it.")
    if ANONYMOUS in rule.roles:
        return
    if asking is None:
        raise Unauthenticated("Sign in, or send an API key as 'Authorization: Bearer ...'.")
    if asking.role not in rule.roles or rule.scope not in asking.scopes:
        raise Forbidden(f"This needs {rule.scope}, which {'this key' if asking.name.startswith('key ') else 'your role'} ({asking.role}) does not have.")
