from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    verbose_name = _("Business, program and ledger")

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        from loyalty import address_counts, guards, jobs, navigation, readiness, verbs  # noqa: F401 - registers menus and words
        from loyalty.queries.readiness import CHECKS

        jobs.register()
        for check in CHECKS:
            readiness.register(check)
        # After the receiver of members: an address that is put back at once takes the memberships back with it.
        email_changed.connect(address_counts.tell, dispatch_uid="loyalty.address_counts")

        post_migrate.connect(guards.install_after_migrate, sender=self, dispatch_uid="loyalty.guards")
