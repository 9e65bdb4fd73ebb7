"""Somebody opens an account, adds a passkey or an authenticator app, and signs in again, in a browser under our CSP."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser import DESK, PHONE, Visitor
from tests.journeys.people import mailed_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "maria@example.org"


def sign_up(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/accounts/signup/")
    page.get_by_label("Email").fill(ADDRESS)
    page.locator(".auth-card form[action] button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    visitor.assert_clean()
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("My account")).to_be_visible()


def type_code(page: Page) -> None:
    """Type the code that was mailed last, once the page asks for it: by then it is sent."""
    field = page.get_by_label("Code")
    expect(field).to_be_visible()
    field.fill(mailed_code())


def sign_out(page: Page, visitor: Visitor) -> None:
    visitor.go("/accounts/logout/")
    button = page.locator("main").get_by_role("button", name="Sign out")
    button.click()
    expect(button).to_have_count(0)


def figures_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def key_in_the_pocket(page: Page) -> None:
    """A passkey made by the browser itself, that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.mark.usefixtures("key_in_the_pocket")
def test_a_passkey_is_added_and_signs_in(visitor: Visitor, settings) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    page = visitor.page
    visitor.look(width=PHONE)
    sign_up(visitor)
    visitor.go("/accounts/2fa/")
    visitor.assert_clean()
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_label("Sign in with this key alone")).to_be_checked()
    visitor.assert_clean()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    visitor.assert_clean()
    visitor.go("/accounts/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("Passkey")
    visitor.assert_clean()
    sign_out(page, visitor)
    visitor.go("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("My account")).to_be_visible()


def test_an_authenticator_app_is_set_up_and_asked_for(visitor: Visitor) -> None:
    page = visitor.page
    visitor.look(width=DESK, scheme="dark")
    sign_up(visitor)
    visitor.go("/accounts/2fa/")
    page.get_by_role("link", name="Set up").click()
    expect(page.get_by_alt_text("QR code for the authenticator app")).to_be_visible()
    visitor.assert_clean()
    secret = page.locator(".copy code").inner_text()
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert page.locator(".copy code").inner_text() == secret
    page.get_by_label("Authenticator code").fill(figures_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes code")).to_have_count(10)
    visitor.assert_clean()
    sign_out(page, visitor)
    visitor.go("/accounts/login/")
    page.get_by_label("Email").fill(ADDRESS)
    page.locator(".auth-card form[action] button[type=submit]").first.click()
    type_code(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Two-Factor Authentication")).to_be_visible()
    visitor.assert_clean()


def test_the_address_is_changed_by_a_code_sent_to_the_new_one(visitor: Visitor) -> None:
    page = visitor.page
    visitor.look(width=PHONE)
    sign_up(visitor)
    visitor.go("/accounts/email/")
    visitor.assert_clean()
    page.get_by_label("Email").fill("maria@new.example")
    page.get_by_role("button", name="Send a code to the new address").click()
    type_code(page)
    page.get_by_role("button", name="Go on").click()
    visitor.go("/accounts/email/")
    expect(page.locator("main")).to_contain_text("maria@new.example")
    visitor.go("/accounts/sessions/")
    expect(page.locator("main")).to_contain_text("This device")
    visitor.assert_clean()
