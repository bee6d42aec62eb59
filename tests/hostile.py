"""Files that mean harm: made from good ones, and measured in a process of their own."""

import io
import os
import subprocess
import sys
import zipfile

from tests.conftest import PROJECT


def repacked(data, edits=None, more=None):
    """An office file with parts changed or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            part = source.read(info)
            out.writestr(info.filename, (edits or {}).get(info.filename, lambda p: p)(part))
        for name, part in (more or {}).items():
            out.writestr(name, part)
    return stream.getvalue()


def measured(tmp_path, files, module):
    """(slowest seconds, what it was, MB grown, files left behind) of a module's `cost_of` over hostile files, in a process of its own, so that making them is not counted."""
    folder, left = tmp_path / "files", tmp_path / "left"
    folder.mkdir()
    left.mkdir()
    for name, data in files.items():
        (folder / f"{name}.bin").write_bytes(data)
    words = f"from {module} import cost_of; print(*cost_of({str(folder)!r}), sep='|')"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False, cwd=PROJECT, env={**os.environ, "TMPDIR": str(left)})
    assert done.returncode == 0, done.stderr[-2_000:]
    slowest, which, grown = done.stdout.strip().split("|")
    return float(slowest), which, float(grown), list(left.iterdir())
