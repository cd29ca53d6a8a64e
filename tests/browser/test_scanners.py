"""Scanners open the link before the patient does; they run scripts, press every button, post every form."""

import os
from collections.abc import Callable

from playwright.sync_api import Browser, Error, Page

from tests.browser.calls import talks
from tests.browser.conftest import Stage
from tests.browser.people import together

# Fifty in the long run: each further ten take a quarter of a minute, and have found nothing that the first did not.
SCANNERS = 50 if "BLIKK_LONG" in os.environ else 20
TOGETHER = 10
JUNK = ("test", "admin@example.com", "12", "' OR 1=1 --", "<script>1</script>", "0000000000000")
ADDRESSES = ("birth-date", "send-code", "code", "check", "arrive", "leave")

PRESS_EVERYTHING = """
async (junk) => {
  const rest = () => new Promise((resolve) => setTimeout(resolve, 40));
  for (let round = 0; round < 3; round++) {
    for (const field of document.querySelectorAll('input, textarea, select')) field.value = junk;
    for (const form of document.querySelectorAll('form')) { try { form.requestSubmit(); } catch {} }
    await rest();
    for (const thing of document.querySelectorAll('button, summary, [role=button]')) thing.click();
    await rest();
  }
}
"""
POST_EVERYTHING = """
async ([addresses, junk]) => {
  const base = location.pathname.replace(/[/]$/, '');
  const answers = [];
  for (const address of addresses) {
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      const body = type.endsWith('json') ? JSON.stringify({birth_date: junk, code: junk}) : 'birth_date=' + junk;
      const reply = await fetch(base + '/' + address, {method: 'POST', headers: {'content-type': type}, body});
      answers.push(reply.status);
    }
  }
  return answers;
}
"""


def scan(browser: Browser, link: str, numbers: range) -> None:
    """Open, wait for the scripts, press and post what there is. Whatever comes back is of no interest here."""
    contexts = [browser.new_context() for _ in numbers]
    for context in contexts:
        context.new_page().goto(link, wait_until="commit")
    for number, context in zip(numbers, contexts, strict=True):
        page = context.pages[0]
        page.wait_for_url("**/m/*", timeout=20_000)
        junk = JUNK[number % len(JUNK)]
        pressed(page, PRESS_EVERYTHING, junk)
        if number % 5 == 0:
            page.wait_for_load_state()
            answers = pressed(page, POST_EVERYTHING, [list(ADDRESSES), junk])
            assert not answers or max(answers) < 500
    for context in contexts:
        context.close()


def pressed(page: Page, script: str, *given: object) -> list[int] | None:
    try:
        return page.evaluate(script, *given)
    except Error as fault:
        # A button that leads elsewhere ends the script with its page.
        if "navigation" not in str(fault) and "destroyed" not in str(fault):
            raise
        return None


def test_scanners_change_nothing_for_the_patient(
    set_stage: Callable[..., Stage], staff_browser: Browser, patient_browser: Browser
) -> None:
    scene = set_stage()
    app, invitation = scene.app, scene.hour["invitation"]
    before = app.backstage.ask("at_the_door", invitation=invitation)
    for first in range(0, SCANNERS, TOGETHER):
        scan(patient_browser, scene.hour["link"], range(first, first + TOGETHER))
    after = app.backstage.ask("at_the_door", invitation=invitation)
    assert after["devices"] >= SCANNERS
    assert after == {**before, "devices": after["devices"]}

    clinician, patient = scene.clinician(staff_browser), scene.patient(patient_browser)
    with together(clinician, patient):
        clinician.sign_in(day=scene.hour["day"])
        patient.wait()
        clinician.admit()
        talks(clinician.page, patient.page)
    assert app.backstage.ask("at_the_door", invitation=invitation)["messages"] == before["messages"]
