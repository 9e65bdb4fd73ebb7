"""An owner, a cashier and a member with a browser each, doing by the interface alone what people do."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, expect

from loyalty.models import OutboxMessage
from tests.browser import Visitor


@dataclass
class Person:
    """Somebody at a browser of one width. With scripts, every page they see is also looked at in these schemes."""

    context: BrowserContext
    origin: str
    width: int
    scripts: bool
    schemes: tuple[str, ...]

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.context.new_page(), self.origin)
        self.page = self.visitor.page
        self.visitor.look(width=self.width)

    def go(self, path: str) -> None:
        answer = self.visitor.go(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        self.look_around()

    def look_around(self) -> None:
        """Nothing sticks out, the console is silent, and axe finds nothing."""
        if not self.scripts:
            return
        for scheme in self.schemes:
            self.visitor.look(width=self.width, scheme=scheme)
            self.visitor.assert_clean()
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url

    def click(self, name: str, *, role: str = "button") -> None:
        """Press what is called so in the page's own part, and look at what comes."""
        self.page.locator("main").get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()
        self.look_around()

    def submit(self, action: str = "") -> None:
        """Send the page's own form of that address, or its only one without, and look at what comes."""
        form = f"main form[action='{action}']" if action else "main form:not([action])"
        self.page.locator(f"{form} button[type=submit]").click()
        self.page.wait_for_load_state()
        self.look_around()

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f"main [name={name}]").fill(text)

    def choose(self, name: str, value: str) -> None:
        """Choose from a drop-down, dressed as a search field or not."""
        field = self.page.locator(f"main select[name={name}]")
        if self.scripts and field.get_attribute("data-dressed") is not None:
            field.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('change', {bubbles: true})) }", value)
        else:
            field.select_option(value)

    def says(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def sign_up(self, address: str, path: str = "/accounts/signup/") -> None:
        """Make a log-in with a mailed code, as everybody does."""
        self.go(path)
        self.fill(email=address)
        self.submit("/accounts/signup/")
        self.fill(code=mailed_code())
        self.click("Go on")


def mailed_code() -> str:
    """Read the log-in code off the last mail: it stands on a line of its own."""
    body = OutboxMessage.objects.filter(purpose__startswith="account.").latest("pk").body
    return re.findall(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", body, re.MULTILINE)[-1]


def six_digits() -> str:
    """Read the code off the message that a business wrote last."""
    found = re.search(r"\b[0-9]{6}\b", OutboxMessage.objects.latest("pk").body)
    assert found
    return found.group()


def mailed_path(address: str) -> str:
    """Read the link off the last message to an address."""
    body = OutboxMessage.objects.filter(recipient=address).latest("pk").body
    found = re.search(r"https?://\S+", body)
    assert found
    return urlsplit(found.group()).path
