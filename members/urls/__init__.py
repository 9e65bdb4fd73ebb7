"""Addresses of people's own pages and of every page that shows a person, one list per audience."""

from django.urls import include, path

from members.urls import console, counter, portal, site

app_name = "members"
urlpatterns = [
    path("", include(site.urlpatterns)),
    path("console/<slug:business>/", include(console.urlpatterns)),
    path("counter/<slug:business>/", include(counter.urlpatterns)),
    path("<slug:business>/", include(portal.urlpatterns)),
]
