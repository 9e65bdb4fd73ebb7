"""./regulars restore-drill: fill an installation, back it up, restore it elsewhere, prove it, go on booking."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.campaigns import stand

PICTURE = "rewards/drill.png"
SECONDS: dict[str, float] = {}


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Take the time of a part of the drill and say it."""
    print(f"     {part} ...", flush=True)
    start = time.monotonic()
    yield
    SECONDS[part] = time.monotonic() - start
    print(f"ok   {part}: {SECONDS[part]:.1f} s", flush=True)


def check(holds: object, what: str) -> None:
    """End the drill with a failure where something does not hold."""
    if not holds:
        sys.exit(f"FAIL {what}")


def build(folder: Path, accounts: int, entries: int, seed: int) -> None:
    """Fill the installation: books in bulk, an uploaded file, a message that has not left."""
    from loyalty.domain import outbox
    from loyalty.domain.outbox import Letter
    from tests.campaigns.bulk import fill
    from tests.world import NOW, make_world

    fill(make_world(), accounts_wanted=accounts, entries_wanted=entries, rng=Random(seed))
    outbox.queue(business=None, recipient="a@example.com", letter=Letter("Hello."), purpose="drill.hello", at=NOW)
    picture = folder / "media" / PICTURE
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"not lost")


def go_on(seed: int) -> None:
    """Book purchases and spendings in the restored installation as if nothing had happened."""
    from loyalty.domain import ledger, sales
    from loyalty.domain.actors import Actor
    from loyalty.domain.sale_input import SaleInput
    from loyalty.engine.facts import CustomerFacts
    from loyalty.models import Account, Business, Channel, PostingKind
    from tests.world import NOW

    rng, business = Random(seed), Business.objects.get(slug="luna")
    by, unit = Actor(Channel.SYSTEM), business.units.get(code="points")
    for number, account in enumerate(Account.objects.filter(business=business).order_by("-pk")[:50]):
        total = rng.randrange(1000, 9000)
        sale = SaleInput(key=f"after:{number}", at=NOW, total=total, total_before_tax=total)
        sales.record(business=business, account=account, sale=sale, by=by, at=NOW, customer=CustomerFacts())
        head = ledger.Booking(
            account=account, key=f"after:spend:{number}", kind=PostingKind.REDEMPTION, at=NOW, booked_at=NOW, by=by
        )
        ledger.spend(head, unit=unit, amount=5, why={})


@contextmanager
def another_place(database: str) -> Iterator[Path]:
    """Turn Django of this process to an empty database and an empty folder; yield the folder."""
    from django.conf import settings
    from django.core.files.storage import default_storage, storages
    from django.db import connection

    with TemporaryDirectory(prefix="regulars-restored-") as name, stand.own_database(database, Path(name)) as url:
        folder = Path(name)
        connection.close()
        connection.settings_dict["NAME"] = url.removeprefix("sqlite:///") if "sqlite" in url else url.rpartition("/")[2]
        settings.DATA_DIR, settings.MEDIA_ROOT = folder, str(folder / "media")
        for storage, place in ((default_storage, "media"), (storages["private"], "private")):
            storage.__dict__ |= {"location": str(folder / place), "base_location": str(folder / place)}
        yield folder
        connection.close()


def drill(folder: Path, database: str, accounts: int, entries: int, seed: int) -> dict[str, int]:
    """Run the drill; return what the backup counts."""
    from django.utils import timezone

    from config import backups
    from loyalty.models import MessageState, OutboxMessage

    with timed("build"):
        build(folder, accounts, entries, seed)
    with TemporaryDirectory(prefix="regulars-backup-") as shelf:
        file = Path(shelf) / "backup.tar.gz"
        with timed("back up"):
            manifest = backups.back_up(file, at=timezone.now())
        print(f"     {file.stat().st_size / 1e6:.1f} MB", flush=True)
        with another_place(database) as restored:
            with timed("restore"):
                done = backups.restore(file, replace=False, at=timezone.now())
            check(backups.counts_here() == manifest.counts, "the restored rows are those of the backup")
            check((restored / "media" / PICTURE).read_bytes() == b"not lost", "the uploaded file is back")
            messages = OutboxMessage.objects.filter(state=MessageState.HELD)
            check(done.held == messages.count() > 0, "the message that had not left is held")
            with timed("verify"):
                check(not stand.faults(), "the restored books hold")
            with timed("go on booking"):
                go_on(seed)
                check(not stand.faults(), "the books hold after further bookings")
    return manifest.counts


def main(words: list[str]) -> int:
    """Run the campaign; return the exit code."""
    parser = stand.arguments("restore-drill", "Backs up, restores into an empty place, proves the books, goes on.")
    parser.add_argument("--accounts", type=int, default=1000, help="default: 1000; the full form: 100000")
    parser.add_argument("--entries", type=int, default=10_000, help="default: 10000; the full form: 1000000")
    options = parser.parse_args(words)
    print(f"restore-drill: seed {options.seed}", flush=True)
    with stand.stand(options.database) as folder:
        from django.db import connection

        counts = drill(folder, options.database, options.accounts, options.entries, options.seed)
        vendor = connection.vendor
    seconds = ", ".join(f"{part} {taken:.1f} s" for part, taken in SECONDS.items())
    print(
        f"restore-drill: {vendor}, {counts['loyalty_account']} accounts, {counts['loyalty_entry']} entries: {seconds}; "
        f"seed {options.seed}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
