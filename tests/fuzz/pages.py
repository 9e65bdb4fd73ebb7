"""What a page of HTML offers to be sent: its forms with their fields, read as a browser reads them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

VOID = {"input", "br", "img", "hr", "meta", "link"}
NO_TEXT = {"hidden", "checkbox", "radio", "file", "submit", "image", "reset", "button"}


@dataclass
class Field:
    """A field of a form: values are what a browser would send, choices all that it offers."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    @property
    def typed(self) -> bool:
        """Whether a person types text into it."""
        return self.kind not in NO_TEXT and self.kind != "select"


@dataclass
class Form:
    """A form as it stands on a page."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def sent(self) -> dict[str, list[str]]:
        """Return what is sent when somebody fills in only what is asked for, with something fitting."""
        data = {}
        for name, one in self.fields.items():
            if one.kind != "file" and (values := one.values or _likely(one)):
                data[name] = values
        return data


LIKELY = {
    "email": "ann@example.com", "tel": "+4915112345678", "number": "1", "date": "2026-04-01", "time": "10:00",
    "datetime-local": "2026-04-01T10:00", "color": "#123456", "url": "https://example.com", "textarea": "Words",
}  # fmt: skip
BY_NAME = {
    "amount": "12.50", "cost": "10", "contact": "ann@example.com", "slug": "some-shop", "pin": "4831", "again": "4831",
    "code": "123456", "q": "mia",
}  # fmt: skip


def _likely(one: Field) -> list[str]:
    if one.kind in ("checkbox", "hidden"):
        return []
    if one.choices:
        return [next((choice for choice in one.choices if choice), "")]
    return [BY_NAME.get(one.name) or LIKELY.get(one.kind, "Words")]


def forms_of(html: str, url: str) -> list[Form]:
    """Return the forms of a page at an address."""
    reader = _Reader(url)
    reader.feed(html)
    reader.close()
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.form: Form | None = None
        self.select: Field | None = None
        self.option: list[str] | None = None
        self.area: Field | None = None

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in pairs}
        if tag == "form":
            self._open(attrs)
        elif tag in ("input", "button", "select", "textarea") and "disabled" not in attrs:
            self._field(tag, attrs)
        elif tag == "option" and self.select is not None and "disabled" not in attrs:
            self._choice(attrs)

    def _open(self, attrs: dict[str, str]) -> None:
        action = urldefrag(urljoin(self.url, attrs.get("action") or self.url)).url
        self.form = self.by_id.setdefault(attrs.get("id") or str(len(self.forms)), Form("", ""))
        self.form.action, self.form.method = action, attrs.get("method", "get").lower()
        self.forms.append(self.form)

    def _field(self, tag: str, attrs: dict[str, str]) -> None:
        form = self.by_id.setdefault(attrs["form"], Form("", "")) if attrs.get("form") else self.form
        if form is None or not attrs.get("name"):
            return
        kind = attrs.get("type", "text").lower() if tag == "input" else tag
        one = form.fields.setdefault(attrs["name"], Field(attrs["name"], kind))
        if tag == "select":
            self.select = one
        elif tag == "textarea":
            self.area = one
            one.values.append("")
        elif kind in ("checkbox", "radio", "submit", "button"):
            one.choices.append(attrs.get("value", "on"))
            if "checked" in attrs:
                one.values.append(attrs.get("value", "on"))
        elif attrs.get("value"):
            one.values.append(attrs["value"])

    def _choice(self, attrs: dict[str, str]) -> None:
        assert self.select is not None
        self.select.choices.append(attrs.get("value", ""))
        if "selected" in attrs:
            self.select.values.append(attrs.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.values[-1] += data


def texts(forms: list[Form], action: str, name: str) -> Iterator[str]:
    """Yield what stands in the field of a name in the forms that go to an address."""
    for form in forms:
        if form.action.split("?")[0] == action.split("?")[0] and name in form.fields:
            yield from form.fields[name].values or [""]
