"""manage.py rebuild_balances: set the cached numbers of the ledger to what its rows say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty.domain import rebuilding
from loyalty.domain.actors import SYSTEM
from loyalty.management.asking import business_at


class Command(BaseCommand):
    help = "Mend balances and rests of lots from the rows of the ledger, which are never touched; says what differed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--business", metavar="ADDRESS", help="only the business at this address")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what differs; exit with 1 if something does"
        )

    def handle(self, *, business: str | None, dry_run: bool, **options: Any) -> None:
        asked = business_at(business)
        found = (
            rebuilding.find(business=asked)
            if dry_run
            else rebuilding.mend(business=asked, by=SYSTEM, at=timezone.now())
        )
        number = 0
        try:
            for each in found:
                number += 1
                self.stdout.write(f"{each.place}: {each.column} is {each.cached}, by the rows {each.derived}")
        except rebuilding.BeyondMending as error:
            raise CommandError(f"{error}. Run verify_ledger: it names the rows at fault.", returncode=2) from error
        if number and dry_run:
            raise CommandError(f"{number} cached numbers differ from the rows.", returncode=1)
        done = f"{number} cached numbers mended." if number else "Every cached number is what the rows say."
        self.stdout.write(self.style.SUCCESS(done))
