"""The menu entries of this app."""

from django.utils.translation import gettext_lazy as _

from loyalty.nav import NavItem, register

STAFF = {"owner", "manager"}

register("console", NavItem(_("Program"), "loyalty:program", icon="target", order=30, roles=STAFF, key="p"))
register("console", NavItem(_("Past sales"), "loyalty:imports", icon="upload", order=60, roles=STAFF, key="i"))
register("console", NavItem(_("To print"), "loyalty:print", icon="printer", order=70, roles=STAFF, key="k"))
register("console-more", NavItem(_("Team"), "loyalty:team", icon="users", order=20, roles=STAFF, key="t"))
register("console-more", NavItem(_("Settings"), "loyalty:settings", icon="settings", order=40, roles=STAFF, key="s"))
register("console-more", NavItem(_("Activity"), "loyalty:activity", icon="history", order=50, roles={"owner"}, key="y"))
register("console-more", NavItem(_("My place"), "loyalty:me", icon="id-card", order=80))
register("switch", NavItem(_("My place"), "loyalty:me", icon="id-card", order=40, roles={"cashier"}))
