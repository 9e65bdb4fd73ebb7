"""Template tags of the page around the content: menus, messages, the visitor's choices (built in: no {% load %})."""

import unicodedata
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from loyalty import step_up, toasts
from loyalty.device import browser_and_system
from loyalty.nav import MEMBER, NavLink, links
from loyalty.templatetags.ui import _component

register = template.Library()


def _links(context: Context, section: str) -> list[NavLink]:
    request, business = context.get("request"), context.get("business")
    role = context.get("role")
    roles = [str(getattr(role, "role", role))] if role else []
    if context.get("member"):
        roles.append(MEMBER)
    path, waiting = getattr(request, "path", ""), getattr(role, "waiting", ())
    return links(section, slug=getattr(business, "slug", None), roles=roles, path=path, waiting=waiting)


@register.simple_tag(takes_context=True)
def nav(context: Context, section: str) -> SafeString:
    """Return the entries of a menu (loyalty/nav.py) that this visitor may see, as list items."""
    return _component("nav", links=_links(context, section))


@register.simple_tag(takes_context=True)
def nav_home(context: Context, section: str) -> str:
    """Return the address of the first entry of a menu, or the site's own start."""
    found = _links(context, section)
    return found[0].url if found else "/"


def _own_name(code: str) -> str:
    name = unicodedata.normalize("NFC", get_language_info(code)["name_local"])
    return name[:1].upper() + name[1:]


@register.simple_tag(takes_context=True)
def language_switch(context: Context, placement: str = "", *, bare: bool = False) -> SafeString:
    """Return the menu of languages, each in its own words; placement is any of "start" and "up"."""
    request, active = context.get("request"), get_language() or settings.LANGUAGE_CODE
    choices = [{"code": code, "name": _own_name(code), "current": code == active} for code, _name in settings.LANGUAGES]
    return _component(
        "language_switch",
        languages=choices,
        current=next((choice["name"] for choice in choices if choice["current"]), active),
        label=_("Language"),
        next=request.get_full_path() if request else "/",
        token=context.get("csrf_token"),
        placement=placement,
        bare=bare,
    )


@register.simple_tag(takes_context=True)
def theme_switch(context: Context, placement: str = "") -> SafeString:
    """Return the menu of light, dark and the device's own; it is shown only where JavaScript runs."""
    return _component("theme_switch", theme=context.get("theme"), placement=placement)


@register.filter
def undo_url(extra_tags: str | None) -> str:
    """Return where a message's Undo button posts to, or an empty text."""
    return toasts.undo_url(extra_tags)


@register.filter
def what_waits(request: HttpRequest) -> dict[str, Any]:
    """Return what waits for the proof that this page asks for (loyalty/step_up.py)."""
    return step_up.waiting(request)


@register.filter
def device(user_agent: str) -> str:
    """Return the browser and the system of a user agent as a person would name them."""
    browser, system = browser_and_system(user_agent)
    browser = browser or _("Unknown browser")
    return f"{browser}, {system}" if system else browser


@register.filter
def is_under(path: str, start: str) -> bool:
    """Return whether a path is at or below an address."""
    return path.startswith(start)
