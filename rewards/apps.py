from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = _("Rewards")

    def ready(self) -> None:
        from loyalty import readiness, undo_offers
        from loyalty.queries import verify
        from rewards import jobs, navigation, verbs  # noqa: F401 - registers menus and words
        from rewards.domain import imported
        from rewards.queries.imported import count_vouchers
        from rewards.queries.readiness import CHECKS
        from rewards.queries.verify import INVARIANTS

        jobs.register()
        for check in CHECKS:
            readiness.register(check)
        verify.register(*INVARIANTS)
        undo_offers.register(undo_offers.UndoOffer(count_vouchers, imported.cancel_some))
