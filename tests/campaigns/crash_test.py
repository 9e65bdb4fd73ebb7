"""./regulars crash-test: kill -9, PostgreSQL stopped at once, a full disk; nothing acknowledged may be lost.

Each part is a process of its own with an installation of its own: tests/campaigns/crash_kills.py, crash_stops.py and
crash_disk.py, which can also be run by themselves.
"""

import subprocess
import sys

from tests.campaigns import stand
from tests.laws.tree import ROOT

TWIN_KILLS = 20
"""About four of five tear something; half must: of six, fewer than three did by chance once in a while."""


def part(name: str, *words: str) -> tuple[bool, str]:
    """Run a part and show what it says; return whether it holds, and its figures."""
    print(f"== {name} {' '.join(words)}", flush=True)
    command = [sys.executable, "-m", f"tests.campaigns.{name}", *words]
    last = ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip()
    return process.returncode == 0, last


def main(words: list[str]) -> int:
    """Run all parts; return the exit code."""
    parser = stand.arguments("crash-test", "Kills processes, stops PostgreSQL and fills the disk while tills record.")
    parser.add_argument("--kills", type=int, default=10, help="default: 10; the full form: 200")
    parser.add_argument("--stops", type=int, default=3, help="of PostgreSQL (default: 3; the full form: 50)")
    options = parser.parse_args(words)
    print(f"crash-test: seed {options.seed}", flush=True)
    same = ("--seed", str(options.seed), "--database")
    parts = [
        part("crash_kills", "--kills", str(options.kills), *same, options.database),
        part("crash_kills", "--torn", "--kills", str(max(TWIN_KILLS, options.kills // 10)), *same, options.database),
        part("crash_stops", "--stops", str(options.stops), *same, options.database),
        part("crash_disk", *same, options.database),
        part("crash_disk", *same, stand.SQLITE),
    ]
    failed = sum(not holds for holds, _ in parts)
    print(f"crash-test: {len(parts) - failed} of {len(parts)} parts hold; {'; '.join(said for _, said in parts)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
