"""Writing: a patient is asked for more and answers with a photo, and a whole consultation as text, on both sides."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.calls import talks
from tests.browser.conftest import Stage, Talk
from tests.browser.people import Clinician, Person, together
from tests.browser.test_working_day import sign_in
from tests.browser.watch import require_no_barriers, require_no_sideways_scroll
from tests.letters import a_jpeg

SOON = 8_000
PHONE = {"viewport": {"width": 360, "height": 740}}


def look(page: Page) -> None:
    require_no_barriers(page)
    require_no_sideways_scroll(page)


def open_letter(person: Person, link: str, born: str) -> None:
    """From the link in the message to what can be written."""
    person.page.goto(link)
    look(person.page)
    person.page.locator("input[name=birth_date]").fill(born)
    person.press("writing-proof")
    person.sees("writing")


def choose_photo(person: Person, name: str = "../utslett.svg") -> None:
    """A file whose name is a lie: it is known by what is in it."""
    photo = {"name": name, "mimeType": "image/jpeg", "buffer": a_jpeg((1600, 1200), place=True)}
    person.page.locator("#photos").set_input_files([photo])  # type: ignore[list-item]


def born(scene: Stage) -> str:
    year, month, day = scene.hour["born"].split("-")
    return f"{day}.{month}.{year}"


def test_asked_from_a_conversation_a_patient_answers_through_a_lost_network_and_the_photo_is_deleted(
    talking: Callable[..., Talk], patient_browser: Browser
) -> None:
    talk = talking()
    scene, name = talk.stage, talk.stage.hour["patient"]
    ask = ask_beside(talk)
    talks(talk.clinician.page, talk.patient.page)
    patient = Person(patient_browser, scene.app, **PHONE)
    with together(patient):
        open_letter(patient, scene.app.backstage.ask("letter", patient=name, kind="asked"), born(scene))
        look(patient.page)
        expect(patient.page.get_by_text("Ta gjerne et bilde av leggen.")).to_be_visible()
        write_through_a_lost_network(patient)
        patient.press("change")
        patient.page.get_by_label("Når begynte det?").fill("På lørdag, etter turen i skogen")
        patient.press("letter-send")
        patient.sees("was-sent")
        ask.reload()
        ask.locator('[data-test="case-read"]').click()
        expect(ask.get_by_text("På lørdag, etter turen i skogen")).to_be_visible()
        expect(patient.page.get_by_text("så det kan ikke endres")).to_be_visible(timeout=SOON)
        view_photo(ask)
        assert scene.app.backstage.ask("written_at_rest", patient=name) == {"pictures": 1, "messages": 1}
        ask.locator('[data-test="photo-delete"]').click()
        expect(ask.locator('[data-test="photo-decided"]')).to_be_visible()
        assert scene.app.backstage.ask("written_at_rest", patient=name) == {"pictures": 0, "messages": 1}
        ask.locator('[data-test="case-close"]').click()
        expect(ask.get_by_text("Avsluttet", exact=True)).to_be_visible()
        patient.sees("writing-ended")
        look(patient.page)


def ask_beside(talk: Talk) -> Page:
    """Ask in a window of its own, while the conversation goes on."""
    with talk.clinician.page.expect_popup() as popup:
        talk.clinician.press("ask-for-more")
    ask = popup.value
    look(ask)
    ask.get_by_label("Når begynte det?").check()
    ask.get_by_label("Egne ord til pasienten").fill("Ta gjerne et bilde av leggen.")
    ask.get_by_label("Be om bilde").check()
    ask.locator('[data-test="ask-send"]').click()
    expect(ask.locator('[data-test="typed-code"]')).to_be_visible()
    look(ask)
    return ask


def write_through_a_lost_network(patient: Person) -> None:
    """The network goes in the middle of a word and of a photo, and nothing that was typed is lost."""
    field = patient.page.get_by_label("Når begynte det?")
    field.fill("På lør")
    expect(patient.at("kept")).to_contain_text("er lagret", timeout=SOON)
    patient.context.set_offline(True)
    field.fill("På lørdag, etter turen")
    choose_photo(patient)
    expect(patient.at("kept")).to_contain_text("får ikke kontakt", timeout=SOON)
    patient.sees("photo-again")
    patient.press("letter-send")
    expect(patient.page.get_by_text("Vi fikk ikke sendt.")).to_be_visible(timeout=SOON)
    look(patient.page)
    patient.context.set_offline(False)
    patient.press("photo-again")
    patient.sees("photo-away")
    patient.page.reload()
    expect(field).to_have_value("På lørdag, etter turen")
    patient.sees("photo-away")
    patient.press("letter-send")
    patient.sees("was-sent")
    look(patient.page)


def view_photo(ask: Page) -> None:
    """The photo is fetched when it is opened, and shown in the page."""
    ask.get_by_text("Bilde 1", exact=True).click()
    expect(ask.locator("details.photo img")).to_be_visible()
    ask.wait_for_function("() => document.querySelector('details.photo img').naturalWidth > 1000")
    look(ask)


def test_a_consultation_in_writing_from_the_booking_to_the_note(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    name = scene.hour["patient"]
    clinician = scene.clinician(staff_browser)
    patient = Person(patient_browser, scene.app, **{**PHONE, "color_scheme": "dark"})
    with together(clinician, patient):
        sign_in(clinician)
        clinician.page.goto(f"{scene.app.base}/pasienter/{name}")
        clinician.press("text-new-link")
        look(clinician.page)
        clinician.page.get_by_label("Det første du vil skrive").fill("Hva kan jeg hjelpe deg med?")
        clinician.press("text-begin")
        look(clinician.page)
        open_letter(patient, scene.app.backstage.ask("letter", patient=name, kind="writing"), born(scene))
        expect(patient.page.get_by_text("Hva kan jeg hjelpe deg med?")).to_be_visible()
        expect(patient.page.get_by_text("legevakten på")).to_be_visible()
        expect(patient.page.get_by_text("Du kan vente svar innen")).to_be_visible()
        clinician.page.goto(f"{scene.app.base}/dag/")
        patient.sees("letter-text").fill("Jeg har hostet i en uke.")
        choose_photo(patient, "hals.png")
        patient.sees("photo-away")
        look(patient.page)
        patient.press("letter-send")
        # It shows on the day page without anybody asking, and one press reads it.
        expect(clinician.at("cases")).to_contain_text("Ny melding", timeout=SOON)
        look(clinician.page)
        clinician.press("case-read")
        expect(clinician.page.get_by_text("Jeg har hostet i en uke.")).to_be_visible()
        answer_and_keep(clinician, patient)
        link = scene.app.backstage.ask("letter", patient=name, kind="answered")
        assert "/s#" in link
        clinician.press("case-close")
        draft = clinician.sees("note-draft")
        expect(draft).to_contain_text("Form: tekst")
        expect(draft).to_contain_text("1 bilde til journalen")
        expect(draft).not_to_contain_text("hostet")
        look(clinician.page)
        patient.sees("writing-closed")
        expect(patient.page.get_by_text("Drikk varmt")).to_be_visible()
        look(patient.page)


def answer_and_keep(clinician: Clinician, patient: Person) -> None:
    """Keep the photo for the record, answer, and see that the patient has read it."""
    clinician.press("photo-record")
    expect(clinician.at("photo-decided")).to_contain_text("journalen")
    clinician.page.get_by_label("Skriv til pasienten").fill("Drikk varmt, og kom hit hvis du får feber.")
    look(clinician.page)
    clinician.press("case-answer")
    expect(patient.page.get_by_text("Drikk varmt, og kom hit")).to_be_visible(timeout=SOON)
    look(patient.page)
    expect(clinician.page.get_by_text("Lest av pasienten").last).to_be_visible(timeout=SOON)
