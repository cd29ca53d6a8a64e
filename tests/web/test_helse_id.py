"""Staff and HelseID: connected once by who is signed in with both, and a whole sign-in from then on."""

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from blikk.accounts.models import EidTrip, HelseIdentity
from blikk.audit.models import Entry
from blikk.clinics.models import Membership
from blikk.clinics.services import Post, change_member
from blikk.kernel.actors import SYSTEM
from blikk.web.presenters.eid import STAFF
from tests.builders import BORN, NOW, a_clinic, a_member
from tests.national_numbers import made
from tests.people import code_at, give_password, signed_in, with_app
from tests.provider import HPR, LEVEL, PID, TestProvider

pytestmark = pytest.mark.django_db
NUMBER = made(BORN)


@pytest.fixture
def kari(op: TestProvider, settings) -> Membership:
    settings.BLIKK_SECOND_FACTOR = True
    op.knows("kari", **{PID: NUMBER, LEVEL: "4", HPR: "9144900"}, acr="Level4")
    member = a_member(a_clinic(), "clinician", "Kari Nordmann", hpr_number="1111111")
    with_app(member)
    return member


def whole(member: Membership) -> Client:
    """Signed in with password and app a moment ago."""
    from django.utils import timezone

    client = Client()
    give_password(client, member)
    answer = client.post("/inn/bekreft", {"code": code_at(timezone.now())})
    assert answer.status_code == 302, answer.content
    return client


def come_back(client: Client, said: dict[str, str]) -> Any:
    assert client.get("/inn/helseid/tilbake", said).status_code == 200
    return client.post("/inn/helseid/tilbake", said)


def connect(op: TestProvider, client: Client, who: str = "kari") -> Any:
    to = client.post("/konto/helseid")["Location"]
    return come_back(client, op.log_in(to, who))


def sign_in(op: TestProvider, client: Client, who: str | None = "kari", **typed: str) -> Any:
    to = client.post("/inn/helseid", typed)["Location"]
    return come_back(client, op.log_in(to, who))


def said_on(client: Client, path: str = "/inn/") -> str:
    return html.unescape(client.get(path).content.decode())


def test_it_is_connected_by_who_is_signed_in_and_signs_in_whole_from_then_on(op, kari):
    at_work = whole(kari)
    assert connect(op, at_work)["Location"] == "/konto/bekreftelse"
    page = said_on(at_work, "/konto/bekreftelse")
    assert "HelseID er koblet til" in page
    assert "HPR-nummer 9144900, fra HelseID" in page
    kari.refresh_from_db()
    assert kari.hpr_number == "9144900"
    assert kari.hpr_proven_at is not None
    assert Entry.objects.filter(act="member.hpr_from_helse_id", details__contains="1111111").exists()

    tomorrow = Client()
    assert sign_in(op, tomorrow, next="/pasienter/")["Location"] == "/pasienter/"
    assert tomorrow.get("/dag/").status_code == 200, "password and second factor in one"
    assert (
        Entry.objects.filter(act="account.signed_in", details__contains='"second_factor":true').count() == 2
    )


def test_the_number_itself_is_kept_nowhere(op, kari):
    connect(op, whole(kari))
    everything = str(list(HelseIdentity.objects.values())) + str(list(EidTrip.objects.values()))
    assert NUMBER not in everything + str(list(Entry.objects.values()))
    assert "kari" not in str(HelseIdentity.objects.values_list("subject_digest", "number_index"))


def test_a_password_alone_cannot_connect_it(op, kari):
    member = a_member(kari.clinic, "clinician", "Uten App")
    weak = signed_in(member, strong=False)
    assert weak.get("/konto/helseid").status_code == 302
    assert "/inn/" in weak.post("/konto/helseid")["Location"]
    stale = signed_in(kari)
    assert reverse("mfa_reauthenticate") in stale.get("/konto/helseid", follow=True).redirect_chain[-1][
        0
    ] or ("/konto/igjen" in stale.get("/konto/helseid")["Location"])
    assert not EidTrip.objects.exists()


def test_one_that_is_bound_to_nobody_signs_nobody_in_and_says_what_to_do(op, kari):
    browser = Client()
    assert sign_in(op, browser)["Location"] == "/inn/"
    assert str(STAFF["not_connected"]) in said_on(browser)
    assert browser.get("/dag/").status_code == 302
    assert Entry.objects.filter(act="account.helse_id_unknown").count() == 1


