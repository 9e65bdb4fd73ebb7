"""manage.py demo_accounts: who to log in as in the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.demo_history.people import PERSONAS
from config.demo_history.shops import CAFE_PIN


class Command(BaseCommand):
    help = "Print who to log in as in the demo."

    def handle(self, **options: Any) -> None:
        self.stdout.write("Log in with one click at " + self.style.SUCCESS(f"{settings.BASE_URL}/demo/") + " as")
        for persona in PERSONAS:
            self.stdout.write(f"  {persona.label!s:<15} {persona.email:<22} {settings.BASE_URL}{persona.start}")
        self.stdout.write(
            f"Mails and text messages of the demo: {settings.BASE_URL}/outbox/. Chloé's till PIN: {CAFE_PIN}"
        )
