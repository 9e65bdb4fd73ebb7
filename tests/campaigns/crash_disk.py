"""A disk that fills up under the database while tills record: a clean refusal, nothing lost, and on again with room."""

import errno
import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.campaigns import stand
from tests.campaigns.cluster import Cluster, cluster

if TYPE_CHECKING:
    from tests.campaigns.clients import Browser
    from tests.campaigns.load import Load

SIZES = {"sqlite": 48, "postgresql": 240}
"""Megabytes of the small disk, and what is left free of it once the ballast lies there."""
LEFT = 1_000_000
PATIENCE = 120.0
FULL_FOR = 3.0
ENDS_WITHIN = 2.0
"""A PostgreSQL that could not write its log may end a moment after there is room again."""


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Yield the folder of a disk of so many megabytes, in memory; needs root."""
    with TemporaryDirectory(prefix="regulars-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def fill(disk: Path) -> Path:
    """Lay a file on the disk that leaves next to nothing free; return it. The database may fill the rest meanwhile."""
    ballast = disk / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            for _ in range(max(0, shutil.disk_usage(disk).free - LEFT) // 65536):
                file.write(bytes(65536))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    return ballast


def unreadable(manager: "Browser", member: "Browser", account: object) -> list[str]:
    """Return, in words, the pages that a manager and a member cannot read now."""
    from tests.campaigns.clients import counter

    pages = [
        (manager, "/console/luna/"), (manager, "/console/luna/imports/"), (manager, counter("home")),
        (manager, counter("member", account=account)), (member, "/luna/my/"), (member, "/luna/my/card/"),
        (member, "/my/"), (member, "/luna/"), (member, "/health/"),
    ]  # fmt: skip
    answers = [(path, who.get(path)) for who, path in pages]
    return [f"{path} answers {status} on a full disk" for path, status in answers if status != http.client.OK]


def campaign(folder: Path, disk: Path, own: Cluster | None, seed: int) -> tuple["Load", float, list[str]]:
    """Fill the disk under load and make room again; return the load, the wait for the next booking, and all faults."""
    from django.db import connection

    from tests.campaigns.clients import Browser
    from tests.campaigns.load import Load
    from tests.campaigns.server import RECOVERY, serving
    from tests.rewards.shop import open_shop

    rng = Random(seed)
    with serving(folder) as server:
        shop = open_shop()
        load = Load(shop, server.port, rng)
        readers = Browser(server.port, shop.manager), Browser(server.port, shop.member_user)
        load.start()
        try:
            load.wait_for_one(RECOVERY)
            ballast = fill(disk)
            end = time.monotonic() + PATIENCE
            while not load.asked_again and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(FULL_FOR)
            refused = load.asked_again
            unread = unreadable(*readers, shop.member.account.public_id)
            if own and not own.runs():
                unread = []  # PostgreSQL ends itself where it cannot write its log.
            ballast.unlink()
            end = time.monotonic() + ENDS_WITHIN
            while own and time.monotonic() < end:
                if not own.runs():
                    own.start()
                time.sleep(0.1)
            waited = load.wait_for_one(RECOVERY)
        finally:
            load.stop()
        connection.close()
    faults = unread if refused else ["the disk never got full"]
    return load, waited, faults + load.faults + [f"lost: {key}" for key in load.lost()] + stand.faults()


def main(words: list[str]) -> int:
    """Run the campaign on one database; return the exit code."""
    parser = stand.arguments("crash-test", "Fills the disk under load.")
    options = parser.parse_args(words)
    kind = "sqlite" if options.database.startswith(stand.SQLITE) else "postgresql"
    if os.getuid():
        print(f"disk full: {kind} left out: making a small disk needs root")
        return 0
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(SIZES[kind]))
        own = stack.enter_context(cluster(inside=disk)) if kind == "postgresql" else None
        database, inside = (own.server, None) if own else (stand.SQLITE, disk)
        folder = stack.enter_context(stand.stand(database, inside=inside))
        load, waited, faults = campaign(folder, disk, own, options.seed)
        for fault in faults[:20]:
            print(f"FAIL {fault}")
        print(
            f"disk full: {kind}, {len(load.acknowledged)} acknowledged bookings, {load.asked_again} asked again, "
            f"{load.turned_away} of them told 503, next booking {waited:.1f} s after there was room, "
            f"{len(faults)} faults; seed {options.seed}"
        )
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
