"""A member of staff makes the sign-in whole with a passkey, and comes back with it, under the strict policy."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.browser.app import App
from tests.browser.conftest import stage
from tests.browser.people import Clinician, together
from tests.browser.watch import require_no_barriers

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def strict_app(own_app: Callable[..., App]) -> App:
    # A passkey belongs to a name, never to a bare address.
    return own_app(host="localhost", BLIKK_SECOND_FACTOR="true").start()


def give_finger(person: Clinician) -> tuple[CDPSession, str]:
    devtools = person.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    made: dict[str, Any] = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools, made["authenticatorId"]


def give_password(person: Clinician) -> None:
    person.page.goto(f"{person.app.base}/dag/")
    person.page.locator("input[name=login]").fill(person.account["user"])
    person.page.locator("input[name=password]").fill(person.account["password"])
    person.press("sign-in")


def sign_out(person: Clinician) -> None:
    person.page.locator("form[action='/konto/ut'] button").click()
    person.page.wait_for_url("**/inn/")


def test_a_passkey_makes_the_sign_in_whole_and_is_enough_the_next_time(
    strict_app: App, staff_browser: Browser
) -> None:
    person = stage(strict_app).clinician(staff_browser)
    page = person.page
    with together(person):
        devtools, finger = give_finger(person)
        give_password(person)
        page.wait_for_url("**/konto/bekreftelse")
        for closed in ("/dag/", "/time/ny", "/pasienter/"):
            page.goto(f"{strict_app.base}{closed}")
            expect(page).to_have_url(f"{strict_app.base}/konto/bekreftelse")
        require_no_barriers(page)
        person.press("add-app")
        require_no_barriers(page)
        page.go_back()
        person.press("add-passkey")
        require_no_barriers(page)
        page.locator("#passkey_add").click()
        page.wait_for_url("**/konto/bekreftelse/koder")
        require_no_barriers(page)
        person.press("codes-done")
        page.wait_for_url("**/dag/")
        sign_out(person)

        page.locator("#passkey_login").click()
        page.wait_for_url("**/dag/")
        sign_out(person)

        give_password(person)
        page.wait_for_url("**/inn/bekreft")
        require_no_barriers(page)
        page.goto(f"{strict_app.base}/dag/")
        expect(page).to_have_url(f"{strict_app.base}/inn/bekreft")
        person.press("cancel")
        page.wait_for_url("**/inn/")
        give_password(person)
        page.locator("#passkey_confirm").click()
        page.wait_for_url("**/dag/")
        sign_out(person)

        devtools.send("WebAuthn.setUserVerified", {"authenticatorId": finger, "isUserVerified": False})
        page.locator("#passkey_login").click()
        expect(page.locator("#passkey_fault")).to_be_visible()
        expect(page).to_have_url(f"{strict_app.base}/inn/")
