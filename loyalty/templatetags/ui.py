"""The components of the design system as template tags (built in: no {% load %}). docs/design-system.md shows each."""

from functools import cache
from typing import Any
from uuid import uuid4

import segno
from django import template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
type Words = str | Promise

TONE_ICONS = {
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
    "info": "info",
    "neutral": "circle",
    "brand": "star",
}


ICONS = settings.BASE_DIR / "static" / "vendor" / "lucide"
OTHERWISE = "gift"
"""What stands for an icon that the set does not have: names also come from rows."""


@cache
def _icons_there() -> frozenset[str]:
    return frozenset(path.stem for path in ICONS.glob("*.svg"))


@cache
def _icon_shapes(name: str) -> SafeString:
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    return mark_safe(svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].strip())  # noqa: S308 - own file


def _trim(content: str) -> SafeString:
    """Return what a block tag encloses, rendered already, without the white space around it."""
    return mark_safe(content.strip())  # noqa: S308 - escaped when it was rendered


def _component(name: str, **context: object) -> SafeString:
    return mark_safe(get_template(f"components/{name}.html").render(context).strip())  # noqa: S308 - a rendered template


def _attributes(given: dict[str, object]) -> SafeString:
    """Return HTML attributes of keyword arguments: `hx_post` is written hx-post, `class_` is written class."""
    return flatatt({name.rstrip("_").replace("_", "-"): value for name, value in given.items() if value is not None})


def _svg(name: str, label: Words = "") -> SafeString:
    if not name:
        return mark_safe("")
    speech = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        speech,
        _icon_shapes(name if name in _icons_there() else OTHERWISE),
    )


@register.simple_tag
def icon(name: str, label: Words = "") -> SafeString:
    """Return a Lucide icon as inline SVG, hidden from assistive technology unless it has a label."""
    return _svg(name, label)


@register.simple_block_tag
def button(
    content: str, variant: str = "secondary", *, href: str = "", icon: str = "", type: str = "submit", **attrs: Any
) -> str:
    """Return a button, or a link that looks like one; variant is primary, secondary, quiet or danger."""
    shape = _svg(icon)
    extra = str(attrs.pop("class_", ""))
    classes = f"button {variant} {extra}".strip()
    if href:
        return format_html(
            '<a class="{}" href="{}"{}>{}{}</a>', classes, href, _attributes(attrs), shape, _trim(content)
        )
    return format_html(
        '<button class="{}" type="{}"{}>{}{}<span class="spinner htmx-indicator" aria-hidden="true"></span></button>',
        classes, type, _attributes(attrs), shape, _trim(content),
    )  # fmt: skip


@register.simple_block_tag
def card(
    content: str,
    title: Words = "",
    *,
    icon: str = "",
    level: int = 2,
    href: str = "",
    more: Words = "",
    **attrs: Any,
) -> str:
    """Return a card; `href` with `more` is a link at the right of its title."""
    extra = str(attrs.pop("class_", ""))
    return _component(
        "card",
        content=content,
        title=title,
        icon=icon,
        level=level,
        href=href,
        more=more,
        extra=extra,
        attrs=_attributes(attrs),
    )


@register.simple_tag
def stat(
    label: Words, value: object, *, definition: Words = "", change: Words = "", tone: str = "neutral", href: str = ""
) -> SafeString:
    """Return a figure with what it counts; the definition opens under "what is this?"."""
    return _component("stat", label=label, value=value, definition=definition, change=change, tone=tone, href=href)


@register.simple_tag
def badge(word: Words, tone: str = "neutral", *, icon: str = "") -> SafeString:
    """Return a state as word, icon and colour; tone is neutral, good, warn, bad, info or brand."""
    shape = _svg(icon or TONE_ICONS[tone])
    return format_html('<span class="badge {}">{}{}</span>', tone, shape, word)


@register.simple_tag
def progress(value: int, of: int, *, words: Words, label: Words = "") -> SafeString:
    """Return a bar with its words; `value` above `of` shows as full."""
    return _component("progress", value=min(max(value, 0), of), of=of, words=words, label=label or words)


@register.simple_tag
def stamps(have: int, need: int, *, icon: str = "check", reward: Words = "", fresh: int = 0) -> SafeString:
    """Return a stamp card of `need` places, the first `have` stamped, the last `fresh` of these just now.

    Every place takes a stamp; the last one carries the gift that it leads to.
    """
    places = [
        {"number": n, "done": n <= have, "last": n == need, "fresh": have - fresh < n <= have}
        for n in range(1, need + 1)
    ]
    label = _("%(have)s of %(need)s stamps") % {"have": min(have, need), "need": need}
    return _component("stamps", places=places, label=label, icon=icon, reward=reward, across=_across(need))


def _across(need: int) -> int:
    """Return how many stamps stand in a row: all of a short card, else what leaves the fewest gaps."""
    return need if need <= 6 else min((5, 6, 4), key=lambda across: -need % across)


@register.simple_block_tag
def empty(content: str, title: Words, *, icon: str = "sparkles", level: int = 2) -> str:
    """Return an empty state: what will be here and, as content, why it is empty and the one thing to do."""
    return _component("empty", content=content, title=title, icon=icon, level=level)


@register.simple_block_tag
def dialog(content: str, id: str, title: Words, *, open: bool = False) -> str:
    """Return a native dialog; open it with {% opener id %}."""
    return _component("dialog", content=content, id=id, title=title, open=open)


@register.simple_block_tag
def opener(content: str, id: str, variant: str = "secondary", *, icon: str = "", **attrs: Any) -> str:
    """Return the button that opens the dialog `id` (by the browser itself where it can, else by app.js)."""
    return button(
        content, variant, icon=icon, type="button", commandfor=id, command="show-modal", aria_haspopup="dialog", **attrs
    )


