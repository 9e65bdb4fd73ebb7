from django.urls import URLPattern, path

from members.views.console import accounts, adjustments, agreed, goodwill, home, merging, notices, privacy

urlpatterns: list[URLPattern] = [
    path("", home.home, name="console-home"),
    path("accounts/", accounts.listing, name="console-accounts"),
    path("accounts/<uuid:account>/", accounts.account, name="console-account"),
    path("accounts/<uuid:account>/print/", accounts.sheet, name="console-account-print"),
    path("accounts/<uuid:account>/statement.csv", accounts.download, name="console-account-csv"),
    path("accounts/<uuid:account>/forgive/<slug:unit>/", goodwill.forgive, name="console-forgive"),
    path("accounts/<uuid:account>/merge/", merging.find_other, name="console-merge-find"),
    path("accounts/<uuid:account>/merge/<uuid:other>/", merging.merge, name="console-merge"),
    path("merges/<uuid:merge>/", merging.merged, name="console-merged"),
    path("merges/<uuid:merge>/undo/", merging.undo, name="console-merge-undo"),
    path("adjustments/", adjustments.listing, name="console-adjustments"),
    path("adjustments/<uuid:adjustment>/<slug:verb>/", adjustments.decide, name="console-adjustment-decide"),
    path("accounts/<uuid:account>/adjust/<slug:unit>/", adjustments.adjust, name="console-adjust"),
    path("movements/<uuid:movement>/", accounts.movement, name="console-movement"),
    path("adjustments/", adjustments.listing, name="console-adjustments"),
    path("adjustments/<uuid:adjustment>/<slug:verb>/", adjustments.decide, name="console-adjustment-decide"),
    path("accounts/<uuid:account>/adjust/<slug:unit>/", adjustments.adjust, name="console-adjust"),
    path("movements/<uuid:movement>/give-again/", goodwill.reinstate, name="console-reinstate"),
    path("privacy/", privacy.overview, name="console-privacy"),
    path("privacy/answers/", privacy.answers, name="console-answers"),
    path("privacy/proof/<uuid:member>/", privacy.consent_proof, name="console-proof"),
    path("privacy/views/", privacy.views, name="console-views"),
    path("privacy/notice/<slug:language>/", notices.notice, name="console-notice"),
    path("privacy/purposes/new/", notices.purpose_new, name="console-purpose-new"),
    path("privacy/purposes/<uuid:purpose>/", notices.purpose, name="console-purpose"),
    path("privacy/purposes/<uuid:purpose>/used-for/", notices.purpose_named_use, name="console-purpose-used-for"),
    path("privacy/purposes/<uuid:purpose>/<slug:channel>.csv", agreed.download, name="console-agreed"),
    path("privacy/purposes/<uuid:purpose>/use/", notices.purpose_use, name="console-purpose-use"),
]
