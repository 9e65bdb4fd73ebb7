"""Mounts everything: the back office, log-in, and what each app offers to each audience."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from config.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("admin/", admin.site.urls),
    path("accounts/", include("config.account_urls")),
    path("languages/setlang/", require_POST(set_language), name="set_language"),
    path("styleguide/", include("config.styleguide")),
    path("", include("config.local_pages")),
    path("", include("loyalty.urls")),
    path("", include("rewards.urls")),
    path("", include("members.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
