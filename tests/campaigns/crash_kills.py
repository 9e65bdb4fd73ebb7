"""kill -9 at random moments of requests, import, expiry job, outbox sender and migration, while tills go on."""

import os
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.campaigns import stand

if TYPE_CHECKING:
    from tests.campaigns.load import Load
    from tests.campaigns.server import Server

KINDS = ("worker", "import", "server", "expiry", "worker", "outbox", "migrate", "worker", "server", "worker")
LONGEST_PAUSE = 0.5
PROVEN_EVERY = 25
TORN = 0.5
"""Of the deaths of a job without transactions, at least so many must show; the others fall between two lots."""


def kill_worker(server: "Server", rng: Random) -> bool:
    """Kill one worker process of gunicorn; its master starts another."""
    workers = server.working()
    if not workers:
        return False
    with suppress(ProcessLookupError):
        os.kill(rng.choice(workers), signal.SIGKILL)
    return True


def kill_server(server: "Server") -> bool:
    """Kill gunicorn with all its workers and start it as a supervisor does."""
    server.kill_all()
    server.start()
    return True


def campaign(folder: Path, database: str, kills: int, seed: int) -> tuple["Load", Counter[str], list[str]]:
    """Kill so many times; return the load, how many of each kind were hit at work, and all faults."""
    from tests.campaigns.crash_jobs import Jobs
    from tests.campaigns.load import Load
    from tests.campaigns.server import RECOVERY, serving
    from tests.rewards.shop import open_shop

    rng, hit, faults = Random(seed), Counter[str](), []
    shop = open_shop()
    jobs = Jobs(shop, rng, database, folder)
    with serving(folder) as server:
        load = Load(shop, server.port, rng)
        load.start()
        try:
            for number in range(kills):
                kind = KINDS[number % len(KINDS)]
                time.sleep(rng.random() * LONGEST_PAUSE)
                if kind == "worker":
                    hit[kind] += kill_worker(server, rng)
                elif kind == "server":
                    hit[kind] += kill_server(server)
                else:
                    hit[kind] += jobs.kill(kind)
                load.wait_for_one(RECOVERY)
                faults += [f"after kill {number + 1} ({kind}) lost: {key}" for key in load.lost()]
                if (number + 1) % PROVEN_EVERY == 0:
                    faults += stand.faults()
                    print(f"     {number + 1} of {kills} kills, {len(load.acknowledged)} bookings", flush=True)
        finally:
            load.stop()
        faults += load.faults
    faults += jobs.finish() + [f"lost: {key}" for key in load.lost()] + stand.faults()
    return load, hit, faults


def twin(folder: Path, database: str, kills: int, seed: int) -> int:
    """Kill a job that has no transactions; return the exit code: 0 when the books show it in half of the kills."""
    from tests.campaigns.crash_jobs import Jobs
    from tests.rewards.shop import open_shop

    seen = Jobs(open_shop(), Random(seed), database, folder).tear(kills)
    print(f"kills: without transactions drift after {seen} of {kills}; seed {seed}")
    return 0 if seen >= kills * TORN else 1


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    parser = stand.arguments("crash-test", "Kills processes at random moments.")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--torn", action="store_true", help="the twin: a job without transactions, which must show")
    options = parser.parse_args(words)
    with stand.stand(options.database) as folder:
        if options.torn:
            return twin(folder, options.database, options.kills, options.seed)
        from django.db import connection

        load, hit, faults = campaign(folder, options.database, options.kills, options.seed)
        vendor = connection.vendor
    for fault in faults[:20]:
        print(f"FAIL {fault}")
    kinds = ", ".join(f"{number} x {kind}" for kind, number in sorted(hit.items()))
    print(
        f"kills: {vendor}, {options.kills} ({at_work(kinds)}), {len(load.acknowledged)} acknowledged bookings, "
        f"{load.asked_again} asked again, longest silence {load.longest_silence:.1f} s, {len(faults)} faults; "
        f"seed {options.seed}"
    )
    return 1 if faults else 0


def at_work(kinds: str) -> str:
    """Say which were hit in the middle of their work."""
    return f"at work: {kinds}" if kinds else "none at work"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