def test_one_belongs_to_one_account(op, kari):
    connect(op, whole(kari))
    other = a_member(kari.clinic, "clinician", "Per Nordmann")
    with_app(other)
    client = whole(other)
    connect(op, client)
    assert str(STAFF["helse_id_is_somebody_elses"]) in said_on(client, "/konto/bekreftelse")
    assert HelseIdentity.objects.get().user == kari.user


def test_the_same_subject_with_another_number_is_nobody(op, kari):
    connect(op, whole(kari))
    op.knows("kari", **{PID: made(BORN, start=700), LEVEL: "4"}, acr="Level4")
    browser = Client()
    sign_in(op, browser)
    assert browser.get("/dag/").status_code == 302


def test_once_it_is_disconnected_it_signs_in_no_more(op, kari):
    client = whole(kari)
    connect(op, client)
    client.post("/konto/helseid/fra")
    browser = Client()
    sign_in(op, browser)
    assert browser.get("/dag/").status_code == 302
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"account.helse_id_connected", "account.helse_id_disconnected"} <= acts


def test_a_closed_account_stays_closed(op, kari):
    connect(op, whole(kari))
    kari.user.is_active = False
    kari.user.save()
    browser = Client()
    sign_in(op, browser)
    assert browser.get("/dag/").status_code == 302


def test_a_lower_level_is_refused(op, kari):
    connect(op, whole(kari))
    op.knows("kari", **{PID: NUMBER, LEVEL: "3"}, acr="Level4")
    browser = Client()
    sign_in(op, browser)
    assert str(STAFF["wrong_acr"]) in said_on(browser)
    assert browser.get("/dag/").status_code == 302


def test_each_way_to_fail_is_said_in_words(op, kari):
    browser = Client()
    sign_in(op, browser, None)
    assert str(STAFF["cancelled"]) in said_on(browser)
    to = browser.post("/inn/helseid")["Location"]
    said = op.log_in(to, "kari")
    come_back(browser, {**said, "state": "x" * 43})
    assert str(STAFF["wrong_state"]) in said_on(browser)
    come_back(Client(), said)
    come_back(browser, said)
    assert str(STAFF["not_connected"]) in said_on(browser)
    come_back(browser, said)
    assert str(STAFF["replayed"]) in said_on(browser)
    op.is_down = True
    browser.post("/inn/helseid")
    assert str(STAFF["down"]) in said_on(browser)
    assert len({str(words) for words in STAFF.values()}) == len(STAFF)


def test_an_answer_of_a_patients_is_none_for_staff(op, kari):
    browser = Client()
    said = op.log_in(browser.post("/inn/helseid")["Location"], "kari")
    assert Client().post("/eid/tilbake", said).status_code == 422


def test_who_began_to_connect_must_be_who_comes_back(op, kari):
    client = whole(kari)
    said = op.log_in(client.post("/konto/helseid")["Location"], "kari")
    other = a_member(kari.clinic, "clinician", "Per Nordmann")
    session = client.session
    kept = session["eid_browser"]
    client.force_login(other.user)
    session = client.session
    session.update({"eid_browser": kept, "second_factor": True})
    session.save()
    come_back(client, said)
    assert not HelseIdentity.objects.exists()


def test_the_page_that_leads_there_names_it_and_others_do_not(op, kari):
    client = whole(kari)

    def leads(path: str) -> str:
        policy = client.get(path)["Content-Security-Policy"]
        return next(part for part in policy.split(";") if "form-action" in part)

    assert op.issuer in leads("/konto/helseid")
    assert op.issuer not in leads("/dag/")
    signed_out = Client().get("/inn/")["Content-Security-Policy"]
    assert op.issuer in signed_out


def test_no_page_leads_to_another_site_afterwards(op, kari):
    connect(op, whole(kari))
    assert sign_in(op, Client(), next="https://evil.example/")["Location"] == "/hjem/"


def test_where_it_is_not_used_there_is_no_such_page(kari, settings):
    client = whole(kari)
    assert "HelseID" in said_on(client, "/konto/bekreftelse")
    settings.BLIKK_PROVIDERS = {}
    assert client.post("/inn/helseid").status_code == 404
    assert client.get("/inn/helseid/tilbake").status_code == 404
    assert client.get("/konto/helseid").status_code == 404
    assert "HelseID" not in said_on(Client())
    assert "HelseID" not in said_on(client, "/konto/bekreftelse")


def test_a_number_that_somebody_types_is_no_longer_helse_ids(op, kari):
    connect(op, whole(kari))
    change_member(kari.clinic, kari.public_id, Post("clinician", hpr_number="2222222"), actor=SYSTEM, now=NOW)
    kari.refresh_from_db()
    assert (kari.hpr_number, kari.hpr_proven_at) == ("2222222", None)
