"""Signing in and out: password, second factor, limits, and what a stranger can learn."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from blikk.accounts.models import User
from blikk.accounts.services import seal
from blikk.audit.models import Entry
from blikk.notifications.models import Message
from tests.builders import PASSWORD, a_clinic, a_member
from tests.people import SECRET, code_at, give_password, same_for_all, signed_in, with_app

NOW = datetime(2026, 11, 24, 9, 0, 5, tzinfo=UTC)
HALF_MINUTE = timedelta(seconds=30)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _second_factor_is_needed(settings):
    settings.BLIKK_SECOND_FACTOR = True


@pytest.fixture
def member():
    return a_member(a_clinic(), "administrator")


def confirm(client, code):
    return client.post("/inn/bekreft", {"code": code})


def is_in(client):
    return client.get("/klinikk/").status_code == 200


def test_looking_at_the_sign_in_page_starts_no_session():
    client = Client()
    assert client.get("/inn/").status_code == 200
    assert not Session.objects.exists()


def test_nobody_can_sign_up():
    client = Client()
    for path in ("/konto/ny", "/konto/signup/", "/accounts/signup/", "/inn/ny"):
        assert client.get(path).status_code == 404


def test_a_password_leads_to_the_second_factor_and_nowhere_else(member):
    client = Client()
    assert give_password(client, member).url == "/hjem/"
    assert client.get("/klinikk/").url == "/konto/bekreftelse"
    assert client.get("/klinikk/", headers={"HX-Request": "true"}).status_code == 404
    assert client.post("/klinikk/").status_code == 404
    assert client.get("/konto/bekreftelse").status_code == 200


def test_a_session_has_a_new_name_after_each_step(member):
    client = Client()
    with time_machine.travel(NOW, tick=False):
        client.get("/inn/passnokkel", headers={"Accept": "application/json"})
        names = [client.cookies["blikk_session"].value]
        give_password(client, member)
        names.append(client.cookies["blikk_session"].value)
        client.get("/konto/bekreftelse/app")
        session = client.session
        session["mfa.totp.secret"] = SECRET
        session.save()
        answer = client.post("/konto/bekreftelse/app", {"code": code_at(NOW)})
        assert answer.url == "/konto/bekreftelse/koder"
        names.append(client.cookies["blikk_session"].value)
        assert is_in(client)
    assert len(set(names)) == 3
    assert Session.objects.count() == 1


def test_who_has_an_app_needs_its_code(member):
    with_app(member)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        assert give_password(client, member).url == "/inn/bekreft"
        assert not is_in(client)
        assert confirm(client, "000000").status_code == 200
        assert not is_in(client)
        assert confirm(client, code_at(NOW)).url == "/hjem/"
        assert is_in(client)


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_fits_one_step_before_and_after(member, steps, fits):
    with_app(member)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        give_password(client, member)
        confirm(client, code_at(NOW, steps=steps))
        assert is_in(client) is fits


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=31), timedelta(seconds=50)])
def test_a_code_works_once_for_as_long_as_it_could_fit(member, later):
    with_app(member)
    # The code of the next half minute is right for almost ninety seconds.
    code = code_at(NOW, steps=1)
    with time_machine.travel(NOW, tick=False):
        first = Client()
        give_password(first, member)
        confirm(first, code)
        assert is_in(first)
    with time_machine.travel(NOW + later, tick=False):
        second = Client()
        give_password(second, member)
        confirm(second, code)
        assert not is_in(second)
        confirm(second, code_at(NOW + later, steps=-1))
        assert is_in(second)


def test_a_sign_in_that_is_broken_off_begins_anew(member):
    with_app(member)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        give_password(client, member)
        assert client.get("/inn/").url == "/inn/bekreft"
        client.post("/konto/ut")
        assert client.get("/inn/").status_code == 200
        assert confirm(client, code_at(NOW)).url == "/inn/"
        assert not is_in(client)


def test_another_persons_code_does_not_fit(member):
    with_app(member)
    other = a_member(member.clinic, "administrator")
    Authenticator.objects.create(
        user=other.user, type="totp", data={"secret": seal("MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")}
    )
    client = Client()
    with time_machine.travel(NOW, tick=False):
        give_password(client, member)
        confirm(
            client,
            format_hotp_value(hotp_value("MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK", int(NOW.timestamp()) // 30)),
        )
        assert not is_in(client)
        confirm(client, code_at(NOW))
        assert is_in(client)


def test_a_recovery_code_works_once(member):
    with_app(member)
    row = Authenticator.objects.get(user=member.user, type="recovery_codes")
    code = row.wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    give_password(first, member)
    confirm(first, code)
    assert is_in(first)
    give_password(second, member)
    confirm(second, code)
    assert not is_in(second)


def test_five_wrong_codes_and_even_the_right_one_must_wait(member):
    with_app(member)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        give_password(client, member)
        for _ in range(5):
            confirm(client, "000000")
        confirm(client, code_at(NOW))
        assert not is_in(client)
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        cache.clear()
        confirm(client, code_at(NOW + timedelta(minutes=6)))
        assert is_in(client)


def test_a_password_session_from_before_the_app_cannot_add_another_one(member):
    old = signed_in(member, strong=False)
    assert old.get("/konto/bekreftelse").status_code == 200
    with_app(member)
    assert old.get("/konto/bekreftelse/app").url.startswith("/inn/")
    assert old.post("/konto/bekreftelse/app", {"code": "1"}).url.startswith("/inn/")
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_adding_a_factor_asks_for_the_password_when_the_sign_in_is_not_fresh(member):
    client = Client()
    with time_machine.travel(NOW, tick=False):
        give_password(client, member)
        assert client.get("/konto/bekreftelse/app").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert client.get("/konto/bekreftelse/app").url.startswith("/konto/igjen")
        assert client.get("/konto/bekreftelse/passnokkel").url.startswith("/konto/igjen")
        answer = client.post("/konto/igjen", {"password": PASSWORD, "next": "/konto/bekreftelse/app"})
        assert answer.url == "/konto/bekreftelse/app"
        assert client.get("/konto/bekreftelse/app").status_code == 200


def test_the_last_factor_cannot_be_taken_away(member):
    with_app(member)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        give_password(client, member)
        confirm(client, code_at(NOW))
        client.post("/konto/bekreftelse/app/fjern")
        assert Authenticator.objects.filter(type="totp").exists()


def test_secrets_of_apps_lie_sealed_in_the_database(member):
    row = with_app(member)
    row.refresh_from_db()
    assert SECRET not in str(row.data)
    codes = Authenticator.objects.get(type="recovery_codes")
    assert codes.data["seed"].startswith("v2:")


def test_five_wrong_passwords_shut_this_account_from_here_and_nobody_else(member):
    colleague = a_member(member.clinic, "administrator")
    here, elsewhere = Client(), Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(5):
        give_password(here, member, "feil-passord-her")
    answer = give_password(here, member)
    assert answer.status_code == 200
    assert "prøvd for mange ganger" in answer.content.decode()
    assert give_password(Client(), colleague).status_code == 302
    assert give_password(elsewhere, member).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(member):
    known = Client().post("/inn/", {"login": member.user.email, "password": "feil"})
    nobody = Client().post("/inn/", {"login": "ukjent1@example.no", "password": "feil"})
    email = member.user.email.encode()
    assert same_for_all(known).replace(email, b"") == same_for_all(nobody).replace(b"ukjent1@example.no", b"")
    assert known.status_code == nobody.status_code


def test_a_wrong_password_is_recorded_without_saying_whose(member):
    give_password(Client(), member, "feil-passord-her")
    entry = Entry.objects.get(act="account.sign_in_failed")
    assert member.user.email not in entry.about
    assert member.user.public_id not in entry.about


def test_asking_for_a_password_says_the_same_to_everybody(member):
    known = Client().post("/konto/passord/glemt", {"email": member.user.email})
    nobody = Client().post("/konto/passord/glemt", {"email": "ukjent1@example.no"})
    email = member.user.email.encode()
    assert same_for_all(known).replace(email, b"") == same_for_all(nobody).replace(b"ukjent1@example.no", b"")
    assert Message.objects.count() == 1


def test_the_link_for_a_password_works_and_skips_no_second_factor(member):
    with_app(member)
    old = signed_in(member)
    Client().post("/konto/passord/glemt", {"email": member.user.email.upper()})
    message = Message.objects.get()
    link = next(line for line in message.body.split() if "/konto/passord/velg#" in line)
    key = link.partition("#")[2]
    client = Client()
    weak = client.post("/konto/passord/velg", {"key": key, "password": "kort"})
    assert "minst 12" in weak.content.decode().lower()
    assert key in weak.content.decode()
    done = client.post("/konto/passord/velg", {"key": key, "password": "Hav-og-himmel-2027"})
    assert done.url == "/inn/"
    assert not is_in(client)
    assert not is_in(old)
    assert give_password(client, member, "Hav-og-himmel-2027").url == "/inn/bekreft"
    again = client.post("/konto/passord/velg", {"key": key, "password": "Enda-en-gang-2028"})
    assert again.status_code == 410


def test_no_more_than_three_links_in_a_quarter_of_an_hour(member):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(6):
            Client().post("/konto/passord/glemt", {"email": member.user.email})
            clock.shift(2)
    assert Message.objects.count() == 3


def test_who_has_left_gets_no_link(member):
    member.ended_at = NOW
    member.save()
    Client().post("/konto/passord/glemt", {"email": member.user.email})
    assert not Message.objects.exists()


def test_a_closed_account_cannot_sign_in(member):
    User.objects.filter(pk=member.user_id).update(is_active=False)
    client = Client()
    give_password(client, member)
    assert not is_in(client)


def test_signing_in_goes_only_to_our_own_pages(member, settings):
    settings.BLIKK_SECOND_FACTOR = False
    for far in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = Client().post("/inn/", {"login": member.user.email, "password": PASSWORD, "next": far})
        assert answer.url == "/hjem/"
    near = Client().post("/inn/", {"login": member.user.email, "password": PASSWORD, "next": "/klinikk/logg"})
    assert near.url == "/klinikk/logg"


def test_the_demo_says_that_a_password_is_enough(member, settings):
    assert "demo" not in Client().get("/inn/").content.decode()
    settings.BLIKK_SECOND_FACTOR = False
    assert "demo" in Client().get("/inn/").content.decode()
    client = Client()
    give_password(client, member)
    assert is_in(client)


def test_signing_in_is_recorded_at_the_clinic(member):
    give_password(Client(), member)
    entry = Entry.objects.get(act="account.signed_in")
    assert (entry.chain, entry.actor_id) == (member.clinic_id, member.user.public_id)
    assert entry.place == "127.0.0.1"
