"""The style guide: every component alive, beside the template text that makes it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.backends.django import Template
from django.template.loader import get_template
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from loyalty.engine.colours import theme_stylesheet
from loyalty.forms.widgets import (
    CardLabel,
    CheckboxCards,
    ColourInput,
    MoneyInput,
    PictureInput,
    RadioCards,
    SuffixInput,
)

GROUPS = {
    "Foundations": ("colours", "type", "icons", "spacing"),
    "Actions": ("buttons", "menus", "dialogs", "toasts"),
    "Forms": ("form", "error-summary", "search"),
    "Content": ("cards", "badges", "notices", "empty", "facts", "list"),
    "Data": ("stats", "table", "pager", "timeline", "formats"),
    "Around": ("tabs", "steps", "checklist", "crumbs"),
    "Loyalty": ("progress", "stamps", "loyalty-card", "ticket", "rewards", "qr", "phone", "hero"),
}
LAYOUTS = ("console", "counter", "portal", "site", "auth", "print")
THEMES = {"terracotta": "#b4532a", "plum": "#6b2d5c", "sky": "#38a1db", "lemon": "#ffe14d", "ink": "#111111"}


@dataclass(frozen=True)
class SampleUnit:
    """A unit as the filters read it."""

    name: str = "beans"
    decimals: int = 0
    code: str = "points"


@dataclass(frozen=True)
class SampleBusiness:
    """A business as the layouts read it; there is none behind it."""

    name: str = "Bean & Leaf"
    slug: str = "bean-and-leaf"
    colour: str = "#1f5a4b"
    currency: str = "EUR"
    time_zone: str = "Europe/Tallinn"
    logo: None = None
    unit: SampleUnit = field(default_factory=SampleUnit)


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("Name of the reward"), help_text=_("As members will read it."), max_length=60)
    earns = forms.ChoiceField(
        label=_("What do members collect?"),
        widget=RadioCards,
        choices=[
            ("points", CardLabel(_("Points"), _("For every euro spent"), "star")),
            ("stamps", CardLabel(_("Stamps"), _("One for every visit"), "stamp")),
        ],
    )
    spend = forms.CharField(label=_("Smallest purchase"), widget=MoneyInput("EUR"))
    cost = forms.CharField(label=_("Costs"), widget=SuffixInput(_("beans")), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("item", _("An item")), ("off", _("Money off"))])
    days = forms.MultipleChoiceField(
        label=_("Given on"),
        widget=CheckboxCards,
        required=False,
        choices=[("week", CardLabel(_("Weekdays"))), ("end", CardLabel(_("Weekends")))],
    )
    where = forms.ChoiceField(
        label=_("Where"), widget=forms.RadioSelect, choices=[("shop", _("In the shop")), ("web", _("Online, too"))]
    )
    note = forms.CharField(label=_("Small print"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    code = forms.CharField(
        label=_("Code from the e-mail"), widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}), required=False
    )
    colour = forms.CharField(label=_("Colour"), widget=ColourInput, initial="#1f5a4b")
    picture = forms.FileField(label=_("Picture"), widget=PictureInput, required=False)
    agree = forms.BooleanField(label=_("Send me news by e-mail"), required=False, help_text=_("At most one a month."))


def _context() -> dict[str, Any]:
    now = timezone.now()
    faulty = SampleForm({"name": "", "spend": "", "colour": "#1f5a4b"}, prefix="faulty")
    faulty.add_error(None, _("A reward with this name exists already."))
    return {
        "business": SampleBusiness(),
        "unit": SampleUnit(),
        "sample_form": SampleForm(),
        "faulty_form": faulty,
        "now": now,
        "earlier": now - timedelta(hours=3),
        "icons": sorted(path.stem for path in (settings.BASE_DIR / "static" / "vendor" / "lucide").glob("*.svg")),
        "step_labels": [_("Customers"), _("They earn"), _("They get"), _("Go live")],
        "toasts": _toasts(now),
    }


def _toasts(now: datetime) -> list[dict[str, str]]:
    return [
        {"level_tag": "success", "text": "12 beans for Maria", "extra_tags": "undo:/styleguide/"},
        {"level_tag": "error", "text": f"The receipt of {now:%H:%M} was booked already."},
    ]


def _admit(request: HttpRequest) -> None:
    """Raise Http404 for everybody but developers and platform staff."""
    if not (settings.DEBUG or (request.user.is_authenticated and request.user.is_staff)):
        raise Http404


def _sample(name: str, context: dict[str, Any], request: HttpRequest) -> dict[str, str]:
    template = cast(Template, get_template(f"styleguide/samples/{name}.html"))
    return {
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "source": template.template.source.strip(),
        "shown": template.render(context, request),
    }


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every component with its snippet."""
    _admit(request)
    context = _context()
    groups = {group: [_sample(name, context, request) for name in names] for group, names in GROUPS.items()}
    return render(request, "styleguide/index.html", {"groups": groups, "layouts": LAYOUTS, "themes": THEMES, **context})


@require_safe
def layout(request: HttpRequest, name: str) -> HttpResponse:
    """Show a page in one of the layouts; the templates put on a sample colour that `?colour=` names."""
    _admit(request)
    if name not in LAYOUTS:
        raise Http404
    return render(
        request, f"styleguide/{name}.html", {**_context(), "role": "owner", "member": "Maria", "themes": THEMES}
    )


@require_safe
def theme(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the style sheet of one of the sample colours."""
    _admit(request)
    if name not in THEMES:
        raise Http404
    return HttpResponse(theme_stylesheet(THEMES[name]), content_type="text/css")


urlpatterns = [
    path("", index, name="styleguide"),
    path("layouts/<slug:name>/", layout, name="styleguide-layout"),
    path("themes/<slug:name>.css", theme, name="styleguide-theme"),
]
