"""A stranger's file is opened in a process of its own, with little memory, little time and no way to write a file, so that whatever is in it ends there.

`read` is called by the service; `main` is the child's: it reads the file from standard input, confines itself, and writes what a
reader makes of it. A reader is a module with a function that takes the bytes and returns text, and raises NotRead to refuse them.
"""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

READING_SECONDS = 1.5
WAITING_SECONDS = 10.0
READING_BYTES = 768 * 2**20
MOST_WRITTEN = 12 * 2**20
MOST_READ_AT_ONCE = 2
MOST_PARTS = 400
MOST_UNPACKED = 60 * 2**20
_FAILED, _OUT_OF_MEMORY, _REFUSED = 1, 2, 3
_reading = threading.BoundedSemaphore(MOST_READ_AT_ONCE)


class NotRead(Exception):
    """Why a file is refused, in words that begin with what was sent."""


def read(module: str, data: bytes, what: str) -> str:
    """What a reader's module makes of bytes; NotRead, in words about `what`, for bytes it refuses or that pass the limits."""
    if not _reading.acquire(timeout=WAITING_SECONDS):
        raise NotRead("other files are being read; try again")
    try:
        done = subprocess.run([sys.executable, "-P", "-m", module], input=data, capture_output=True, timeout=WAITING_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotRead(f"{what} takes too long to read") from None
    finally:
        _reading.release()
    if done.returncode == _REFUSED:
        raise NotRead(done.stdout.decode())
    if done.returncode == _FAILED or done.returncode > _REFUSED:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
        raise RuntimeError(f"{what} cannot be read here: {last}")
    if done.returncode != 0:
        raise NotRead(f"{what} cannot be read within {READING_SECONDS:g} seconds and {READING_BYTES // 2**20} MB")
    return done.stdout.decode()


# --- the process that opens it -----------------------------------------------------------


def _confine() -> None:
    """Little memory, little processor time, no file written: the system ends this process when it passes them."""
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_AS, (READING_BYTES, READING_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, READING_SECONDS)


def parts_of(data: bytes, kind: str, main_part: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every XML part of an office file (kind: ".docx document"), a zip of plain parts, few and small enough when unpacked; NotRead otherwise."""
    import zipfile

    what = f"the {kind.split()[-1]}"

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = {info.filename.lower() for info in parts.infolist()}
            if len(parts.infolist()) > MOST_PARTS or sum(info.file_size for info in parts.infolist()) > MOST_UNPACKED:
                raise NotRead(f"{what} unpacks to more than {MOST_PARTS} parts or {MOST_UNPACKED // 2**20} MB")
            if any(name.endswith("vbaproject.bin") for name in names):
                raise NotRead(f"{what} holds macros")
            if any(".." in name or name.startswith("/") for name in names):
                raise NotRead(f"a part of {what} has a name that leaves it")
            if main_part not in names:
                raise NotRead(f"the file is no {kind}")
            for info in parts.infolist():
                if info.flag_bits & 1:
                    raise NotRead(f"{what} is protected by a password")
                if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                    part = parts.read(info)
                    if b"\0" in part[:200] or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                        raise NotRead(f"a part of {what} is not plain UTF-8 XML")
                    yield info.filename, part
    except (NotRead, MemoryError):
        raise
    except Exception as problem:
        raise NotRead(f"the file is damaged ({type(problem).__name__})") from None


def main(reader: Callable[[bytes], str]) -> int:
    """Exit status of the child, with what the reader made of standard input, or why it refused it, on standard output."""
    try:
        data = sys.stdin.buffer.read()
        _confine()
        found = reader(data)
        if len(found) > MOST_WRITTEN:
            raise NotRead("the file holds too much text")
        sys.stdout.buffer.write(found.encode("utf-8", "replace"))
    except NotRead as problem:
        sys.stdout.buffer.write(str(problem).encode())
        return _REFUSED
    except MemoryError:
        return _OUT_OF_MEMORY
    return 0
