"""The boxes of consent in a form: one for each purpose and channel, none of them ticked, none of them required."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.engine.consent import Key
from members.models import Notice
from members.queries.consent import BOX, Question


def consent_fields(questions: Iterable[Question]) -> dict[str, forms.BooleanField]:
    """Return the boxes for a form, by name. A form adds them to its fields in __init__."""
    return {
        question.field_name: forms.BooleanField(
            label=question.wording,
            required=False,
            widget=forms.CheckboxInput({"lang": question.language}),
            help_text=question.purpose.use,
        )
        for question in questions
    }


def consent_answers(questions: Iterable[Question], cleaned: Mapping[str, Any]) -> dict[Key, bool]:
    """Return the answers of a valid form, as members.domain.consent.record_answers takes them."""
    return {question.key: bool(cleaned[question.field_name]) for question in questions}


def check_current(data: Mapping[str, Any], questions: Iterable[Question]) -> None:
    """Raise ValidationError if a form was sent with a box that is not asked like that any more: the words changed."""
    asked = {question.field_name for question in questions}
    if any(name.startswith(BOX) and name not in asked for name in data):
        raise forms.ValidationError(_("What is asked has changed meanwhile. Please look at the boxes again."))


class ChoiceForm(forms.Form):
    """One switch of the privacy page: which box, under which notice, and yes or no."""

    notice = forms.IntegerField()
    box = forms.ChoiceField(error_messages={"invalid_choice": _("This is not asked any more.")})
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    def __init__(self, data: Mapping[str, Any], questions: Iterable[Question], notice: Notice | None) -> None:
        super().__init__(data)
        self._notice = notice
        self._keys = {question.field_name: question.key for question in questions}
        field = self.fields["box"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in self._keys]

    def clean_notice(self) -> int:
        """Only the notice that holds now stands behind an answer of now."""
        version = int(self.cleaned_data["notice"])
        if self._notice is None or version != self._notice.version:
            raise forms.ValidationError(_("There is a new privacy notice."))
        return version

    def answers(self) -> dict[Key, bool]:
        """Return the one answer that was given."""
        return {self._keys[self.cleaned_data["box"]]: self.cleaned_data["answer"] == "yes"}
