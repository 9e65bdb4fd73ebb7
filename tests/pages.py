"""What a test reads off a page by its structure: elements, links, forms, what was refused; no words of the copy."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.contrib.messages import get_messages
from django.forms import BaseForm
from django.http import HttpResponse

from loyalty.toasts import undo_url

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
STEP = re.compile(r"(?:[^\s\[]|\[[^\]]*\])+")
CONDITION = re.compile(
    r"^(?P<tag>[\w-]+)|\.(?P<class>[\w-]+)|#(?P<id>[\w-]+)|\[(?P<name>[\w-]+)(?:=(?P<value>[^\]]*))?\]"
)


@dataclass(eq=False)
class Element:
    """An element of a page; text is what it and all within it say, with single spaces."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.pieces).split())

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def fits(self, step: str) -> bool:
        """Return whether one step of a selector describes this element."""
        return all(self._has(found.groupdict()) for found in CONDITION.finditer(step))

    def _has(self, asked: dict[str, str | None]) -> bool:
        if asked["tag"]:
            return self.tag == asked["tag"]
        if asked["class"]:
            return asked["class"] in self.attributes.get("class", "").split()
        name = "id" if asked["id"] else asked["name"]
        value = asked["id"] or asked["value"]
        return name in self.attributes and value in (None, self.attributes[name])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        element = Element(tag, values, self.open[-1] if self.open else None)
        self.found.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while any(element.tag == tag for element in self.open) and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(element.tag in ("script", "style") for element in self.open):
            for element in self.open:
                element.pieces.append(data)


def select(page: HttpResponse | str, selector: str) -> list[Element]:
    """Return the elements that a selector describes, as they come.

    Steps with spaces between them, each of tag, .class, #id, [name] and [name=value]: "form[method=post] .error".
    """
    reader = _Reader()
    reader.feed(page if isinstance(page, str) else page.content.decode())
    *outer, last = STEP.findall(selector)
    return [element for element in reader.found if element.fits(last) and _stands_in(element.parent, outer)]


def _stands_in(element: Element | None, steps: list[str]) -> bool:
    left = list(steps)
    while element and left:
        if element.fits(left[-1]):
            left.pop()
        element = element.parent
    return not left


def texts(page: HttpResponse | str, selector: str) -> list[str]:
    """Return what each of the elements that a selector describes says."""
    return [element.text for element in select(page, selector)]


def links(page: HttpResponse | str) -> set[str]:
    """Return where a page leads: the addresses of its links."""
    return {link["href"] for link in select(page, "a[href]")}


def actions(page: HttpResponse | str) -> list[str]:
    """Return where the forms of a page go, one for each form that names an address."""
    return [form["action"] for form in select(page, "form[action]")]


def value_of(page: HttpResponse | str, name: str) -> str | None:
    """Return what stands in the first field of that name; None where there is no such field or nothing in it."""
    fields = [element for element in select(page, f"[name={name}]") if element.tag in ("input", "textarea", "select")]
    return (fields[0].attributes.get("value") or fields[0].text or None) if fields else None


def has_summary(page: HttpResponse | str) -> bool:
    """Return whether a page begins with what is wrong, for eyes, ears and the cursor."""
    return bool(select(page, "[data-error-summary][role=alert]"))


def refused(response: HttpResponse) -> dict[str, list[str]]:
    """Return the fields that the page's forms refused with the codes of the errors.

    An error without a code has "", what concerns a form as a whole stands under "__all__".
    """
    forms = {id(form): form for form in _values(response) if isinstance(form, BaseForm) and form.is_bound}
    found: dict[str, list[str]] = {}
    for form in forms.values():
        for name, errors in form.errors.as_data().items():
            found.setdefault(name, []).extend(str(error.code or "") for error in errors)
    return found


def _values(response: HttpResponse) -> list[object]:
    """Return all that the templates of a response were given."""
    contexts = response.context or []
    layers = contexts.dicts if hasattr(contexts, "dicts") else [layer for each in contexts for layer in each]
    return [value for layer in layers for value in layer.values()]


def alerts(response: HttpResponse) -> list[str]:
    """Return the levels of the messages that a page shows, or that the page behind a redirect will."""
    return [message.level_tag for message in get_messages(response.wsgi_request)]


def undo_offers(response: HttpResponse) -> list[str]:
    """Return where the messages post to take back what was just done: those that offer it."""
    tags = [message.extra_tags for message in get_messages(response.wsgi_request)]
    return [url for url in map(undo_url, tags) if url]
