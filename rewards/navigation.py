"""The menu entries of this app."""

from django.utils.translation import gettext_lazy as _

from loyalty.nav import NavItem, register

MANAGERS = {"owner", "manager"}

register("console", NavItem(_("Rewards"), "rewards:rewards", icon="gift", order=40, roles=MANAGERS, key="r"))
register("console", NavItem(_("Redemptions"), "rewards:redemptions", icon="ticket", order=45, roles=MANAGERS, key="d"))
register("console", NavItem(_("The books"), "rewards:books", icon="coins", order=50, roles=MANAGERS, key="b"))
register("program-start", NavItem(_("Set up the program"), "rewards:setup", icon="sparkles", roles=MANAGERS))
register("program-draft", NavItem(_("Go live"), "rewards:go-live", icon="rocket", roles=MANAGERS))
