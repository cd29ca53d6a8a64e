"""The administrator's page of claims: what is ready, the file, the credit."""

import json

import pytest
from django.urls import reverse

from blikk.audit.models import Entry
from blikk.payments.models import Claim, ClaimFile, PaymentRules
from tests.payments.test_claims import Claiming
from tests.people import signed_in

pytestmark = pytest.mark.django_db


def test_a_file_is_made_taken_along_and_a_bill_credited_from_the_page():
    one = Claiming()
    client, at = signed_in(one.administrator), reverse("claims")
    assert "1 ny regning er klar, til sammen 15\u00a0kr." in client.get(at).content.decode()
    assert client.post(at).status_code == 302
    file, claim = ClaimFile.objects.get(), Claim.objects.get()
    page = client.get(at).content.decode()
    assert "Regning 1, " in page
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
