"""Immediate stops of PostgreSQL while tills record and the worker waits: nothing acknowledged is lost, all goes on."""

import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.campaigns import stand
from tests.campaigns.cluster import Cluster, cluster

if TYPE_CHECKING:
    from tests.campaigns.load import Load
    from tests.campaigns.server import Server

LONGEST_LIFE = 1.0
LONGEST_AWAY = 0.5
LONGEST_MAIL = 90.0


def mail_leaves(server: "Server") -> bool:
    """Whether the worker, which nobody has touched, still sends what is queued now."""
    from django.utils import timezone

    from loyalty.domain import outbox
    from loyalty.domain.outbox import Letter
    from loyalty.models import MessageState

    letter = Letter("Still there?", subject="Hello")
    message = outbox.queue(
        business=None, recipient="a@example.com", letter=letter, purpose="crash.test", at=timezone.now()
    )
    end = time.monotonic() + LONGEST_MAIL
    while time.monotonic() < end and server.children.running["worker"].poll() is None:
        message.refresh_from_db()
        if message.state == MessageState.SENT:
            return True
        time.sleep(0.2)
    return False


def campaign(folder: Path, own: Cluster, stops: int, seed: int) -> tuple["Load", float, list[str]]:
    """Stop the database so often; return the load, the longest wait for the next booking, and all faults."""
    from django.db import connection

    from tests.campaigns.load import Load
    from tests.campaigns.server import RECOVERY, serving
    from tests.rewards.shop import open_shop

    rng, faults, longest = Random(seed), [], 0.0
    shop = open_shop()
    with serving(folder) as server:
        server.children.start("worker", "django", "worker")
        load = Load(shop, server.port, rng)
        load.start()
        try:
            for number in range(stops):
                time.sleep(rng.random() * LONGEST_LIFE)
                own.stop()
                time.sleep(rng.random() * LONGEST_AWAY)
                own.start()
                longest = max(longest, load.wait_for_one(RECOVERY))
                connection.close()
                faults += [f"after stop {number + 1} lost: {key}" for key in load.lost()]
                if (number + 1) % 10 == 0:
                    faults += stand.faults()
                    print(f"     {number + 1} of {stops} stops, {len(load.acknowledged)} bookings", flush=True)
        finally:
            load.stop()
        if not mail_leaves(server):
            faults.append("the worker no longer works")
    faults += load.faults + [f"lost: {key}" for key in load.lost()] + stand.faults()
    return load, longest, faults


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    parser = stand.arguments("crash-test", "Stops PostgreSQL under load.")
    parser.add_argument("--stops", type=int, default=3)
    options = parser.parse_args(words)
    with suppress(KeyboardInterrupt), cluster() as own, stand.stand(own.server) as folder:
        load, longest, faults = campaign(folder, own, options.stops, options.seed)
        for fault in faults[:20]:
            print(f"FAIL {fault}")
        print(
            f"stops: {options.stops}, {len(load.acknowledged)} acknowledged bookings, {load.asked_again} asked again, "
            f"{load.turned_away} of them told 503, next booking at most {longest:.1f} s after the start, "
            f"{len(faults)} faults; seed {options.seed}"
        )
        return 1 if faults else 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
