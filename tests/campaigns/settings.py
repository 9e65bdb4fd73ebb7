"""Settings of a campaign's own installation: config.settings, with static files that need no collecting."""

import os

from config.settings import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
if "CAMPAIGN_MAIL_PORT" in os.environ:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": int(os.environ["CAMPAIGN_MAIL_PORT"]), "timeout": 10},
        }
    }
if "CAMPAIGN_MAIL_IN_REQUEST" in os.environ:
    ACCOUNT_ADAPTER = "allauth.account.adapter.DefaultAccountAdapter"
