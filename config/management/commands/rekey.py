"""manage.py rekey: bring what is encrypted under the SECRET_KEY of today."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty.domain import factors
from loyalty.domain.actors import SYSTEM


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of second factors anew after SECRET_KEY was changed; earlier keys: SECRET_KEY_FALLBACKS."
    )

    def handle(self, **options: Any) -> None:
        done = factors.rekey(by=SYSTEM, at=timezone.now())
        self.stdout.write(f"{done.changed} second factors are under the new key.")
        if done.unreadable:
            ids = ", ".join(map(str, done.unreadable))
            raise CommandError(
                f"{len(done.unreadable)} cannot be read (ids {ids}): put the SECRET_KEY they were made under into "
                "SECRET_KEY_FALLBACKS, or remove them in the back office so that their people add a factor anew.",
                returncode=1,
            )
        self.stdout.write(self.style.SUCCESS("Everything is under the SECRET_KEY of today; earlier keys can go."))
