from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    verbose_name = _("Business, program and ledger")

    def ready(self) -> None:
        from loyalty import guards, jobs, navigation, readiness, verbs  # noqa: F401 - registers menus and words
        from loyalty.queries.readiness import CHECKS

        jobs.register()
        for check in CHECKS:
            readiness.register(check)

        post_migrate.connect(guards.install_after_migrate, sender=self, dispatch_uid="loyalty.guards")
