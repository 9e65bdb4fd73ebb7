"""Every name and every other line that is typed is refused where it holds a sign that nobody sees."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError

import config.passkey_forms
import loyalty.forms
import members.forms
import rewards.forms
from loyalty.forms.lines import OneLine
from members.forms.fields import NameField

PLAIN = {
    # what is looked up or compared, and shown to nobody else
    "q", "card", "code", "contact", "receipt", "reference", "pin", "again", "website", "opened", "stock_shown",
    # what has a shape of its own
    "slug", "colour", "email", "contact_email", "phone", "contact_phone", "website_url", "return_prefix",
}  # fmt: skip


def every_form() -> Iterator[type[forms.BaseForm]]:
    modules = [config.passkey_forms]
    for package in (loyalty.forms, rewards.forms, members.forms):
        found = pkgutil.iter_modules(package.__path__)
        modules += [importlib.import_module(f"{package.__name__}.{module.name}") for module in found]
    for module in modules:
        for made in vars(module).values():
            if isinstance(made, type) and issubclass(made, forms.BaseForm) and made.__module__ == module.__name__:
                yield made


def lines(form: type[forms.BaseForm]) -> dict[str, forms.Field]:
    """Return the fields of a form in which somebody types a line of text."""
    fields: dict[str, forms.Field] = getattr(form, "base_fields", {})
    return {
        name: field
        for name, field in fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, forms.EmailField | forms.URLField | forms.UUIDField)
        and isinstance(field.widget, forms.TextInput) and not field.widget.is_hidden
    }  # fmt: skip


def takes(field: forms.Field, text: str) -> bool:
    try:
        field.run_validators(field.to_python(text))
    except ValidationError as refused:
        return "hidden_sign" not in [error.code for error in refused.error_list]
    return True


LINES = [
    pytest.param(field, id=f"{form.__name__}-{name}")
    for form in every_form()
    for name, field in lines(form).items()
    if name not in PLAIN
]


@pytest.mark.parametrize("field", LINES)
@pytest.mark.parametrize("text", ["Mia\u202e nooM", "Mi\u200ba"])
def test_a_line_with_an_invisible_sign_is_refused(field: forms.Field, text: str) -> None:
    assert not takes(field, text)


def test_the_lines_are_found() -> None:
    assert len(LINES) > 25
    assert {type(param.values[0]) for param in LINES} >= {OneLine, NameField}


def test_a_plain_field_is_noticed() -> None:
    class Planted(forms.Form):
        title = forms.CharField()

    assert takes(lines(Planted)["title"], "Mia\u202e nooM")
