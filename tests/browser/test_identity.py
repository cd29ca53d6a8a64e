"""Who is who in two real browsers: a new patient's card in the frame, the clinician's own, and who comes in late."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.calls import grows, talks
from tests.browser.conftest import Stage, Talk
from tests.browser.frames import answer_all, say_own_side
from tests.browser.people import Patient, together
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll

PHONE = {"viewport": {"width": 360, "height": 740}}


def test_a_new_patient_holds_a_card_in_the_frame_and_both_know_who_the_other_is(
    talking: Callable[..., Talk],
) -> None:
    talk = talking()
    clinician, patient = talk.clinician.page, talk.patient.page
    line = talk.clinician.sees("identity")
    expect(line).to_contain_text("Ny pasient. Identiteten er ikke bekreftet.")
    # The clinician asks for a card by a key: the frame stands over the patient's own picture and over it here.
    clinician.keyboard.press("l")
    talk.patient.sees("card-asked")
    expect(talk.patient.page.locator(".self .guide")).to_be_visible()
    expect(clinician.locator(".tile .guide")).to_be_visible()
    expect(talk.patient.sees("guide")).to_contain_text("Hold kortet her")
    wide, frame = patient.locator(".self").bounding_box(), patient.locator(".guide").bounding_box()
    assert wide is not None
    assert frame is not None
    assert frame["width"] > 150
    assert wide["x"] >= 0
    assert wide["x"] + wide["width"] <= 390
    talks(clinician, patient)
    assert grows(clinician, "framesDecoded") < 30
    # A page that is loaded anew is shown the frame again.
    patient.reload()
    talk.patient.sees("video-remote")
    expect(talk.patient.page.locator(".self .guide")).to_be_visible()
    clinician.keyboard.press("l")
    expect(talk.clinician.sees("who-line")).to_contain_text("Legitimasjon vist i bildet")
    expect(talk.patient.page.locator(".guide")).to_have_count(0)
    expect(clinician.locator(".guide")).to_have_count(0)
    # And the other way round, without pressing anybody for an answer.
    talk.patient.press("who-open")
    expect(talk.patient.sees("card")).to_contain_text("Kari Nordmann")
    talk.patient.press("ask-card")
    expect(talk.clinician.sees("asks-to-see")).to_contain_text("Pasienten vil se hvem du er.")
    require_no_barriers(clinician)
    clinician.keyboard.press("m")
    talk.patient.press("card-seen")
    expect(talk.clinician.sees("showing")).to_contain_text("Pasienten har sett hvem du er.")
    require_no_barriers(patient)


def test_a_new_patient_comes_no_further_than_the_frame_until_somebody_knows_who_it_is(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    stage = set_stage()
    clinician, patient = stage.clinician(staff_browser), stage.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=stage.hour["day"])
        say_own_side(clinician)
        patient.wait()
        answer_all(patient)
        clinician.admit()
        talks(clinician.page, patient.page)
        # The column with the frame comes after the picture.
        expect(clinician.sees("frame-state")).to_have_text("Ikke bekreftet ennå.")
        clinician.page.keyboard.press("b")
        expect(clinician.sees("frame-refused")).to_contain_text("Pasienten er ny. Bekreft identiteten først")
        expect(clinician.sees("frame-state")).to_have_text("Ikke bekreftet ennå.")
        clinician.page.keyboard.press("k")
        expect(clinician.sees("who-line")).not_to_contain_text("ikke bekreftet")
        clinician.page.keyboard.press("b")
        expect(clinician.sees("frame-state")).to_contain_text("Rammen er bekreftet")


def test_a_reason_takes_the_place_of_a_card_and_half_a_reason_keeps_its_words(
    talking: Callable[..., Talk],
) -> None:
    talk = talking()
    page = talk.clinician.page
    talk.clinician.sees("identity")
    page.keyboard.press("u")
    page.locator("#identity_words").fill("Kjente igjen stemmen fra forrige uke")
    talk.clinician.press("identity-exception")
    expect(page.locator("#identity-said")).to_contain_text("Fyll ut dette feltet.")
    expect(page.locator("#identity_words")).to_have_value("Kjente igjen stemmen fra forrige uke")
    page.locator("#identity_reason").select_option("urgent")
    talk.clinician.press("identity-exception")
    expect(talk.clinician.sees("who-line")).to_contain_text("Ikke bekreftet, med en grunn")
    talk.clinician.end()
    draft = talk.clinician.sees("note-draft")
    expect(draft).to_contain_text("ikke bekreftet. Det haster: Kjente igjen stemmen fra forrige uke")
    expect(draft).to_contain_text("Pasienten fikk vist informasjonen om video (utgave")


def test_who_comes_in_late_is_announced_to_all_and_stands_there_by_name(
    talking: Callable[..., Talk], patient_browser: Browser
) -> None:
    talk = talking()
    hour = talk.stage.app.backstage.ask(
        "companion",
        clinic=talk.stage.clinic["clinic"],
        appointment=talk.stage.hour["appointment"],
        role="interpreter",
        name="Amina Noor",
        phone="+4790000002",
    )
    late = Patient(patient_browser, talk.stage.app, hour)
    with together(late):
        late.wait()
        talk.clinician.press("admit")
        late.is_in()
        for person in (talk.clinician, talk.patient):
            said = person.sees("banner")
            expect(said).to_contain_text("Amina Noor (tolk) er med nå.")
            assert said.get_attribute("role") == "status"
            tile = person.page.locator(".tile").filter(has_text="Amina Noor")
            expect(tile.locator(".tile-role")).to_have_text("tolk")
        talk.clinician.press("companion-card")
        expect(talk.clinician.sees("identity")).to_contain_text("Legitimasjon vist i bildet")


def test_from_the_message_to_the_waiting_room_it_is_three_taps_and_the_version_is_written_down(
    set_stage: Callable[..., Stage], patient_browser: Browser
) -> None:
    stage = set_stage()
    patient = stage.patient(patient_browser, **PHONE)
    taps: list[str] = []
    with together(patient):
        patient.page.expose_function("tapped", lambda words: taps.append(words))
        patient.page.add_init_script(
            "addEventListener('click', (event) => tapped(event.target.textContent.trim()), true)"
        )
        patient.open_link()
        patient.prove()
        expect(patient.sees("short-information")).to_contain_text("Samtalen blir ikke tatt opp.")
        require_no_sideways_scroll(patient.page)
        patient.press("check-continue")
        patient.sees("waiting")
        # "Fortsett", "Fortsett" after the birth date, and "Gå til venterommet".
        assert len(taps) <= 3, taps
        card = patient.sees("who")
        expect(card).to_contain_text("Kari Nordmann")
        patient.press("ask-card")
        expect(card).to_contain_text("Behandleren har fått beskjed")
        require_no_barriers(patient.page)
        require_no_sideways_scroll(patient.page)
        told = stage.app.backstage.ask("told", appointment=stage.hour["appointment"])
        assert told["versions"][0].startswith("2026-11.")
        patient.page.goto(f"{stage.app.base}/m/{stage.hour['invitation']}/personvern")
        patient.sees("information")
        require_no_barriers(patient.page)
