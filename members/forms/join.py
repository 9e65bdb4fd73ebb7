"""Joining: one short form, and the code that proves an address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from members.engine.consent import Key
from members.forms.consent import check_current, consent_answers, consent_fields
from members.forms.fields import CodeField, EmailField, NameField, PhoneField
from members.queries.consent import Question

OPEN_SECONDS = 86_400
SALT = "members.join"


class OpenedForm(forms.Form):
    """A form that was opened here within a day, and whose field that people do not see stays empty.

    How soon it comes back says nothing: a browser that fills in names and addresses by itself is done in a second.
    Templates show both with members/portal/opened.html.
    """

    website = forms.CharField(required=False, label=_("Leave this empty"), max_length=200)
    opened = forms.CharField(required=False, max_length=200)

    @property
    def is_from_a_machine(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data["website"])

    @property
    def opened_at(self) -> str:
        """The proof that the form was opened; a new one where there is none, or none that holds."""
        given = str(self.data.get("opened", ""))
        return given if _is_proof(given) else signing.dumps("opened", salt=SALT)

    def clean(self) -> dict[str, Any] | None:
        """Refuse a form that nobody opened, or that was open for more than a day; sent once more, it is good."""
        if not _is_proof(str(self.cleaned_data.get("opened", ""))):
            raise forms.ValidationError(_("This page was open for too long. Send the form once more."), code="opened")
        return super().clean()


def _is_proof(opened: str) -> bool:
    try:
        signing.loads(opened, salt=SALT, max_age=OPEN_SECONDS)
    except signing.BadSignature:
        return False
    return True


class JoinForm(OpenedForm):
    """Name, e-mail address, phone if wanted, an older card if there is one, and a box for each question.

    ask_email: not of somebody who is logged in. ask_phone: only where a code can be sent there.
    """

    name = NameField(label=_("Your name"), help_text=_("As we should greet you: a first name is enough."))
    email = EmailField(help_text=_("We send a code there. It is also how you log in: no password."))
    phone = PhoneField(required=False, help_text=_("So that we find you at the counter without your card."))
    card = forms.CharField(
        label=_("Card number"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        questions: Sequence[Question] = (),
        country: str = "",
        ask_email: bool = True,
        ask_phone: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.questions = questions
        self.fields["phone"] = PhoneField(country=country, required=False, help_text=self.fields["phone"].help_text)
        if not ask_email:
            del self.fields["email"]
        if not ask_phone:
            del self.fields["phone"]
        self.fields |= consent_fields(questions)

    def clean(self) -> dict[str, Any] | None:
        """Refuse answers to words that do not stand there any more."""
        check_current(self.data, self.questions)
        return super().clean()

    def consent_boxes(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the boxes under the name of their purpose."""
        boxes: dict[str, list[forms.BoundField]] = {}
        for question in self.questions:
            boxes.setdefault(question.name, []).append(self[question.field_name])
        return list(boxes.items())

    def answers(self) -> dict[Key, bool]:
        """Return what was answered to every question."""
        return consent_answers(self.questions, self.cleaned_data)


class CodeForm(forms.Form):
    """The code that came back."""

    code = CodeField()
