"""Addresses of the catalogue, one list per audience."""

from django.urls import include, path

from rewards.urls import console, portal

app_name = "rewards"
urlpatterns = [
    path("console/<slug:business>/", include(console.urlpatterns)),
    path("<slug:business>/", include(portal.urlpatterns)),
]
