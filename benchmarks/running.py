"""What `bench ledger` and `bench http` share: options, a process for each database, the proof after it."""

import argparse
import importlib
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from benchmarks import scratch


def main(name: str, works: Mapping[str, Sequence[str]], words: Sequence[str]) -> int:
    """Measure what was asked for, each database in a process of its own; return 1 when one of them failed.

    works: what can be measured, and on which databases.
    """
    parser = argparse.ArgumentParser(prog=f"./regulars bench {name}")
    parser.add_argument("--only", choices=works, help="one piece of work")
    parser.add_argument("--on", choices=scratch.DATABASES, help="one database")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default: 5)")
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual amount of work (default: 1)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.child:
        measure(works, options)
        return 0
    print(scratch.environment(), flush=True)
    kinds = [options.on] if options.on else list(scratch.DATABASES)
    return max(
        subprocess.call([sys.executable, "-m", f"benchmarks.{name}", *words, "--child", "--on", kind])  # noqa: S603
        for kind in kinds
        if options.only is None or kind in works[options.only]
    )


def measure(works: Mapping[str, Sequence[str]], options: argparse.Namespace) -> None:
    """Measure on one database; print each result as it comes, then prove that the books add up."""
    begun = time.monotonic()
    with scratch.database(options.on) as url:
        shops, run = importlib.import_module("benchmarks.shop"), importlib.import_module("benchmarks.works")
        shop = shops.open_shop()
        for name, kinds in works.items():
            if options.on in kinds and options.only in (None, name):
                for result in run.WORKS[name](shop, url, options.rounds, options.scale):
                    print(result, flush=True)
        outstanding = shops.check_books()
        print(f"{options.on}: every invariant holds, {outstanding:,} outstanding, {time.monotonic() - begun:.0f} s")
