"""Django's makemessages as this project wants it: every language, no guessed translations, no leftovers."""

from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages
from django.utils.translation import to_locale


class Command(makemessages.Command):
    help = f"{makemessages.Command.help} Without --locale, for all languages but English."
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the texts of code and templates to locale/*/LC_MESSAGES/django.po; needs gettext."""
        if not options["locale"]:
            options["locale"] = [to_locale(code) for code, _ in settings.LANGUAGES if code != "en"]
        options["ignore_patterns"] = [*options["ignore_patterns"], "var", "tests", "benchmarks", "static"]
        options["add_location"] = options["add_location"] or "file"
        options["no_obsolete"] = True
        super().handle(*args, **options)
