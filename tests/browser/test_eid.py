"""A patient shows who they are while they wait and keeps their place; staff sign in with HelseID."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import App, free_port
from tests.browser.calls import talks
from tests.browser.conftest import Stage, stage
from tests.browser.people import Person, together
from tests.browser.watch import require_no_barriers
from tests.national_numbers import made
from tests.provider import HIGH, HPR, LEVEL, PID, TestProvider, running_provider

BORN = date(1944, 5, 17)


@dataclass
class Site:
    app: App
    provider: TestProvider


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, empty_data: Path) -> Iterator[Site]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with running_provider(tmp_path_factory.mktemp("provider"), base) as provider:
        keys = {name: json.dumps(key.as_dict(private=True)) for name, key in provider.client_keys.items()}
        app = App(
            tmp_path_factory.mktemp("eid"),
            like=empty_data,
            port=port,
            BLIKK_EID="broker",
            BLIKK_EID_ISSUER=provider.issuer,
            BLIKK_EID_CLIENT_ID="blikk-patient",
            BLIKK_EID_NUMBER_CLAIM="pid",
            BLIKK_EID_LEVELS=HIGH,
            BLIKK_EID_DPOP="true",
            BLIKK_EID_KEY=keys["patient"],
            BLIKK_HELSEID="helseid",
            BLIKK_HELSEID_ISSUER=provider.issuer,
            BLIKK_HELSEID_CLIENT_ID="blikk-helseid",
            BLIKK_HELSEID_KEY=keys["helseid"],
        )
        app.start()
        provider.knows("ola", pid=made(BORN), given_name="Ola")
        provider.knows("per", pid=made(date(1980, 1, 2)), given_name="Per")
        provider.knows("kari", **{PID: made(date(1975, 3, 4)), LEVEL: "4", HPR: "9144900"}, acr="Level4")
        yield Site(app, provider)
        app.stop()
        assert "Traceback" not in app.said(), app.said()[-6000:]


@pytest.fixture
def set_up(site: Site) -> Callable[[], Stage]:
    return lambda: stage(site.app, offers_eid=True)


def log_in(page: Page, who: str | None) -> None:
    """What the person does at the provider's own page."""
    expect(page.get_by_role("heading", name="Prøve-ID")).to_be_visible()
    if who:
        page.get_by_label("Hvem er du?").select_option(who)
    page.get_by_role("button", name="Logg inn" if who else "Avbryt").click()


def only_to(person: Person, provider: TestProvider) -> None:
    """The provider is the one other host that anything went to."""
    person.watch.strangers = [url for url in person.watch.strangers if not url.startswith(provider.issuer)]


def test_a_patient_shows_who_they_are_and_is_let_in_from_the_same_place(
    site: Site, set_up: Callable[[], Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    made_stage = set_up()
    clinician, patient = made_stage.clinician(staff_browser), made_stage.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=made_stage.hour["day"])
        patient.wait()
        patient.press("eid")
        require_no_barriers(patient.page)
        patient.press("eid-go")
        log_in(patient.page, "ola")
        patient.sees("waiting")
        expect(patient.at("eid-offer")).to_contain_text("Du har vist hvem du er")
        assert patient.page.url.endswith(f"/m/{made_stage.hour['invitation']}")
        expect(clinician.sees("arrived-row")).to_contain_text("Legitimert med eID")
        clinician.admit()
        talks(clinician.page, patient.page, within=40)
        only_to(patient, site.provider)


def test_who_cancels_or_is_somebody_else_is_told_what_to_do_and_waits_for_a_reason(
    site: Site, set_up: Callable[[], Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    made_stage = set_up()
    clinician, patient = made_stage.clinician(staff_browser), made_stage.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=made_stage.hour["day"])
        patient.wait()
        patient.press("eid")
        patient.press("eid-go")
        log_in(patient.page, None)
        patient.sees("eid-cancelled")
        require_no_barriers(patient.page)
        patient.press("eid-go")
        log_in(patient.page, "per")
        expect(patient.sees("eid-other")).to_contain_text("en annen enn pasienten")
        require_no_barriers(patient.page)
        patient.press("eid-back")
        patient.sees("waiting")
        expect(clinician.sees("arrived-row")).to_contain_text("Legitimerte seg som en annen")
        assert clinician.at("admit").count() == 0
        require_no_barriers(clinician.page)
        clinician.press("despite")
        clinician.sees("someone-else")
        require_no_barriers(clinician.page)
        clinician.press("despite-admit")
        expect(clinician.page.get_by_text("Fyll ut dette feltet").first).to_be_visible()
        clinician.page.get_by_label("Hvorfor slipper du inn likevel?").fill(
            "Per hjelper, pasienten er ved siden av"
        )
        clinician.press("despite-admit")
        clinician.page.wait_for_url("**/samtale/**")
        patient.sees("stage")
        only_to(patient, site.provider)


def test_an_answer_that_belongs_to_nothing_leads_back_to_the_place(
    site: Site, set_up: Callable[[], Stage], patient_browser: Browser
) -> None:
    patient = set_up().patient(patient_browser)
    with together(patient):
        patient.wait()
        patient.press("eid")
        patient.press("eid-go")
        expect(patient.page.get_by_role("heading", name="Prøve-ID")).to_be_visible()
        patient.page.goto(f"{site.app.base}/eid/tilbake?state={'x' * 43}&code=y&iss={site.provider.issuer}")
        patient.sees("eid-lost")
        assert "code" not in patient.page.url, "the answer is taken out of the address"
        require_no_barriers(patient.page)
        patient.press("eid-back")
        patient.sees("waiting")
        only_to(patient, site.provider)


def test_staff_connect_helse_id_once_and_sign_in_with_it_from_then_on(
    site: Site, set_up: Callable[[], Stage], staff_browser: Browser
) -> None:
    person = set_up().clinician(staff_browser)
    page = person.page
    with together(person):
        page.goto(f"{site.app.base}/inn/")
        person.press("helse-id")
        log_in(page, "kari")
        page.wait_for_url("**/inn/")
        expect(page.get_by_text("ikke koblet til en konto her")).to_be_visible()
        require_no_barriers(page)

        person.sign_in()
        page.goto(f"{site.app.base}/konto/bekreftelse")
        person.press("helse-id-connect")
        require_no_barriers(page)
        person.press("helse-id-go")
        log_in(page, "kari")
        page.wait_for_url("**/konto/bekreftelse")
        expect(person.sees("helse-id-hpr")).to_contain_text("9144900")
        require_no_barriers(page)

        page.locator("form[action='/konto/ut'] button").click()
        page.wait_for_url("**/inn/")
        person.press("helse-id")
        log_in(page, "kari")
        page.wait_for_url("**/dag/")
        only_to(person, site.provider)
