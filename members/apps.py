from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members and consent")

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        from loyalty import people
        from loyalty.domain import address_changes, businesses
        from loyalty.queries import places
        from members import jobs, navigation, readiness, verbs  # noqa: F401 - registers menus and words
        from members.domain import holders, notices, profile, visits
        from members.queries.places import memberships
        from members.queries.warnings import count_unreached
        from members.web import log_in_changed
        from rewards.domain import undoing

        jobs.register()
        readiness.register()
        people.register(count=count_unreached, tell=holders.show)
        businesses.opened.append(notices.ensure_defaults)
        places.others.append(memberships)
        undoing.owned_by.append(visits.owns)
        address_changes.followers.append(profile.follow_log_in)
        email_changed.connect(log_in_changed, dispatch_uid="members.log_in_changed")
