"""A signed note never changes; what was wrong is put right with a new version that says why."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blikk.audit.models import Entry
from blikk.documentation.models import Note, NoteVersion
from blikk.documentation.queries import is_delivered, rules_of, signed_version_of, versions_of
from blikk.documentation.services import LONGEST_OWN, set_rules
from blikk.journeys import closing
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.kernel.secrets import renew_columns
from tests.builders import a_member, staff
from tests.documentation.test_close_out import After

pytestmark = pytest.mark.django_db


def correct(after, text="Rettet tekst", reason="Feil side", number=1, by=None):
    act = {"membership": by, "actor": staff(by)} if by else after.act
    now = after.now + timedelta(minutes=number)
    return closing.correct_note(
        after.hour.clinic, after.id, number=number, text=text, reason=reason, **act, now=now
    )


def test_a_correction_is_a_new_version_with_a_reason_and_the_first_stays_readable():
    after = After()
    assert signed_version_of(after.ended) is None
    after.sign()
    first = signed_version_of(after.ended)
    assert (first.number, first.text, first.reason, first.language) == (1, "Holdt på video.", "", "nb")
    correct(after)
    newest = signed_version_of(after.ended)
    assert (newest.number, newest.text, newest.reason) == (2, "Rettet tekst", "Feil side")
    assert [one.text for one in versions_of(after.ended)] == ["Holdt på video.", "Rettet tekst"]
    assert after.note().signed_text == "Rettet tekst"
    named = Entry.objects.filter(act__in=["note.signed", "note.corrected"]).order_by("pk")
    assert [(one.act, json.loads(one.details)["number"]) for one in named] == [
        ("note.signed", 1),
        ("note.corrected", 2),
    ]


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"reason": "  "}, {"reason": "missing"}),
        ({"text": "\n "}, {"text": "missing"}),
        ({"text": "Holdt på video."}, {"text": "unchanged"}),
        ({"reason": "x" * 501}, {"reason": "too_long"}),
    ],
)
def test_a_correction_without_words_or_reason_or_change_is_refused(given, faults):
    after = After()
    after.sign()
    with pytest.raises(Invalid) as refusal:
        correct(after, **given)
    assert refusal.value.fields == faults
    assert len(versions_of(after.ended)) == 1


def test_a_draft_is_written_in_and_not_corrected():
    after = After()
    with pytest.raises(IllegalMove):
        correct(after)


def test_nobody_else_corrects_a_note():
    after = After()
    after.sign()
    with pytest.raises(NotFound):
        correct(after, by=a_member(after.hour.clinic, "clinician", name="Annen lege"))
    assert correct(after).number == 2


def test_a_correction_of_a_version_that_is_not_the_newest_is_refused():
    after = After()
    after.sign()
    correct(after)
    with pytest.raises(Overtaken):
        correct(after, text="Noe annet", number=1)
    assert signed_version_of(after.ended).text == "Rettet tekst"


CHANGES = (
    (NoteVersion, {"text": "Stille endret"}),
    (NoteVersion, {"number": 9}),
    (NoteVersion, {"reason": "Ny grunn"}),
    (Note, {"free_text": "Stille endret"}),
    (Note, {"status": "draft", "signed_at": None, "signed_by": None}),
    (Note, {"form": "phone"}),
    (Note, {"sick_note": {"is_sound": True}}),
)


@pytest.mark.parametrize(("table", "changes"), CHANGES)
def test_the_database_itself_refuses_to_change_what_is_signed(table, changes):
    after = After()
    after.sign()
    with pytest.raises(DatabaseError), transaction.atomic():
        table.objects.update(**changes)
    assert Note.objects.get().status == "signed"


def test_the_database_itself_refuses_a_correction_without_a_reason():
    after = After()
    after.sign()
    first = signed_version_of(after.ended)
    made = {
        "note": first.note,
        "text": "x",
        "language": "nb",
        "signed_at": after.now,
        "signed_by": first.signed_by,
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        NoteVersion.objects.create(**made, number=2, reason="")
    for wrong in ({"number": 3}, {"number": 2, "text": ""}, {"number": 1, "reason": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            NoteVersion.objects.create(**{**made, "reason": "Feil side", **wrong})
    NoteVersion.objects.create(**made, number=2, reason="Feil side")
    with pytest.raises(DatabaseError), transaction.atomic():
        NoteVersion.objects.create(**made, number=2, reason="Feil side")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WORDS, WORDS, st.integers(1, 4)), max_size=6))
def test_numbers_have_no_gaps_and_nothing_signed_ever_changes(tries):
    with transaction.atomic():
        after = After()
        after.sign()
        kept = {1: "Holdt på video."}
        for text, reason, number in tries:
            try:
                made = correct(after, text=text, reason=reason, number=number)
            except (Invalid, Overtaken):
                pass
            else:
                assert number == max(kept)
                kept[made.number] = text.strip()
            found = {one.number: one.text for one in versions_of(after.ended)}
            assert found == kept
            assert sorted(found) == list(range(1, len(found) + 1))
        transaction.set_rollback(True)


def test_the_same_words_under_a_newer_key_are_the_one_thing_that_is_let_through(settings):
    after = After()
    closing.write_note(
        after.hour.clinic, after.id, free_text="Bedre i kneet.", version=1, **after.act, now=after.now
    )
    after.sign(2)
    correct(after)
    settings.BLIKK_FIELD_KEYS = ["a-newer-key-" + "y" * 40, *settings.BLIKK_FIELD_KEYS]
    assert renew_columns() >= 4
    settings.BLIKK_FIELD_KEYS = settings.BLIKK_FIELD_KEYS[:1]
    texts = [one.text for one in versions_of(after.ended)]
    assert texts == ["Holdt på video.\n\nBedre i kneet.", "Rettet tekst"]
    assert after.note().free_text == "Bedre i kneet."
    with pytest.raises(DatabaseError), transaction.atomic():
        NoteVersion.objects.filter(number=1).update(text="Stille endret")


def test_what_is_kept_already_is_kept_once_more_without_a_quarrel():
    after = After()

    def write(text, version):
        who = {**after.act, "now": after.now}
        return closing.write_note(after.hour.clinic, after.id, free_text=text, version=version, **who)

    assert write("Bedre", 1).version == 2
    assert write("Bedre", 1).version == 2, "the answer was lost, and the same is sent again"
    with pytest.raises(Overtaken):
        write("Noe annet", 1)
    with pytest.raises(Invalid) as refusal:
        write("x" * (LONGEST_OWN + 1), 2)
    assert refusal.value.fields == {"free_text": "too_long"}
    assert after.note().free_text == "Bedre"


def test_the_note_is_in_the_language_that_the_clinic_chose_for_its_notes():
    after = After()
    clinic = after.hour.clinic
    assert rules_of(clinic).language == "nb"
    clinic.language = "en"
    assert rules_of(clinic).language == "nb", "a journal is in Norwegian, whatever the pages are in"
    set_rules(clinic, language="nn", shows_number=False, actor=after.act["actor"], now=after.now)
    with pytest.raises(Invalid):
        set_rules(clinic, language="en", shows_number=False, actor=after.act["actor"], now=after.now)
    after.sign()
    assert signed_version_of(after.ended).language == "nn"


def test_finishing_says_that_it_stands_in_the_journal_only_where_nobody_copied_it():
    for copies in (True, False):
        after = After()
        after.sign()
        if copies:
            closing.take_note(after.hour.clinic, after.id, how="text", **after.act, now=after.now)
        assert is_delivered(after.ended) is copies
        after.close()
        assert [one.how for one in signed_version_of(after.ended).copied.all()] == [
            "text" if copies else "by_hand"
        ]
        assert is_delivered(after.ended)
        correct(after)
        assert not is_delivered(after.ended), "the journal does not have the correction"
    acts = Entry.objects.filter(act__in=["note.copied", "note.in_journal"]).order_by("pk")
    assert [one.act for one in acts] == ["note.copied", "note.in_journal"]
