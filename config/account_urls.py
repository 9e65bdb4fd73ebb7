"""The pages of django-allauth that this site has: those of passwords are not among them."""

from allauth.account.urls import urlpatterns as offered
from django.urls import include, path

PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_request_login_code",
    "account_confirm_login_code",
}

urlpatterns = [
    *(page for page in offered if page.name in PAGES),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
