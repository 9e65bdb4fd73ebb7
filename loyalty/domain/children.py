"""Starting a process of our own that reads something foreign: it is told nothing that an attacker could use."""

import os
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "SYSTEMROOT", "TZDIR", "SQLITE_TMPDIR", "TMPDIR", "TEMP", "TMP")
"""What it is told of the surroundings: no address of a database, no secret of the site."""


def command(module: str) -> tuple[str, ...]:
    """Return the command that runs a module of ours."""
    return (sys.executable, "-m", module)


def surroundings() -> dict[str, Any]:
    """Return where it runs and all that it finds there. One arena: each thread's would count against its memory."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    own = {"PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return {"cwd": _ROOT, "env": kept | own}


def ran_out_of_time(code: int) -> bool:
    """Whether a process ended with this code because it had used up its seconds, or was ended from outside."""
    import signal

    return code in {-int(getattr(signal, name)) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}
