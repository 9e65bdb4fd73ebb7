"""The menu entries of this app."""

from django.utils.translation import gettext_lazy as _

from loyalty.nav import MEMBER, NavItem, register
from loyalty.queries.access import ADJUSTMENTS

STAFF = {"owner", "manager"}

register(
    "console", NavItem(_("Overview"), "members:console-home", icon="house", order=0, roles=STAFF, exact=True, key="o")
)
register(
    "console", NavItem(_("Members"), "members:console-accounts", icon="wallet-cards", order=20, roles=STAFF, key="m")
)
register(
    "console",
    NavItem(
        _("Adjustments"), "members:console-adjustments", icon="pencil", order=55, roles=STAFF, mark=ADJUSTMENTS, key="a"
    ),
)
register("switch", NavItem(_("Console"), "members:console-home", icon="monitor", order=5, roles=STAFF))
register(
    "console-more",
    NavItem(_("Privacy"), "members:console-privacy", icon="shield-check", order=60, roles=STAFF, key="c"),
)
register(
    "portal",
    NavItem(_("Overview"), "members:dashboard", icon="house", order=10, roles={MEMBER}),
    NavItem(_("Card"), "members:card", icon="qr-code", order=20, roles={MEMBER}),
    NavItem(_("Rewards"), "members:rewards", icon="gift", order=30, roles={MEMBER}, also=["members:vouchers"]),
    NavItem(_("Profile"), "members:profile", icon="user", order=70, roles={MEMBER}),
    NavItem(_("Privacy"), "members:privacy", icon="shield-check", order=80, roles={MEMBER}),
)
register(
    "portal-foot",
    NavItem(_("How it works"), "members:home", icon="info", order=5),
    NavItem(_("Privacy notice"), "members:notice", icon="file-text", order=10),
)
register("switch", NavItem(_("Customers' page"), "members:home", icon="store", order=90))
register("account", NavItem(_("My shops"), "members:my-shops", icon="wallet-cards", order=10, of_business=False))

register(
    "counter",
    NavItem(_("Till"), "members:counter-home", icon="search", order=10),
    NavItem(_("New member"), "members:counter-enrol", icon="user-plus", order=20),
    NavItem(_("Walk-in"), "members:counter-walk-in", icon="shopping-bag", order=30),
)
register("switch", NavItem(_("Till"), "members:counter-home", icon="scan-line", order=10))
