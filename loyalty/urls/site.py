from django.urls import path, re_path

from loyalty.views import address_changes, businesses, codes, invitations, media, site, step_up

urlpatterns = [
    path("", site.welcome, name="welcome"),
    path("start/", site.start, name="start"),
    path("start/code/", codes.code_progress, name="code-progress"),
    path("start/second-factor-later/", site.second_factor_later, name="second-factor-later"),
    path("accounts/undo/<str:token>/", address_changes.undo, name="address-undo"),
    path("accounts/fresh-code/", step_up.fresh_code, name="fresh-code"),
    path("businesses/new/", businesses.open_business, name="business-new"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    re_path(r"^theme/(?P<colour>[0-9a-f]{6})\.css$", businesses.colour, name="colour"),
    re_path(r"^media/(?P<folder>logos|rewards)/(?P<name>[0-9a-f]{32}\.(?:png|webp))$", media.media, name="media"),
]