@register.simple_block_tag
def tabs(content: str, label: Words) -> str:
    """Return a row of {% tab %} links to the parts of a page; the label names it for assistive technology."""
    return format_html('<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>', label, content)


@register.simple_tag
def tab(label: Words, href: str, *, current: bool = False, count: object = None) -> SafeString:
    """Return one tab; a count stands beside its label."""
    state = mark_safe(' aria-current="page"') if current else ""
    number = format_html(' <span class="count">{}</span>', count) if count is not None else ""
    return format_html('<li><a href="{}"{}>{}{}</a></li>', href, state, label, number)


@register.simple_tag
def steps(labels: list[Words], current: int) -> SafeString:
    """Return the steps of a wizard, counted from 1; those before `current` are done."""
    places = [
        {"label": text, "number": n, "done": n < current, "current": n == current} for n, text in enumerate(labels, 1)
    ]
    return _component("steps", places=places, current=current, total=len(labels))


@register.simple_tag
def qr(text: str, *, label: Words, error: str = "m") -> SafeString:
    """Return a QR code as inline SVG on white; use error="q" for print."""
    code = segno.make_qr(text, error=error)
    svg = code.svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff")
    return format_html('<div class="qr" role="img" aria-label="{}">{}</div>', label, mark_safe(svg))  # noqa: S308 - segno's


@register.simple_tag
def copy(text: str, *, label: Words = "") -> SafeString:
    """Return a button that copies `text`; it is shown only where JavaScript runs."""
    return _component("copy", text=text, label=label or _("Copy"))


@register.simple_block_tag
def timeline(content: str, *, label: Words = "") -> str:
    """Return a list of {% event %}s, the newest first."""
    return format_html('<ol class="timeline"{}>{}</ol>', _attributes({"aria-label": label or None}), content)


@register.simple_block_tag
def event(
    content: str,
    title: Words,
    *,
    icon: str = "circle",
    tone: str = "neutral",
    when: Words = "",
    by: Words = "",
    amount: Words = "",
) -> str:
    """Return one event of a timeline; the content is its detail."""
    return _component(
        "event", content=_trim(content), title=title, icon=icon, tone=tone, when=when, by=by, amount=amount
    )


@register.simple_block_tag
def checklist(content: str, *, done: int, of: int, title: Words) -> str:
    """Return a list of {% task %}s with how many are done."""
    return _component("checklist", content=content, done=done, of=of, title=title)


@register.simple_tag
def task(label: Words, *, done: bool, href: str = "", hint: Words = "", action: Words = "") -> SafeString:
    """Return one entry of a checklist."""
    return _component("task", label=label, done=done, href=href, hint=hint, action=action)


@register.simple_block_tag
def facts(content: str) -> str:
    """Return a list of {% fact %}s, label beside value."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: Words) -> str:
    """Return one label with its value."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, _trim(content))


@register.simple_block_tag
def crumbs(content: str) -> str:
    """Return the way back: {% crumb %}s from the top to the page above this one."""
    return format_html('<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>', _("Breadcrumb"), content)


@register.simple_tag
def crumb(label: Words, href: str) -> SafeString:
    """Return one page of the way back."""
    return format_html('<li><a href="{}">{}</a></li>', href, label)


@register.simple_block_tag
def menu(content: str, label: Words, placement: str = "", *, icon: str = "ellipsis", bare: bool = False) -> str:
    """Return a menu of links and form buttons that opens without JavaScript.

    It opens below and to the left; placement is any of "start" (to the right) and "up". Bare shows the icon only.
    """
    return _component("menu", content=content, label=label, placement=placement, icon=icon, bare=bare)


@register.simple_block_tag
def loyalty_card(content: str, business: object) -> str:
    """Return a member's card in the colour of its business."""
    return _component("loyalty_card", content=content, business=business)


@register.simple_block_tag
def ticket(content: str, title: Words, *, note: Words = "", spent: bool = False, level: int = 3) -> str:
    """Return a voucher as a ticket; the content is its code, QR and last day."""
    return _component("ticket", content=content, title=title, note=note, spent=spent, level=level)


@register.simple_block_tag
def phone(content: str, label: Words) -> str:
    """Return a phone's frame around what a customer sees, to stand beside an editor."""
    return _component("phone", content=content, label=label)


@register.simple_block_tag
def notice(content: str, title: Words = "", *, tone: str = "info") -> str:
    """Return a note in the page; tone is info, good, warn or bad."""
    return _component("notice", content=content, title=title, tone=tone, icon=TONE_ICONS[tone])


@register.simple_tag
def pager(*, newer: str = "", older: str = "", label: Words = "") -> SafeString:
    """Return the two links of a keyset list; an empty URL is shown as not available."""
    return _component("pager", newer=newer, older=older, label=label or _("Pages"))


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    """Return the list of what is wrong in a form, each linked to its field; nothing when all is well."""
    if not form.is_bound or not form.errors:
        return mark_safe("")
    found = [
        (field, text, _is_stock(field, error))
        for field in form.visible_fields()
        for error, text in zip(form.errors.as_data().get(field.name, []), field.errors, strict=True)
    ]
    general = [*form.non_field_errors(), *(text for field in form.hidden_fields() for text in field.errors)]
    return _component("error_summary", general=general, found=found)


def _is_stock(field: BoundField, error: ValidationError) -> bool:
    """Return whether Django's own words stand for an error: alone, they do not say which field they mean."""
    stock = [getattr(kind, "default_error_messages", {}).get(error.code) for kind in type(field.field).__mro__]
    return error.message in stock


@register.simple_tag
def form_key() -> SafeString:
    """Return the hidden field that lets a form be booked once only, however often it is sent."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())
