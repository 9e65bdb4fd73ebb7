"""Compiles the translations with Babel, in place of Django's command of this name, which needs the gettext programs."""

from argparse import ArgumentParser
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po to .mo, where the .mo is missing or older."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Compile those that are up to date, too.")

    def handle(self, *args: object, **options: object) -> None:
        """Compile every catalogue of LOCALE_PATHS that has changed; raise CommandError for one that cannot be read."""
        sources = sorted(source for root in settings.LOCALE_PATHS for source in Path(root).glob("*/LC_MESSAGES/*.po"))
        stale = [source for source in sources if options["all"] or not is_compiled(source)]
        for source in stale:
            compile_catalogue(source)
        if options["verbosity"]:
            self.stdout.write(f"{len(stale)} of {len(sources)} catalogues compiled.")


def is_compiled(source: Path) -> bool:
    """Tell whether the .mo beside a .po is there and not older."""
    target = source.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns


def compile_catalogue(source: Path) -> None:
    """Write the .mo of a .po in one step, so that a reader never sees half of it; fuzzy texts stay out."""
    draft = source.with_suffix(".mo.part")
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CommandError(f"{source}: {error}") from error
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(source.with_suffix(".mo"))
