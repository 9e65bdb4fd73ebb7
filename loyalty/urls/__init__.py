"""Addresses of the business and its program, one list per audience."""

from django.urls import include, path

from loyalty.urls import console, counter, portal, site

app_name = "loyalty"
urlpatterns = [
    path("", include(site.urlpatterns)),
    path("console/<slug:business>/", include(console.urlpatterns)),
    path("counter/<slug:business>/", include(counter.urlpatterns)),
    path("<slug:business>/", include(portal.urlpatterns)),
]
