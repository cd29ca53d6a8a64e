"""One app, one browser for all stories that do not break them; those that do start their own."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.app import App, prepared_data
from tests.browser.calls import talks
from tests.browser.people import Clinician, Patient, open_browser, together

# Playwright's sync interface keeps a loop running on the main thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared_data(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, empty_data: Path) -> Iterator[App]:
    started = App(tmp_path_factory.mktemp("app"), like=empty_data).start()
    yield started
    started.stop()
    assert "Traceback" not in started.said(), started.said()[-6000:]


@pytest.fixture
def own_app(tmp_path: Path, empty_data: Path) -> Iterator[Callable[..., App]]:
    """Make an app for one story, which may kill it."""
    made: list[App] = []

    def make(**settings: Any) -> App:
        made.append(App(tmp_path / f"app-{len(made)}", like=empty_data, **settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()
        assert "Traceback" not in one.said(), one.said()[-6000:]


@pytest.fixture(scope="session")
def staff_browser(playwright: Playwright) -> Iterator[Browser]:
    browser = open_browser(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def patient_browser(playwright: Playwright) -> Iterator[Browser]:
    browser = open_browser(playwright)
    yield browser
    browser.close()


@dataclass
class Stage:
    """A clinic with a clinician and a patient who has an hour in a few minutes."""

    app: App
    clinic: dict[str, Any]
    hour: dict[str, str]

    def clinician(self, browser: Browser, number: int = 0, **more: Any) -> Clinician:
        return Clinician(browser, self.app, self.clinic["clinicians"][number], **more)

    def patient(self, browser: Browser, **more: Any) -> Patient:
        return Patient(browser, self.app, self.hour, **more)

    def companion(self, browser: Browser, role: str, name: str, phone: str, **more: Any) -> Patient:
        hour = self.app.backstage.ask(
            "companion",
            clinic=self.clinic["clinic"],
            appointment=self.hour["appointment"],
            role=role,
            name=name,
            phone=phone,
        )
        return Patient(browser, self.app, hour, **more)


def stage(app: App, name: str = "Ola Hansen", **of_clinic: Any) -> Stage:
    """Set the stage by the rooms' own services."""
    clinic = app.backstage.ask("clinic", **of_clinic)
    patient = app.backstage.ask("patient", clinic=clinic["clinic"], name=name)
    hour = app.backstage.ask(
        "hour",
        clinic=clinic["clinic"],
        membership=clinic["clinicians"][0]["membership"],
        patient=patient["patient"],
    )
    return Stage(app, clinic, {**patient, **hour})


@pytest.fixture
def set_stage(app: App) -> Callable[..., Stage]:
    def set_it(*, on: App | None = None, **more: Any) -> Stage:
        return stage(on or app, **more)

    return set_it


@dataclass
class Talk:
    """A clinician and a patient who see and hear each other."""

    stage: Stage
    clinician: Clinician
    patient: Patient


@pytest.fixture
def talking(app: App, staff_browser: Browser, patient_browser: Browser) -> Iterator[Callable[..., Talk]]:
    """Bring a clinician and a patient together; the watch over both is read when the test is over."""
    with contextlib.ExitStack() as stack:

        def start(
            *, on: App | None = None, within: float = 40, by: str = "check-continue", **of_clinic: Any
        ) -> Talk:
            made = stage(on or app, **of_clinic)
            talk = Talk(made, made.clinician(staff_browser), made.patient(patient_browser))
            stack.enter_context(together(talk.clinician, talk.patient))
            talk.clinician.sign_in(day=made.hour["day"])
            talk.patient.wait(by=by)
            talk.clinician.admit()
            talks(talk.clinician.page, talk.patient.page, within=within)
            return talk

        yield start
