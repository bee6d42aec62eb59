"""Rewrites what README's commands print, each command run as it stands there, and the name of the model served.

Run: python -m docs.readme. The date is that of the tests, so that what is shown stays true.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from compsvc import registry
from compsvc.cli import main
from compsvc.settings import Settings

TODAY = "2026-11-22"
PATH = Path(__file__).parents[1] / "README.md"
_SHOWN = re.compile(r"^\$ (compsvc [^\n]+)\n(.*?)(?=^\$ |^```)", re.DOTALL | re.MULTILINE)
_MODEL = re.compile(r"us-\d{4}-\d{2}-[0-9a-f]{6}")


def printed(command: str) -> str:
    """What a command prints; RuntimeError where it fails."""
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    if result.exit_code:
        raise RuntimeError(f"{command}: {result.output}")
    return result.output.strip() + "\n"


def rewritten(text: str) -> str:
    """The document with every shown answer printed anew; a command that shows none stays alone."""
    shown = _SHOWN.sub(lambda m: f"$ {m[1]}\n{printed(m[1]) if m[2].strip() else m[2]}", text)
    return _MODEL.sub(registry.current_id(Settings.from_environment().models), shown)


if __name__ == "__main__":
    os.environ["COMPSVC_TODAY"] = TODAY
    PATH.write_text(rewritten(PATH.read_text(encoding="utf-8")), encoding="utf-8")
