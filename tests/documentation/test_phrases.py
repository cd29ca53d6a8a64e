"""Phrases: one's own and the clinic's, in the order that was chosen, with fields that are filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.documentation import phrases
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.web.presenters.phrases import NAMES
from tests.builders import NOW, a_clinic, a_member, staff

pytestmark = pytest.mark.django_db


class Writer:
    def __init__(self, clinic=None, **more):
        self.clinic = clinic or a_clinic()
        self.member = a_member(self.clinic, **more)
        self.who = {"membership": self.member, "actor": staff(self.member), "now": NOW}

    def add(self, name, text="Tekst", *, is_shared=False):
        given_ = {"name": name, "text": text, "is_shared": is_shared, "names": NAMES}
        return phrases.add(self.clinic, **given_, **self.who)

    def names(self):
        return [one.name for one in phrases.phrases_for(self.member)]


def test_ones_own_stand_before_the_clinics_and_nobody_sees_a_colleagues():
    kari = Writer()
    anders = Writer(kari.clinic, name="Anders Lunde")
    kari.add("Felles", is_shared=True)
    kari.add("Min")
    assert kari.names() == ["Min", "Felles"]
    assert anders.names() == ["Felles"]
    assert Writer().names() == []


def test_the_order_is_changed_one_place_at_a_time():
    kari = Writer()
    made = [kari.add(name) for name in ("en", "to", "tre")]
    phrases.move_up(kari.clinic, made[2].public_id, **kari.who)
    assert kari.names() == ["en", "tre", "to"]
    phrases.move_up(kari.clinic, made[0].public_id, **kari.who)
    assert kari.names() == ["en", "tre", "to"]


def test_a_change_made_from_an_old_page_is_told_and_changes_nothing():
    kari = Writer()
    made = kari.add("en")
    given_ = {"name": "ny", "text": "Ny tekst", "version": 1, "names": NAMES, **kari.who}
    assert phrases.alter(kari.clinic, made.public_id, **given_).version == 2
    with pytest.raises(Overtaken):
        phrases.alter(kari.clinic, made.public_id, **{**given_, "name": "eldre"})
    assert kari.names() == ["ny"]


def test_what_is_a_colleagues_or_another_clinics_is_not_there():
    kari, strange = Writer(), Writer()
    anders = Writer(kari.clinic, name="Anders Lunde")
    own, shared = kari.add("Min"), kari.add("Felles", is_shared=True)
    for other, phrase in ((anders, own), (strange, own), (strange, shared)):
        with pytest.raises(NotFound):
            phrases.delete(other.clinic, phrase.public_id, **other.who)
    phrases.delete(anders.clinic, shared.public_id, **anders.who)
    assert kari.names() == ["Min"]


def test_fields_that_do_not_exist_are_refused_while_the_phrase_is_made():
    kari = Writer()
    with pytest.raises(Invalid) as fault:
        kari.add("Kontroll", "Hei {pasient}, neste {uke}")
    assert fault.value.fields == {"text": "unknown_field"}
    with pytest.raises(Invalid) as fault:
        kari.add(" ", "")
    assert fault.value.fields == {"name": "missing", "text": "missing"}
    assert kari.add("Kontroll", "Hei {Pasient}, { neste time }").text == "Hei {Pasient}, { neste time }"


def test_the_audit_names_each_act():
    kari = Writer()
    made = kari.add("en")
    phrases.delete(kari.clinic, made.public_id, **kari.who)
    acts = Entry.objects.filter(act__startswith="phrase.").order_by("number")
    assert [one.act for one in acts] == ["phrase.added", "phrase.deleted"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_filled_in_is_never_read_as_a_field_again(before, value):
    text = before.replace("{", "").replace("}", "") + "{pasient}"
    filled = phrases.filled(text, {"pasient": value + "{dato}", "dato": "i dag"})
    assert filled == text.removesuffix("{pasient}") + value + "{dato}"
