"""Somebody waits for a code in a browser: the page tells by itself how far it is, and is fit to be read meanwhile."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from loyalty.domain import jobs, outbox
from loyalty.models import OutboxMessage
from loyalty.queries.messages import DISPATCHER
from tests.browser import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "a-long-name-that-somebody-really-has@example.org"


@pytest.fixture(autouse=True)
def _the_worker_is_at_work(transactional_db: None) -> None:
    jobs.beat(name=DISPATCHER, at=timezone.now())


def ask(visitor: Visitor) -> OutboxMessage:
    visitor.go("/accounts/login/")
    visitor.page.locator("[name=login]").fill(ADDRESS)
    visitor.page.locator(".auth-card form[action] button[type=submit]").first.click()
    expect(visitor.page.locator("[data-progress]")).to_have_attribute("data-progress", "queued")
    return OutboxMessage.objects.get()


def see(visitor: Visitor, progress: str) -> None:
    """Wait until the page says so by itself, and look at it."""
    expect(visitor.page.locator("[data-progress]")).to_have_attribute("data-progress", progress, timeout=15_000)
    for width, scheme in visitor.looks:
        visitor.look(width=width, scheme=scheme)
        visitor.assert_clean()
        assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_page_follows_a_code_that_is_late_and_leaves_then(visitor: Visitor) -> None:
    message = ask(visitor)
    see(visitor, "queued")
    claimed = outbox.claim(message_id=message.pk, at=timezone.now())
    assert claimed is not None
    outbox.note_failure(message=claimed, error="ConnectionRefusedError", at=timezone.now())
    visitor.page.locator("[name=code]").fill("ABC")
    see(visitor, "late")
    outbox.note_sent(message=message, at=timezone.now())
    see(visitor, "sent")
    expect(visitor.page.locator("[name=code]")).to_have_value("ABC")


def test_the_page_says_when_the_address_is_refused(visitor: Visitor) -> None:
    outbox.note_refused(message=ask(visitor))
    see(visitor, "failed")
    visitor.page.locator("[data-progress=failed] button").click()
    expect(visitor.page.locator("[name=login]")).to_be_visible()


def test_without_a_script_the_page_is_asked_again(browser: Browser, visitor: Visitor) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    quiet = Visitor(context.new_page(), visitor.origin)
    message = ask(quiet)
    outbox.note_sent(message=message, at=timezone.now())
    quiet.page.locator("noscript a").click()
    expect(quiet.page.locator("[data-progress]")).to_have_attribute("data-progress", "sent")
    context.close()


def test_who_asks_while_mail_is_late_is_warned_before(visitor: Visitor) -> None:
    jobs.beat(name=DISPATCHER, at=timezone.now().replace(year=2020))
    visitor.look_closely("/accounts/login/")
    expect(visitor.page.locator(".notice.warn")).to_be_visible()
