"""Paying: a patient on a phone who pays by Vipps, and the desk where one of two takes the money."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.browser.app import App
from tests.browser.conftest import Stage, stage
from tests.browser.people import Clinician, Patient, together
from tests.browser.test_working_day import sign_in
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll
from tests.vipps.over_http import VippsOverHttp

# Everything over the network until the waiting room (DESIGN, section 8).
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def vipps() -> Iterator[VippsOverHttp]:
    with VippsOverHttp() as there:
        yield there


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, empty_data: Path, vipps: VippsOverHttp) -> Iterator[App]:
    started = App(tmp_path_factory.mktemp("paying"), like=empty_data, BLIKK_VIPPS_URL=vipps.url).start()
    yield started
    started.stop()
    assert "Traceback" not in started.said(), started.said()[-6000:]


@pytest.fixture
def scene(app: App) -> Stage:
    made = stage(app)
    app.backstage.ask("charges", clinic=made.clinic["clinic"])
    app.backstage.ask("takes_vipps", clinic=made.clinic["clinic"])
    return made


def only_vipps_is_met(patient: Patient) -> None:
    """The one other host that a patient is led to is where they approve; nothing was fetched from there."""
    assert {urlsplit(url).netloc for url in patient.watch.strangers} <= {"landing.vipps.no"}
    patient.watch.strangers.clear()


def test_a_patient_pays_on_the_phone_through_wrong_turns_and_is_charged_once(
    scene: Stage, vipps: VippsOverHttp, patient_browser: Browser
) -> None:
    talk = scene.app.backstage.ask("ended_talk", appointment=scene.hour["appointment"])
    link = scene.app.backstage.ask("pay_link", consultation=talk)
    patient = scene.patient(patient_browser, viewport={"width": 360, "height": 740})
    vipps.lands_in(patient.context)
    with together(patient):
        patient.page.goto(f"{scene.app.base}/b#not-a-link-at-all")
        expect(patient.page.get_by_role("heading", name="Lenken virker ikke")).to_be_visible()
        assert not patient.at("pay-proof").count()
        says_whose_bill_it_is(patient, link)
        where = patient.page.url
        patient.context.set_offline(True)
        with pytest.raises(Error):
            patient.page.goto(where)
        patient.context.set_offline(False)
        patient.page.goto(where)
        pays_in_two_tabs(patient, where)
        only_vipps_is_met(patient)
    there = list(vipps.payments.values())
    assert [(one.captured, one.captures, one.refunded) for one in there] == [(17_900, 1, 0)]
    assert vipps.wrong == []
    stood = scene.app.backstage.ask("money", clinic=scene.clinic["clinic"])
    assert stood == {"bills": ["paid"], "payments": ["captured"]}


def says_whose_bill_it_is(patient: Patient, link: str) -> None:
    page = patient.page
    page.goto("about:blank")
    page.goto(link)
    patient.sees("pay-birth_date")
    require_no_barriers(page)
    require_no_sideways_scroll(page)
    page.locator("input[name=birth_date]").fill("01.01.1950")
    patient.press("pay-proof")
    expect(page.get_by_text("4 forsøk igjen")).to_be_visible()
    page.locator("input[name=birth_date]").fill("17.05.1944")
    patient.press("pay-proof")
    patient.sees("pay-pay")
    require_no_barriers(page)
    require_no_sideways_scroll(page)


def pays_in_two_tabs(patient: Patient, where: str) -> None:
    """Both are led to the same payment; it is approved in the first, after a reload there."""
    page, second = patient.page, patient.context.new_page()
    second.goto(where)
    patient.press("pay-vipps")
    page.wait_for_url("https://landing.vipps.no/**")
    second.locator('[data-test="pay-vipps"]').click()
    second.wait_for_url("https://landing.vipps.no/**")
    assert second.url == page.url
    page.reload()
    page.locator("#yes").click()
    page.wait_for_url(where)
    patient.sees("pay-paid")
    require_no_barriers(page)
    second.goto(where)
    expect(second.locator('[data-test="pay-paid"]')).to_be_visible()


def test_the_way_to_the_waiting_room_weighs_no_more_where_it_costs_something(
    scene: Stage, patient_browser: Browser
) -> None:
    patient = scene.patient(patient_browser)
    with together(patient):
        wire = patient.context.new_cdp_session(patient.page)
        wire.send("Network.enable")
        weights: list[float] = []
        wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
        patient.wait()
        assert "212" in patient.page.content()
        assert 20_000 < sum(weights) <= MOST_BYTES


def test_one_key_accepts_the_charge_and_of_two_desks_one_takes_the_money(
    scene: Stage, staff_browser: Browser
) -> None:
    talk = scene.app.backstage.ask("ended_talk", appointment=scene.hour["appointment"])
    account = scene.app.backstage.ask("secretary", clinic=scene.clinic["clinic"])
    clinician = scene.clinician(staff_browser)
    desk = Clinician(staff_browser, scene.app, account)
    with together(clinician, desk):
        sign_in(clinician)
        sign_in(desk)
        page = clinician.page
        page.goto(f"{scene.app.base}/avslutning/{talk}")
        expect(clinician.sees("charge-lines")).to_contain_text("2ae")
        page.locator("[name=charge-diagnosis]").fill("R05")
        page.locator("[name=charge-diagnosis]").blur()
        with page.expect_navigation():
            page.keyboard.press("g")
        clinician.sees("charge-accepted")
        require_no_barriers(page)

        for one in (desk, clinician):
            one.page.goto(f"{scene.app.base}/betalinger/")
            require_no_barriers(one.page)
            one.press("bill")
            one.page.locator("input[name=how][value=terminal]").check()
        desk.press("bill-paid")
        expect(desk.sees("bill-state")).to_contain_text("Betalt")
        clinician.press("bill-paid")
        expect(page.get_by_text("alt gjort opp")).to_be_visible()
        expect(clinician.sees("bill-state")).to_contain_text("Betalt")
        require_no_barriers(page)
    stood = scene.app.backstage.ask("money", clinic=scene.clinic["clinic"])
    assert stood == {"bills": ["paid"], "payments": ["captured"]}
