"""Forms about the business itself: opening it, its details, its look, its branches."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty.domain.businesses import BusinessDetails
from loyalty.engine import regions
from loyalty.engine.pictures import LOGO
from loyalty.forms.lines import OneLine
from loyalty.forms.pictures import PictureField
from loyalty.forms.widgets import ColourInput, PictureInput, SuffixInput
from loyalty.models import Business
from loyalty.models.businesses import colour_validator, slug_validator
from loyalty.queries import businesses

type Choices = list[tuple[str, Any]]

LONGEST_UNDO = 240
RESERVED = _("This address belongs to a page of this site. Choose another one.")
TAKEN = _("Another business has this address. Choose another one.")


def picker() -> forms.Select:
    """Return a drop-down that becomes a search field where JavaScript runs."""
    return forms.Select(attrs={"data-combobox": ""})


def _locale() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _choose(words: Any, choices: Choices) -> Choices:
    return [("", words), *choices]


def currency_choices() -> Choices:
    """Return the currencies in the reader's language."""
    return _choose(_("Choose a currency"), regions.currencies(_locale()))


def country_choices() -> Choices:
    """Return the countries in the reader's language."""
    return _choose(_("Choose a country"), regions.countries(_locale()))


def zone_choices() -> Choices:
    """Return the time zones in the reader's language."""
    return _choose(_("Choose a time zone"), regions.time_zones(_locale()))


class _ColourField(forms.CharField):
    """A colour as #rrggbb, in small letters."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()


class _ZoneField(forms.ChoiceField):
    """A time zone; an older name of it is understood, too."""

    def to_python(self, value: Any) -> str:
        return regions.canonical_zone(super().to_python(value)) or super().to_python(value)


def _zone_field() -> _ZoneField:
    return _ZoneField(
        label=_("Time zone"),
        choices=zone_choices,
        widget=picker(),
        help_text=_("Days begin and end, and points expire, by this clock."),
        error_messages={"required": _("Choose the time zone."), "invalid_choice": _("Choose one of the time zones.")},
    )


def _country_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Country"),
        choices=country_choices,
        widget=picker(),
        error_messages={"required": _("Choose the country."), "invalid_choice": _("Choose one of the countries.")},
    )


def _language_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language of your customers"),
        choices=lambda: settings.LANGUAGES,
        help_text=_("Mails and pages start in it; everybody may choose another."),
        error_messages={"invalid_choice": _("Choose one of the languages.")},
    )


def _name_field() -> OneLine:
    return OneLine(
        label=_("Name of the business"),
        max_length=80,
        error_messages={
            "required": _("Enter the name of the business."),
            "max_length": _("Use at most 80 letters for the name."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


def _contact_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("Contact e-mail"),
        max_length=254,
        help_text=_("Where customers reach you. It is shown on your page."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter the address at which customers reach you."),
            "invalid": _("Enter an e-mail address like name@example.com."),
        },
    )


def _tagline_field() -> OneLine:
    return OneLine(
        label=_("In one line"),
        max_length=140,
        required=False,
        help_text=_("What you are to your customers, for example “Coffee and cake by the river”."),
        error_messages={"max_length": _("Use at most 140 letters for the line.")},
    )


def _colour_field() -> _ColourField:
    return _ColourField(
        label=_("Colour"),
        max_length=7,
        widget=ColourInput,
        validators=[colour_validator],
        help_text=_("Your pages, cards and posters take it. It is kept readable, in light and dark."),
        error_messages={"required": _("Choose a colour."), "max_length": _("Use a colour like #8a4b2a.")},
    )


def _logo_field() -> PictureField:
    return PictureField(
        shape=LOGO,
        label=_("Logo"),
        required=False,
        widget=PictureInput,
        help_text=_("PNG, JPEG or WebP, at most 5 MB. Square ones look best."),
    )


class LookFields(forms.Form):
    """What decides how a business looks."""

    tagline = _tagline_field()
    colour = _colour_field()
    logo = _logo_field()


class OpenForm(LookFields):
    """What somebody says to open a business."""

    name = _name_field()
    slug = forms.CharField(
        label=_("Address"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Where your customers find you. It stays the same for good. Left empty, it is made of the name."),
        error_messages={"max_length": _("Use at most 40 letters for the address.")},
    )
    country = _country_field()
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=currency_choices,
        widget=picker(),
        help_text=_("What your customers pay in. It stays the same for good."),
        error_messages={"required": _("Choose the currency."), "invalid_choice": _("Choose one of the currencies.")},
    )
    time_zone = _zone_field()
    language = _language_field()
    called = OneLine(
        label=_("Your name"),
        max_length=60,
        help_text=_("Your team sees it at the till."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name."), "max_length": _("Use at most 60 letters for your name.")},
    )
    contact_email = _contact_field()

    field_order = (
        *("name", "slug", "tagline", "called", "contact_email"),
        *("country", "currency", "time_zone", "language", "colour", "logo"),
    )

    def clean_slug(self) -> str:
        """Return the address typed, or a free one made of the name. Whether it is free is for the domain to say."""
        slug = str(self.cleaned_data["slug"]).lower()
        if not slug:
            return businesses.propose(str(self.cleaned_data.get("name", "")))
        slug_validator(slug)
        if businesses.is_reserved(slug):
            raise forms.ValidationError(RESERVED)
        return slug

    def details(self) -> BusinessDetails:
        """Return what was said."""
        return BusinessDetails(**{name: value for name, value in self.cleaned_data.items() if name != "called"})


class DetailsForm(forms.Form):
    """What a business says about itself, after it was opened."""

    name = _name_field()
    address = OneLine(
        label=_("Postal address"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("It stands in your privacy notice: members must know who keeps their data."),
        error_messages={"max_length": _("Use at most 200 letters for the address.")},
    )
    contact_email = _contact_field()
    country = _country_field()
    time_zone = _zone_field()
    language = _language_field()
    undo_minutes = forms.IntegerField(
        label=_("Undo at the counter"),
        min_value=0,
        max_value=LONGEST_UNDO,
        widget=SuffixInput(_("minutes")),
        help_text=_("So long a cashier can take back what was just booked."),
        error_messages={
            "required": _("Enter a number of minutes."),
            "invalid": _("Enter a whole number of minutes."),
            "min_value": _("Enter 0 minutes or more."),
            "max_value": _("Enter at most 240 minutes."),
        },
    )

    @classmethod
    def of(cls, business: Business, data: Any = None) -> "DetailsForm":
        """Return the form filled with a business's details, or with what was sent."""
        return cls(data, initial={name: getattr(business, name) for name in cls.base_fields})


class LookForm(LookFields):
    """How a business looks."""

    @classmethod
    def of(cls, business: Business, data: Any = None, files: Any = None) -> "LookForm":
        """Return the form filled with a business's look, or with what was sent."""
        initial = {"tagline": business.tagline, "colour": business.colour, "logo": business.logo or None}
        return cls(data, files, initial=initial)

    def changes(self) -> dict[str, Any]:
        """Return what to change: logo only if one was chosen, or is to go."""
        values = dict(self.cleaned_data)
        logo = values.pop("logo")
        if "logo" in self.changed_data:
            values["logo"] = logo or ""
        return values


class LocationForm(forms.Form):
    """A branch."""

    name = OneLine(
        label=_("Name of the location"),
        max_length=80,
        error_messages={
            "required": _("Enter the name of the location."),
            "max_length": _("Use at most 80 letters for the name."),
        },
    )
    address = OneLine(
        label=_("Address"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("Use at most 200 letters for the address.")},
    )
