from django.urls import URLPattern, path

from loyalty.views import activity, imports, me, printables, program, rules, seals, settings, team


def _pieces(part: str) -> list[URLPattern]:
    """Return the addresses of the draft's rules, or of its bonuses."""
    return [
        path(f"program/draft/{part}/new/", rules.add, {"part": part}, name=f"{part}-add"),
        path(f"program/draft/{part}/restore/<str:token>/", rules.restore, {"part": part}, name=f"{part}-restore"),
        path(f"program/draft/{part}/<uuid:public_id>/", rules.change, {"part": part}, name=f"{part}-change"),
        path(f"program/draft/{part}/<uuid:public_id>/remove/", rules.remove, {"part": part}, name=f"{part}-remove"),
    ]


urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:batch>/", imports.batch, name="import"),
    path("imports/<uuid:batch>/columns/", imports.columns, name="import-columns"),
    path("imports/<uuid:batch>/problems.csv", imports.problems, name="import-problems"),
    path("imports/<uuid:batch>/start/", imports.start, name="import-start"),
    path("imports/<uuid:batch>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<uuid:batch>/resume/", imports.resume, name="import-resume"),
    path("imports/<uuid:batch>/undo/", imports.undo, name="import-undo"),
    path("imports/<uuid:batch>/reconsider/", imports.reconsider, name="import-reconsider"),
    path("imports/<uuid:batch>/remove-file/", imports.remove_file, name="import-remove-file"),
    path("imports/<uuid:batch>/discard/", imports.discard, name="import-discard"),
    path("program/", program.overview, name="program"),
    path("program/change/", program.start_draft, name="program-change"),
    path("program/versions/<int:number>/", program.version, name="version"),
    path("program/versions/<int:number>/reuse/", program.start_draft, name="version-reuse"),
    path("program/draft/", program.draft, name="draft"),
    path("program/draft/discard/", program.discard, name="draft-discard"),
    path("program/draft/settings/", rules.settings, name="draft-settings"),
    path("program/draft/units/new/", rules.add_unit, name="unit-add"),
    path("program/draft/units/<slug:code>/", rules.change_unit, name="unit-change"),
    path("program/draft/units/<slug:code>/remove/", rules.remove_unit, name="unit-remove"),
    *_pieces("rules"),
    *_pieces("bonuses"),
    path("checklist/hide/", settings.hide_checklist, name="checklist-hide"),
    path("checklist/show/", settings.show_checklist, name="checklist-show"),
    path("settings/", settings.details, name="settings"),
    path("settings/look/", settings.look, name="settings-look"),
    path("settings/refunds-and-expiry/", settings.leniency, name="settings-leniency"),
    path("settings/adjustments/", settings.adjustment_limits, name="settings-adjustments"),
    path("settings/locations/", settings.locations, name="settings-locations"),
    path("settings/locations/<uuid:location>/", settings.location, name="settings-location"),
    path("settings/locations/<uuid:location>/close/", settings.close_location, name="settings-location-close"),
    path("settings/locations/<uuid:location>/reopen/", settings.reopen_location, name="settings-location-reopen"),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="team-invite"),
    path("team/invitations/<uuid:invitation>/resend/", team.resend, name="invitation-resend"),
    path("team/invitations/<uuid:invitation>/withdraw/", team.withdraw, name="invitation-withdraw"),
    path("team/<uuid:person>/", team.person, name="person"),
    path("team/<uuid:person>/role/", team.change_role, name="person-role"),
    path("team/<uuid:person>/reset-pin/", team.reset_pin, name="person-reset-pin"),
    path("team/<uuid:person>/remove/", team.remove, name="person-remove"),
    path("me/", me.me, name="me"),
    path("me/pin/", me.set_pin, name="me-pin"),
    path("me/leave/", me.leave, name="me-leave"),
    path("seals/", seals.seals, name="seals"),
    path("seals.csv", seals.download, name="seals-csv"),
    path("activity/", activity.activity, name="activity"),
    path("print/", printables.printables, name="print"),
    path("print/poster/", printables.poster, name="print-poster"),
    path("print/table-tent/", printables.table_tent, name="print-table-tent"),
    path("print/crib/", printables.crib, name="print-crib"),
]
