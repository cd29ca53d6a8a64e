"""The administrator's page of claims: what is ready, the file, the credit."""

import json
import re

import pytest
import time_machine
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.payments.helfo.faults import Reason
from blikk.payments.models import Claim, ClaimFile, PaymentRules
from blikk.web.claim_words import CONTROLS, FAULTS, PAYOUTS, REFUSALS
from tests.builders import a_clinic, a_member
from tests.payments.charges import AT
from tests.payments.test_claims import Claiming
from tests.payments.test_deliveries import Sending
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def test_a_file_is_made_taken_along_and_a_bill_credited_from_the_page():
    one = Claiming()
    client, at = signed_in(one.administrator), reverse("claims")
    assert "Klart å sende: 1 nytt krav. Til sammen 15\u00a0kr." in client.get(at).content.decode()
    assert client.post(at).status_code == 302
    file, claim = ClaimFile.objects.get(), Claim.objects.get()
    page = client.get(at).content.decode()
    assert "Krav 1, " in page
    assert "Ingenting er klart å sende." in page
    assert "Lag fil" not in page
    assert "egning" not in page
    assert "egenandel ikke betalt" in page
    taken = client.post(reverse("claim_file", args=[file.public_id]))
    assert json.loads(taken.content)["behandlerkrav"]["antallRegninger"] == 1
    assert "attachment" in taken["Content-Disposition"]
    assert Entry.objects.filter(act="claim_file.looked_at").count() == 1
    assert client.get(reverse("claim_file", args=[file.public_id])).status_code == 405
    assert client.post(reverse("claim_credit", args=[claim.public_id])).status_code == 302
    assert "krediteres i neste fil" in client.get(at).content.decode()


def test_what_is_missing_is_said_and_nothing_is_made():
    one = Claiming(has_number=False)
    client, at = signed_in(one.administrator), reverse("claims")
    assert "mangler pasientens fødselsnummer" in client.get(at).content.decode()
    answer = client.post(at)
    assert answer.status_code == 422
    assert "Det er ingenting nytt å sende." in answer.content.decode()
    PaymentRules.objects.update(practice_id="")
    assert "Skriv praksis-ID" in client.post(at).content.decode()
    assert not ClaimFile.objects.exists()


def texts(client):
    """What the page says, without how it is set."""
    page = client.get(reverse("claims")).content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_file_is_sent_from_the_page_and_the_answer_read_on_it(helfo):
    one = Sending(helfo)
    one.rules(sends_claims=False)
    client = signed_in(one.administrator)
    client.post(reverse("claims"))
    file = ClaimFile.objects.get()
    assert "Ikke sendt. Send den, eller last den ned og lever den selv." in texts(client)
    where = reverse("claim_file_send", args=[file.public_id])
    helfo.fails("/kuhr/krav/v1/process/sendinnbehandlerkravmelding", "taken_and_500")
    with time_machine.travel(AT, tick=False):
        assert client.post(where, {"version": file.version}).status_code == 302
        assert "Sendes til Helfo." in texts(client)
        one.work()
        assert "Sendt, men svaret kom ikke fram." in texts(client)
        one.helfo.decide["1"] = ("avvist", [{"nummer": "766", "tekst": "Regningen er datert fram i tid."}])
        one.work_for(minutes=2)
        said = texts(client)
        assert "Kontrollert av Helfo. Venter på utbetaling." in said
        assert "(avvist av Helfo)" in said and "766: Regningen er datert fram i tid." in said
        assert "Krediter" not in said
        again = reverse("claim_again", args=[Claim.objects.get().public_id])
        assert client.post(again).status_code == 302
        assert "Klart å sende: 1 avvist krav på nytt. Til sammen 15 kr." in texts(client)


def test_a_refused_file_says_in_plain_words_what_to_mend(helfo):
    one = Sending(helfo)
    helfo.practice = "2000000001"
    one.make()
    one.work()
    client = signed_in(one.administrator)
    said = texts(client)
    assert "Helfo tok ikke imot filen." in said
    assert "Helfo kjenner ikke praksis-ID-en som deres. Rett den under Takster og priser" in said
    assert "UKJENT" not in said
    old = {"version": 1}
    where = reverse("claim_file_by_hand", args=[ClaimFile.objects.get().public_id])
    assert "Noe har skjedd med filen" in client.post(where, old, follow=True).content.decode()
    assert client.post(where, {"version": ClaimFile.objects.get().version}).status_code == 302
    assert "Levert på annen måte." in texts(client)


def test_every_state_fault_and_code_of_helfo_has_words():
    assert set(FAULTS) == {str(one) for one in Reason}
    assert set(CONTROLS) | set(PAYOUTS)
    for code in ("UKJENT_FORMAT", "UKJENT_FELT", "MANGLER_GUID", "UKJENT_PRAKSISID", "DUPLIKAT_KRAV"):
        assert REFUSALS[code]


def test_the_form_and_the_sending_are_chosen_on_the_page_of_rates(helfo):
    one = Claiming()
    client, at = signed_in(one.administrator), reverse("payment_rules")
    sent = {"rules": "1", "is_on": "on", "field": "LE", "missed_ore": "", "practice_id": "1000005649"}
    sends = {**sent, "sends_claims": "on", "claim_form": "kuhr"}
    answer = client.post(at, {**sends, "organisation": "889640783"})
    assert "ikke et gyldig organisasjonsnummer" in answer.content.decode()
    answer = client.post(at, {**sends, "organisation": ""})
    assert "må organisasjonsnummer og praksis-ID være fylt ut" in answer.content.decode()
    assert client.post(at, {**sends, "organisation": "889 640 782"}).status_code == 302
    rules = PaymentRules.objects.get(clinic=one.clinic)
    assert (rules.organisation, rules.sends_claims, rules.claim_form) == ("889640782", True, "kuhr")
    bkm = {**sent, "claim_form": "bkm", "organisation": "889640782"}
    assert client.post(at, bkm).status_code == 302
    client.post(reverse("claims"))
    file = ClaimFile.objects.get()
    taken = client.post(reverse("claim_file", args=[file.public_id]))
    assert taken["Content-Disposition"].endswith('.xml"')
    assert taken.content.decode().startswith('<?xml version="1.0" encoding="UTF-8"?>')


def test_nobody_is_asked_about_sending_where_nothing_can_be_sent():
    one = Claiming()
    page = signed_in(one.administrator).get(reverse("payment_rules")).content.decode()
    assert "Praksis-ID hos Helfo" in page
    assert "Send krav til Helfo fra Blikk" not in page


def test_another_clinic_is_told_that_a_file_and_a_claim_are_not_there():
    one, other = Claiming(), a_member(a_clinic("Elvebakken"), "administrator", "Per Annen")
    one.make()
    file, claim = ClaimFile.objects.get().public_id, Claim.objects.get().public_id
    for name, about in (
        ("claim_file", file),
        ("claim_file_send", file),
        ("claim_file_by_hand", file),
        ("claim_again", claim),
        ("claim_credit", claim),
    ):
        where = reverse(name, args=[about])
        assert signed_in(other).post(where, {"version": "1"}).status_code == 404, name
        assert signed_in(one.administrator).get(where).status_code == 405, name
        assert signed_in(one.administrator).post(where, {"version": "1"}).status_code in {200, 302}, name
