"""manage.py verify_ledger: prove the books from their rows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty.management.asking import business_at
from loyalty.queries.verify import Finding, invariants, verify

SHOWN = 20


class Command(BaseCommand):
    help = "Prove every balance, lot and invariant of the ledger from its rows; exits with 1 if one does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--business", metavar="ADDRESS", help="only the business at this address")

    def handle(self, *, business: str | None, **options: Any) -> None:
        wide = max(len(invariant.name) for invariant in invariants())
        self.stdout.write(f"{'':4} {'invariant':{wide}} {'checked':>10} {'faults':>7}")
        found = [self._show(finding, wide) for finding in verify(business_at(business), at=timezone.now())]
        broken = sum(1 for number in found if number)
        if broken:
            raise CommandError(f"{broken} of {len(found)} invariants do not hold.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"All {len(found)} invariants hold."))

    def _show(self, finding: Finding, wide: int) -> int:
        sign = "FAIL" if finding.number else "ok"
        rows = f"{finding.checked:>10} {finding.number:>7} {finding.rows}"
        self.stdout.write(f"{sign:4} {finding.invariant:{wide}} {rows}")
        for fault in finding.faults[:SHOWN]:
            self.stdout.write(f"       {fault}")
        if finding.number > SHOWN:
            self.stdout.write(f"       and {finding.number - SHOWN} more")
        return finding.number
