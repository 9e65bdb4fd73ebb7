"""What is typed at the till."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.engine import codes, pins
from loyalty.models import Business
from members.domain.enrolment import Person
from members.engine import phones
from members.engine.consent import Key
from members.forms.consent import check_current, consent_fields
from members.forms.fields import EmailField, NameField, PhoneField
from members.models import ConsentChannel
from members.queries.consent import Question

AUTOFOCUS = {"autofocus": True}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class FindForm(forms.Form):
    """The one field that finds everybody."""

    q = forms.CharField(required=False, max_length=200)


class KeyForm(forms.Form):
    """A form that books once, however often it is sent."""

    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This page is too old. Please try once more."),
            "invalid": _("This page is too old. Please try once more."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, initial={"key": uuid4(), **options.pop("initial", {})}, **options)

    @property
    def booking_key(self) -> str:
        """The key, as the books keep it."""
        key: UUID = self.cleaned_data["key"]
        return f"till:{key}"

    def renew_key(self) -> None:
        """Let what stands in the form be sent as another booking."""
        self.data = {name: self.data[name] for name in self.data} | {"key": str(uuid4())}


class EnrolForm(forms.Form):
    """A new member: a name, a phone number or an e-mail address, perhaps a printed card, perhaps a yes to questions."""

    name = NameField(
        label=_("Name"),
        error_messages={
            "required": _("Enter the customer's name."),
            "max_length": _("Write the name with at most 80 characters."),
        },
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label=_("Phone or e-mail"),
        max_length=254,
        error_messages={"required": _("Enter a phone number or an e-mail address.")},
        widget=forms.TextInput({**PLAIN, "autocapitalize": "none"}),
    )
    card = forms.CharField(
        label=_("Number on a printed card"),
        max_length=40,
        required=False,
        widget=forms.TextInput({**PLAIN, "autocapitalize": "characters"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        business: Business,
        questions: Sequence[Question] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, auto_id="enrol-%s", **options)
        self.business, self.questions = business, questions
        first = "contact" if self.initial.get("name") else "name"
        self.fields[first].widget.attrs |= AUTOFOCUS
        self.fields |= consent_fields(questions)

    @classmethod
    def of_search(cls, text: str, *, business: Business, questions: Sequence[Question]) -> "EnrolForm":
        """Return the form with what was typed to find somebody in the field where it belongs."""
        return cls(business=business, questions=questions, initial=_sorted_out(text), use_required_attribute=False)

    @property
    def question_fields(self) -> list[forms.BoundField]:
        """The boxes, none of them ticked."""
        return [self[question.field_name] for question in self.questions]

    @property
    def asked_already(self) -> bool:
        """Whether a box was ticked."""
        return any(box.value() or box.errors for box in self.question_fields)

    @property
    def wants_card(self) -> bool:
        """Whether a card number was given."""
        return bool(self["card"].value() or "card" in self.errors)

    def clean_contact(self) -> tuple[str, str]:
        """Return e-mail address and phone number, one of them empty."""
        text = self.cleaned_data["contact"]
        if "@" in text:
            return EmailField().clean(text), ""
        if not any(char.isdigit() for char in text):
            raise forms.ValidationError(_t("Enter a phone number or an e-mail address."), code="invalid")
        return "", PhoneField(country=self.business.country).clean(text)

    def clean_card(self) -> str:
        """Return the code in normal form."""
        code = codes.normalise(self.cleaned_data["card"])
        if code and not (len(code) == codes.CODE_LENGTH and codes.is_valid(code)):
            raise forms.ValidationError(_t("There is a slip in this number. Read it once more."), code="invalid")
        return code

    def clean(self) -> dict[str, Any]:
        """Refuse a yes to messages on a way on which nobody can be reached, or to words that changed meanwhile."""
        super().clean()
        check_current(self.data, self.questions)
        email, phone = self.cleaned_data.get("contact") or ("", "")
        for question in self.questions:
            if not self.cleaned_data.get(question.field_name) or not (email or phone):
                continue
            if question.channel == ConsentChannel.EMAIL and not email:
                self.add_error(question.field_name, _t("There is no e-mail address to write to."))
            if question.channel in (ConsentChannel.SMS, ConsentChannel.PHONE) and not phone:
                self.add_error(question.field_name, _t("There is no phone number for that."))
        return self.cleaned_data

    def person(self) -> Person:
        """Return who it is."""
        email, phone = self.cleaned_data["contact"]
        return Person(name=self.cleaned_data["name"], email=email, phone=phone)

    def said_yes(self) -> dict[Key, bool]:
        """Return what the customer said yes to; a box that is not ticked was perhaps never asked."""
        return {question.key: True for question in self.questions if self.cleaned_data[question.field_name]}


def _sorted_out(text: str) -> dict[str, str]:
    if "@" in text:
        return {"contact": text}
    if phones.endings(text):
        return {"contact": text} if len(text) > 5 else {}
    code = codes.normalise(text)
    if len(code) == codes.CODE_LENGTH and codes.is_valid(code):
        return {"card": codes.grouped(code)}
    return {"name": text.title() if text.islower() else text} if any(char.isalpha() for char in text) else {}


class PinForm(forms.Form):
    """The PIN by which somebody takes over the till."""

    pin = forms.CharField(
        label=_("PIN"),
        max_length=pins.LONGEST,
        error_messages={"required": _("Enter your PIN."), "max_length": _("A PIN has at most 8 digits.")},
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "off", **AUTOFOCUS}),
    )

    @cached_property
    def next(self) -> str:
        """Where to go afterwards, as it was asked for."""
        return str(self.data.get("next", ""))
