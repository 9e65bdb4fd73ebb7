"""The menus of the site, filled by every app at start so that no layout needs to know what stands above it.

An app registers its entries in AppConfig.ready() through its own <app>/navigation.py:

    from loyalty.nav import NavItem, register

    register("console", NavItem(_("Members"), "members:console-list", icon="users", order=30, roles=MANAGERS))
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

MEMBER = "member"
"""The audience of entries that only a signed-in member of the business sees."""

SECTIONS = (
    *("console", "console-more", "program-start", "program-draft", "counter"),
    *("portal", "portal-foot", "switch", "account"),
)
"""console and console-more: sidebar; program-start and program-draft: what to do where there is no program yet, and
with its draft; counter: the till's bar; portal and portal-foot: a business's own pages; switch: other places of the
same business; account: the signed-in person's own pages."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a menu.

    `url_name` is reversed with `business=<slug>` unless `of_business` is False. `roles` names who sees the entry
    (staff roles, or MEMBER); empty means everybody who sees the menu. Lower `order` stands first. `exact` entries are
    current on their own page only, not below it. `also` names further pages that the entry is current on, and below.
    `mark` names something that may wait for the visitor (loyalty/queries/access.py): then the entry says so.
    `key` is the letter that opens it after a g; it is written down in the list that ? shows.
    """

    label: str | Promise
    url_name: str
    icon: str
    order: int = 100
    roles: Collection[str] = frozenset()
    of_business: bool = True
    exact: bool = False
    also: Collection[str] = ()
    mark: str = ""
    key: str = ""

    def addresses(self, slug: str | None) -> list[str]:
        """Return where the entry leads, and the further pages that it is current on."""
        kwargs = {"business": slug} if self.of_business else None
        return [reverse(name, kwargs=kwargs) for name in (self.url_name, *self.also)]

    def is_near(self, url: str, path: str) -> bool:
        """Return whether a page lies at one of the entry's addresses, or below it."""
        return path == url or (path.startswith(url) and not self.exact)


@dataclass(frozen=True, slots=True)
class NavLink:
    """A NavItem as one visitor sees it."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    marked: bool = False
    key: str = ""


_registry: dict[str, list[NavItem]] = {section: [] for section in SECTIONS}


def register(section: str, *items: NavItem) -> None:
    """Add entries to a menu; the same URL name again replaces its entry. Raises KeyError for an unknown section."""
    names = {item.url_name for item in items}
    kept = [item for item in _registry[section] if item.url_name not in names]
    _registry[section] = sorted([*kept, *items], key=lambda item: item.order)


def links(
    section: str, *, slug: str | None, roles: Iterable[str], path: str, waiting: Collection[str] = ()
) -> list[NavLink]:
    """Return the entries of a menu that `roles` may see; the longest URL that starts `path` is the current one.

    waiting says what waits for the visitor.
    """
    held = frozenset(roles)
    seen = [
        item
        for item in _registry[section]
        if (not item.of_business or slug) and (not item.roles or held.intersection(item.roles))
    ]
    near = ((len(url), item.url_name) for item in seen for url in item.addresses(slug) if item.is_near(url, path))
    current = max(near, default=(0, None))[1]
    return [
        NavLink(
            item.label, item.addresses(slug)[0], item.icon, item.url_name == current, item.mark in waiting, item.key
        )
        for item in seen
    ]


def first_page(slug: str, role: str) -> str:
    """Return where somebody of the staff goes in a business: a cashier to the counter, others to the console."""
    for section in ("counter", "console") if role == "cashier" else ("console",):
        found = links(section, slug=slug, roles=[role], path="")
        if found:
            return found[0].url
    return reverse("loyalty:me", kwargs={"business": slug})
