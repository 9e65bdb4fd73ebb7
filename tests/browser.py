"""Chromium as a visitor of the pages: what it sees, what it complains of, what axe finds."""

import os
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Response

PHONE = 360
DESK = 1280
LOOKS = [(PHONE, "dark"), (DESK, "light")]
"""Contrast does not hang on the width, nor the size of targets on the colors: two of the four pairs tell most."""
EVERY_LOOK = [*LOOKS, (PHONE, "light"), (DESK, "dark")]
"""What the nightly tier looks at."""
each_look = pytest.mark.parametrize(
    ("width", "scheme"), [LOOKS[0], *(pytest.param(*look, marks=pytest.mark.nightly) for look in EVERY_LOOK[1:])]
)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NO_BROWSER = "No Chromium found: install one (Debian: apt-get install chromium) or name it in CHROMIUM."


def chromium() -> str | None:
    """Return the path of the Chromium that CHROMIUM names, or of the first one on the PATH."""
    names = [os.environ.get("CHROMIUM"), "chromium-headless-shell", "chromium", "google-chrome", "chromium-browser"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


@dataclass
class Visitor:
    """Somebody at the site with a browser. `problems` collects console errors, page errors and refused resources.

    looks: the widths and colour schemes in which pages are looked at closely.
    """

    page: Page
    origin: str
    looks: list[tuple[int, str]] = field(default_factory=lambda: LOOKS)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def sign_in(self, user: object) -> None:
        """Log a person in without the log-in pages."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.origin, "httpOnly": True}
        self.page.context.add_cookies([cookie])

    def look(self, *, width: int = DESK, scheme: str = "light") -> None:
        """Choose the width of the window and the colour scheme, "light" or "dark"."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def look_closely(self, path: str = "", *, prepare: str = "") -> None:
        """See a page, this one or that of a path, in each look: nothing to complain of, and nothing sticks out.

        axe is asked in each look by night, else in one that differs from page to page. prepare: JavaScript that is run
        on the page before it is looked at.
        """
        address = path or urlsplit(self.page.url).path
        asked = self.looks if self.looks == EVERY_LOOK else [self.looks[crc32(address.encode()) % len(self.looks)]]
        for width, scheme in self.looks:
            self.look(width=width, scheme=scheme)
            if path:
                assert self.go(path).status == 200, path
            if prepare:
                self.page.evaluate(prepare)
            if (width, scheme) in asked:
                self.assert_clean()
            assert self.problems == []
            assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url

    def go(self, path: str) -> Response:
        """Open a page of the site."""
        response = self.page.goto(self.origin + path)
        assert response is not None
        return response

    def type(self, text: str) -> None:
        """Type into the field that the page gives the focus, as soon as it does."""
        self.page.wait_for_selector(":is(input, textarea):focus")
        self.page.keyboard.type(text)

    def assert_clean(self) -> None:
        """Assert that nothing was complained of so far, and that axe finds nothing by WCAG 2.2 A and AA."""
        assert self.problems == []
        found = Axe().run(self.page, options={"runOnly": STANDARDS, "resultTypes": ["violations"], "preload": False})
        # axe itself breaks the content security policy: what the browser says of that is not the page's fault
        self.problems.clear()
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
