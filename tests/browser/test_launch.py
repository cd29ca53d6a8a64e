"""From the patient in the journal to the same patient's hour here: the administrator's page, the start, the talk."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.app import App, free_port
from tests.browser.calls import talks
from tests.browser.conftest import stage
from tests.browser.people import Clinician, together
from tests.browser.watch import require_no_barriers
from tests.smart_journal import TestJournal, patient, practitioner, running_journal


@dataclass
class Office:
    app: App
    journal: TestJournal


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, empty_data: Path) -> Iterator[Office]:
    with running_journal(tmp_path_factory.mktemp("journal")) as journal:
        app = App(
            tmp_path_factory.mktemp("launch"),
            like=empty_data,
            port=free_port(),
            BLIKK_EHR_HOSTS=journal.place,
            BLIKK_EHR_CA=str(journal.certificate),
        )
        app.start()
        yield Office(app, journal)
        app.stop()
        assert "Traceback" not in app.said(), app.said()[-6000:]


def registers(administrator: Clinician, journal: TestJournal) -> None:
    """The administrator says that the journal may start Blikk, and gives the supplier the key that stands there."""
    page = administrator.page
    page.goto(f"{administrator.app.base}/inn/?next=/klinikk/journal/inn")
    page.locator("input[name=login]").fill(administrator.account["user"])
    page.locator("input[name=password]").fill(administrator.account["password"])
    administrator.press("sign-in")
    page.wait_for_url("**/klinikk/journal/inn")
    page.get_by_label("Navnet på journalsystemet").fill("Fjordjournal")
    page.get_by_label("Adressen til FHIR-serveren").fill(journal.base)
    page.get_by_label("Klient-ID").fill("blikk")
    administrator.press("issuer-save")
    page.locator("[data-test=issuer] summary").click()
    require_no_barriers(page)
    keys = json.loads(page.locator("[data-test=issuer] pre").inner_text())
    journal.knows_client("blikk", keys, back=f"{administrator.app.base}/journal/tilbake")


def test_from_the_patient_in_the_journal_to_the_talk(
    office: Office, staff_browser: Browser, patient_browser: Browser
) -> None:
    app, journal = office.app, office.journal
    scene = stage(app)
    journal.put(practitioner(hpr=""))
    journal.put(patient())
    journal.starts("L1", who="kari", fhir_user="Practitioner/kari", patient="p1")
    journal.starts("L2", who="kari", fhir_user="Practitioner/kari", patient="p1")
    away = {"ignore_https_errors": True}
    administrator = Clinician(
        staff_browser, app, app.backstage.ask("administrator", clinic=scene.clinic["clinic"])
    )
    clinician = scene.clinician(staff_browser, **away)
    ola = scene.patient(patient_browser)
    with together(administrator, clinician, ola):
        registers(administrator, journal)
        page = clinician.page
        page.goto(f"{journal.issuer}/journal?launch=L1&blikk={app.base}")
        page.get_by_role("link", name="Video i Blikk").click()
        # Not signed in yet: they sign in in the middle, and come back to the start.
        page.locator("input[name=login]").fill(clinician.account["user"])
        page.locator("input[name=password]").fill(clinician.account["password"])
        clinician.press("sign-in")
        clinician.sees("launch-bind")
        require_no_barriers(page)
        clinician.press("launch-bind")
        page.wait_for_url(f"**/time/{scene.hour['appointment']}")
        expect(page.get_by_text("Ola Hansen").first).to_be_visible()

        page.goto(f"{app.base}/dag/?dag={scene.hour['day']}")
        clinician.make_ready()
        ola.wait()
        clinician.admit()
        talks(page, ola.page, within=40)
        # From the journal in the middle of the talk, one is back in the talk.
        page.goto(f"{journal.issuer}/journal?launch=L2&blikk={app.base}")
        page.get_by_role("link", name="Video i Blikk").click()
        page.wait_for_url("**/samtale/**")
        talks(page, ola.page, within=40)
        clinician.watch.strangers = [
            url for url in clinician.watch.strangers if not url.startswith(journal.issuer)
        ]
