"""Mounts everything: the back office, log-in, and what each app offers to each audience."""

from django.contrib import admin
from django.urls import include, path

from config.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("languages/", include("django.conf.urls.i18n")),
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
