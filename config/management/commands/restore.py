"""manage.py restore FILE: put a backup back, and prove its books."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups import BackupError, restore
from loyalty.domain import chain


class Command(BaseCommand):
    help = (
        "Put a backup in the place of database and files, migrate it and prove its books. Stop web and worker before."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what backup wrote")
        parser.add_argument("--replace", action="store_true", help="even where there is data, which is lost")

    def handle(self, *, file: Path, replace: bool, **options: Any) -> None:
        try:
            restored = restore(file, replace=replace, at=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Restored what was there on {restored.manifest.taken:%Y-%m-%d %H:%M} UTC.")
        if restored.held:
            self.stdout.write(
                f"{restored.held} messages that had not left by then are held, for they may have left since: "
                "let those go that did not, under Messages in the back office."
            )
        chain.extend(everything=True)
        call_command("verify_ledger", stdout=self.stdout, stderr=self.stderr)
