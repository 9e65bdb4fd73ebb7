"""manage.py backup FILE: the whole installation in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups import BackupError, back_up


class Command(BaseCommand):
    help = "Write database and uploaded files into one new file, with a manifest; the shop may go on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            manifest = back_up(file, at=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from None
        for name, number in manifest.counts.items():
            self.stdout.write(f"{number:>14,}  {name}")
        self.stdout.write(f"{len(manifest.files) - 1:>14,}  uploaded files")
        self.stdout.write(self.style.SUCCESS(f"Backed up to {file} ({file.stat().st_size / 1e6:,.1f} MB)."))
