from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Watch what is told by packages that are ready only now; in the demo, offer the way back to its people."""
        from allauth.account.signals import email_confirmed
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in

        from config import logs, permissions, sessions
        from config.second_factor import count_as_proven, count_as_shown, tell_the_platform
        from loyalty.nav import NavItem, register

        logs.keep_clean()
        permissions.keep_private()
        authenticator_added.connect(count_as_shown, dispatch_uid="second factor")
        user_logged_in.connect(sessions.begin, dispatch_uid="sessions")
        authenticator_added.connect(tell_the_platform, dispatch_uid="first factor")
        email_confirmed.connect(count_as_proven, dispatch_uid="proven newcomer")
        if settings.DEMO:
            register("account", NavItem(_("Be somebody else"), "local:demo", "users", order=5, of_business=False))


class BackOfficeConfig(AdminConfig):
    default_site = "config.back_office.BackOffice"

    def ready(self) -> None:
        """Fill the site, then dress what packages brought to it."""
        super().ready()
        from config import log_ins_admin

        log_ins_admin.register()
