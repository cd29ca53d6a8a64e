"""Every address, walked by everybody: who may come in does, and for all others it is not there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from blikk.audit.models import Entry
from blikk.clinics import plan
from blikk.web.accounts import passkeys_of
from tests.builders import NOW, a_booked_hour, a_member, staff
from tests.people import signed_in
from tests.web.access_table import ALIKE_EVERYWHERE, DOORS, SET_UP, STAFF, WRITTEN_BY_LOOKING, Door
from tests.web.walk import (
    CANARY,
    NOBODYS,
    ROLES,
    House,
    Undone,
    a_house,
    address,
    ask,
    changed,
    every_address,
    fingerprints,
    look,
    with_device,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings) -> Iterator[House]:
    settings.BLIKK_SECOND_FACTOR = True
    settings.BLIKK_PROVIDERS = {"helseid": {"profile": "helseid", "client_id": "blikk"}}
    with time_machine.travel(NOW, tick=False):
        yield a_house("Fjordgløtt legesenter", CANARY)


@pytest.fixture
def elsewhere(house: House) -> House:
    return a_house("Strandgata legevakt", "Ola")


def doors(*kinds: str) -> list[tuple[str, Door, str]]:
    """Every address of these kinds with each method that it knows."""
    return [
        (name, door, method)
        for name, door in DOORS.items()
        for method in door.methods.split()
        if door.kind in kinds
    ]


def quietly(client: Client, door: Door, method: str, path: str):
    """Ask, take back what it changed, and say which tables it would have changed."""
    cache.clear()
    with Undone():
        before = fingerprints()
        answer = look(ask(client, door, method, path))
        written = changed(before, fingerprints())
    return answer, written - WRITTEN_BY_LOOKING.keys()


def test_the_table_lists_every_address_and_no_other():
    assert set(every_address()) == set(DOORS)


def test_a_method_that_is_not_in_the_table_is_known_to_nobody(house):
    for name, door in DOORS.items():
        path = address(name, door, house.things.get(door.thing, ""))
        for method in METHODS:
            if method in door.methods:
                continue
            for who in ("clinician", "administrator", "patient"):
                with Undone():
                    status = ask(house.clients[who], door, method, path).status_code
                assert status in {302, 404, 405}, (name, method, who, status)


def test_who_may_comes_in(house):
    for name, door, method in doors("page", "fragment", "json", "account", "patient"):
        for who in door.who:
            path = address(name, door, house.things.get(door.thing, ""))
            cache.clear()
            with Undone():
                status, to, _ = look(
                    ask(house.clients[who], door, method, path, clinic=house.clinic.public_id)
                )
            if name == "remove_passkey":
                continue
            assert status in {200, 302, 409, 422}, (name, method, who, status)
            assert not to.startswith("/inn/"), (name, method, who, to)


def test_another_role_of_the_same_clinic_is_told_that_it_is_not_there(house):
    for name, door, method in doors("page", "fragment", "json"):
        for who in set(ROLES) - door.who:
            client = house.clients[who]
            path = address(name, door, house.things.get(door.thing, ""))
            answer, written = quietly(client, door, method, path)
            assert answer == nothing_there(client, door, method), (name, method, who)
            assert written == set(), (name, method, who)


def nothing_there(client: Client, door: Door, method: str):
    """What the same person is told at an address that does not exist."""
    with Undone():
        return look(ask(client, door, method, f"/{NOBODYS}"))


def test_every_role_of_another_clinic_is_told_that_our_things_are_not_there(house, elsewhere):
    for name, door, method in doors("page", "fragment", "json"):
        if not door.thing or door.thing in ALIKE_EVERYWHERE:
            continue
        for who in ROLES:
            client = elsewhere.clients[who]
            ours, written = quietly(client, door, method, address(name, door, house.things[door.thing]))
            none, _ = quietly(client, door, method, address(name, door, NOBODYS))
            assert ours[0] == 404, (name, method, who)
            assert ours == none, (name, method, who)
            assert ours == nothing_there(client, door, method), (name, method, who)
            assert written == set(), (name, method, who)


def test_what_stands_under_the_same_word_in_every_clinic_is_each_clinics_own(house, elsewhere):
    """What the test above leaves out: the address is there for both clinics, and shows ours to us alone."""
    kari = house.members["secretary"]
    plan.write(
        house.clinic, "organisation", words=CANARY, version=0, membership=kari, actor=staff(kari), now=NOW
    )
    named = 0
    alike = [each for each in doors("page", "fragment", "json") if each[1].thing in ALIKE_EVERYWHERE]
    assert {door.thing for _, door, _ in alike} == ALIKE_EVERYWHERE
    for name, door, method in alike:
        path = address(name, door, house.things[door.thing])
        for who in ROLES:
            with Undone():
                theirs = ask(elsewhere.clients[who], door, method, path).content.decode()
                own = ask(house.clients[who], door, method, path).content.decode()
            assert house.clinic.name not in theirs, (name, method, who)
            assert CANARY not in theirs, (name, method, who)
            assert elsewhere.clinic.name not in own, (name, method, who)
            named += CANARY in own
        none, written = quietly(elsewhere.clients["clinician"], door, method, address(name, door, NOBODYS))
        assert none == nothing_there(elsewhere.clients["clinician"], door, method), (name, method)
        assert written == set(), (name, method)
    assert named >= 3, "our own people see what we wrote"


def test_no_page_of_another_clinic_names_our_patient(house, elsewhere):
    named = 0
    for name, door, method in doors("page", "fragment"):
        if door.thing or method == "HEAD":
            continue
        for who in door.who:
            for data in ({}, {"sok": CANARY, "patient": CANARY, "mode": "known"}):
                with Undone():
                    theirs = getattr(elsewhere.clients[who], method.lower())(address(name, door, ""), data)
                    own = getattr(house.clients[who], method.lower())(address(name, door, ""), data)
                assert f"{CANARY} Hansen" not in theirs.content.decode(), (name, method, who)
                named += f"{CANARY} Hansen" in own.content.decode()
    assert named >= 5, "our own people see the patient"


@pytest.mark.parametrize("who", ["nobody", "a patient", "a made-up session"])
def test_who_is_not_signed_in_learns_nothing(house, who):
    client = Client()
    if who == "a patient":
        client = house.clients["patient"]
    if who == "a made-up session":
        client.cookies["blikk_session"] = "x" * 32
    for name, door, method in doors("page", "fragment", "json"):
        ours, written = quietly(client, door, method, address(name, door, house.things.get(door.thing, "")))
        none, _ = quietly(client, door, method, address(name, door, NOBODYS))
        if door.kind == "page" and method in {"GET", "HEAD"}:
            assert ours[0] == none[0] == 302, (name, method)
            assert ours[1].startswith("/inn/?next=")
            assert ours[2] == none[2] == b""
        else:
            assert ours[0] == 404, (name, method)
            assert ours == none, (name, method)
            assert ours == nothing_there(client, door, method), (name, method)
        assert written == set(), (name, method)


def test_a_session_with_a_password_only_reaches_nothing_but_the_pages_that_make_it_whole(house):
    for role in ROLES:
        client = signed_in(a_member(house.clinic, role), strong=False)
        for name, door, method in doors("page", "fragment", "json", "account"):
            path = address(name, door, house.things.get(door.thing, ""))
            (status, to, _), written = quietly(client, door, method, path)
            if name in SET_UP:
                assert not to.startswith("/inn/"), (name, method)
                continue
            assert status in {302, 404}, (name, method, status)
            assert to == "/konto/bekreftelse" or to.startswith("/inn/") or status == 404, (name, method, to)
            assert written == set(), (name, method)


def test_a_patients_page_is_there_only_for_the_browser_that_has_the_link(house, elsewhere):
    other = a_booked_hour(
        house.clinic,
        clinician=house.members["clinician"],
        patient=house.hour.patient,
        starts_in=timedelta(hours=5),
    )
    strangers = {
        "nobody": Client(),
        "another patient": elsewhere.clients["patient"],
        "the same patient, another hour": with_device(other),
        **{role: house.clients[role] for role in ROLES},
    }
    for name, door, method in doors("patient"):
        for who, client in strangers.items():
            mine = house.things[door.thing]
            ours, written = quietly(client, door, method, address(name, door, mine))
            none, _ = quietly(client, door, method, address(name, door, NOBODYS))
            assert ours[0] == 404, (name, method, who)
            assert ours == none, (name, method, who)
            assert written == set(), (name, method, who)


def test_own_account_is_for_who_is_signed_in(house):
    for name, door, method in doors("account"):
        (status, to, _), written = quietly(Client(), door, method, address(name, door, NOBODYS))
        assert (status, to.startswith("/inn/")) == (302, True), (name, method, status, to)
        assert written == set(), (name, method)


def test_a_passkey_is_there_only_for_who_has_it(house):
    member = house.members["secretary"]
    row = Authenticator.objects.create(user=member.user, type="webauthn", data={"name": "Jobbmaskinen"})
    key = passkeys_of(member.user)[0]["key"]
    door = DOORS["remove_passkey"]
    assert key != str(row.pk)
    assert (
        "Jobbmaskinen"
        in house.clients["secretary"].get(f"/konto/bekreftelse/passnokkel/{key}/fjern").content.decode()
    )
    for method in door.methods.split():
        answer, written = quietly(
            house.clients["clinician"], door, method, address("remove_passkey", door, key)
        )
        assert answer == nothing_there(house.clients["clinician"], door, method)
        assert written == set()


def test_looking_changes_nothing(house):
    """GET and HEAD by everybody who may: only what is listed with a reason is written, and of the record only looks."""
    for name, door in DOORS.items():
        for method in {"GET", "HEAD"} & set(door.methods.split()):
            for who in door.who or STAFF | {"patient"}:
                cache.clear()
                with Undone():
                    before, last = fingerprints(), Entry.objects.order_by("-pk").first()
                    path = address(name, door, house.things.get(door.thing, ""))
                    ask(house.clients[who], door, method, path)
                    written = changed(before, fingerprints()) - WRITTEN_BY_LOOKING.keys()
                    acts = set(Entry.objects.filter(pk__gt=last.pk).values_list("act", flat=True))
                assert written == set(), (name, method, who, written)
                assert all(act.endswith(".looked_at") for act in acts), (name, method, who, acts)
