"""Form controls of the design system that Django has no widget for."""

from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise

type Words = str | Promise


@dataclass(frozen=True, slots=True)
class CardLabel:
    """The label of a choice that is shown as a card: a title, a hint below it and a Lucide icon."""

    title: Words
    hint: Words = ""
    icon: str = ""

    def __str__(self) -> str:
        return str(self.title)


class SuffixInput(forms.TextInput):
    """A number typed as text, with its unit behind it."""

    def __init__(self, suffix: Words, attrs: dict[str, object] | None = None) -> None:
        self.suffix = suffix
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class MoneyInput(SuffixInput):
    """An amount in a currency (ISO 4217 code). It stays text: the form reads it by the person's language."""


class RadioCards(forms.RadioSelect):
    """One of few choices, each a card; give CardLabels as the labels of the choices."""

    template_name = "django/forms/widgets/cards.html"


class CheckboxCards(forms.CheckboxSelectMultiple):
    """Some of few choices, each a card; give CardLabels as the labels of the choices."""

    template_name = "django/forms/widgets/cards.html"


class ColourInput(forms.ColorInput):
    """A colour as #rrggbb."""


class PictureInput(forms.ClearableFileInput):
    """A picture, with the one there is now beside it; files can be dropped on it."""

    def __init__(self, attrs: dict[str, object] | None = None) -> None:
        super().__init__({"accept": "image/png,image/jpeg,image/webp", **(attrs or {})})

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, object]:
        """Tell the template that the file can be shown."""
        context: dict[str, object] = super().get_context(name, value, attrs)
        context["widget"]["picture"] = True  # type: ignore[index]
        return context
