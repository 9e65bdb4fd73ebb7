"""A campaign run as a person runs it: a process of its own, judged by its exit code and last line."""

import subprocess
import sys

from tests.laws.tree import ROOT

LONGEST = 240.0


def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a campaign to its end."""
    command = [sys.executable, "-m", f"tests.campaigns.{name}", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST)


def last_line(name: str, *words: str) -> str:
    """Run a campaign that must succeed; return its last line, the figures."""
    done = run(name, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]
