"""Who is who: the ways to be sure, who counts as known, and what is kept of a card."""

import pytest
from django.db import IntegrityError, transaction

from blikk.audit.models import Entry
from blikk.consultations import identity
from blikk.consultations.errors import NoEid, NotIdentified, Over
from blikk.consultations.identity import Seen
from blikk.consultations.identity_tables import IdentityCheck
from blikk.consultations.states import IdentityException
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.waiting_room.models import ProvenByEid
from tests import identities as i
from tests.builders import NOW, a_booked_hour, a_member, a_patient, admitted, staff

pytestmark = pytest.mark.django_db


def test_a_new_patient_is_not_identified_until_somebody_says_how():
    hour = i.talking()
    with pytest.raises(NotIdentified):
        identity.require_identified(i.consultation_of(hour))
    check = i.identified(hour)
    identity.require_identified(i.consultation_of(hour))
    assert (check.method, check.by, check.at) == ("card", hour.clinician, NOW)
    entry = Entry.objects.get(act="participant.identified")
    assert '"method":"card"' in entry.details


@pytest.mark.parametrize(
    "seen", [i.CARD, i.EXCEPTION, Seen("known", known_by="Kari Nordmann")], ids=lambda seen: seen.method
)
def test_each_way_takes_a_new_patient_past_the_question(seen):
    hour = i.talking()
    i.identified(hour, seen)
    assert identity.is_identified(i.consultation_of(hour))


def test_who_has_been_met_is_known_by_whom_they_met_last_and_by_oneself_first():
    first = i.talking()
    i.identified(first)
    i.finished(first)
    colleague = a_member(first.clinic, name="Anders Lunde")
    theirs = i.again(first, clinician=colleague)
    known = identity.known_before(i.consultation_of(theirs))
    assert known is not None
    assert (known.by, known.is_own) == ("Kari Nordmann", False)
    identity.require_identified(i.consultation_of(theirs))
    i.finished(theirs)
    mine = i.again(first)
    own = identity.known_before(i.consultation_of(mine))
    assert own is not None
    assert (own.by, own.is_own) == ("Kari Nordmann", True)


@pytest.mark.parametrize("outcome", ["unreachable", "technical_failure"])
def test_who_was_never_met_is_not_known(outcome):
    hour = i.talking()
    i.finished(hour, outcome=outcome)
    assert identity.known_before(i.consultation_of(i.again(hour))) is None


def test_an_exception_makes_nobody_known_the_next_time():
    hour = i.talking()
    i.identified(hour, i.EXCEPTION)
    i.finished(hour)
    assert not identity.is_identified(i.consultation_of(i.again(hour)))


def test_another_patient_and_another_clinic_make_nobody_known():
    hour = i.talking()
    i.finished(hour)
    other = i.talking(
        clinic=hour.clinic, clinician=a_member(hour.clinic), patient=a_patient(hour.clinic, "Per Li")
    )
    assert identity.known_before(i.consultation_of(other)) is None
    assert identity.known_before(i.consultation_of(i.talking())) is None


def test_confirming_the_frame_writes_down_that_the_patient_is_known():
    hour = i.talking()
    i.finished(hour)
    again = i.again(hour)
    consultation, who = (
        i.consultation_of(again),
        {"by": again.clinician, "actor": staff(again.clinician), "now": NOW},
    )
    identity.confirm_known(consultation, **who)
    identity.confirm_known(consultation, **who)
    check = IdentityCheck.objects.get(consultation=consultation)
    assert (check.method, check.known_by) == ("known", "Kari Nordmann")


def test_confirming_the_frame_of_a_new_patient_is_refused_and_of_an_identified_one_adds_nothing():
    hour = i.talking()
    who = {"by": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
    with pytest.raises(NotIdentified):
        identity.confirm_known(i.consultation_of(hour), **who)
    i.identified(hour)
    identity.confirm_known(i.consultation_of(hour), **who)
    assert IdentityCheck.objects.count() == 1


def test_what_was_said_first_stays_when_it_is_corrected():
    hour = i.talking()
    first = i.identified(hour, i.EXCEPTION)
    second = i.identified(hour, i.CARD, replaces=first.public_id)
    assert identity.check_of_patient(i.consultation_of(hour)) == second
    assert IdentityCheck.objects.get(pk=first.pk).replaced_at == NOW
    assert IdentityCheck.objects.count() == 2


def test_who_saw_something_else_on_the_screen_is_told():
    hour = i.talking()
    i.identified(hour)
    for replaces in ("", "AAAAAAAAAAAAAAAAAAAAAA"):
        with pytest.raises(Overtaken):
            i.identified(hour, i.EXCEPTION, replaces=replaces)


def test_of_a_card_nothing_is_kept_unless_the_clinic_wants_it():
    hour = i.talking()
    marked = Seen("card", card_kind="passport", card_last_four="12ab")
    check = i.identified(hour, marked)
    assert (check.card_kind, check.card_last_four) == ("", "")
    hour.clinic.keeps_card_mark = True
    hour.clinic.save()
    kept = i.identified(hour, marked, replaces=check.public_id)
    assert (kept.card_kind, kept.card_last_four) == ("passport", "12AB")


@pytest.mark.parametrize("signs", ["123", "12345", "12 4", "12-4", "\u202e123"])
def test_other_than_four_signs_of_a_card_are_refused(signs):
    hour = i.talking()
    hour.clinic.keeps_card_mark = True
    hour.clinic.save()
    with pytest.raises(Invalid) as fault:
        i.identified(hour, Seen("card", card_last_four=signs))
    assert fault.value.fields == {"card_last_four": "not_four_signs"}


@pytest.mark.parametrize(
    ("reason", "words", "faults"),
    [
        ("", "Hun er her", {"reason": "missing"}),
        ("urgent", "  \n ", {"words": "missing"}),
        ("fordi", "", {"reason": "missing", "words": "missing"}),
        ("urgent", "x" * 301, {"words": "too_long"}),
    ],
)
def test_an_exception_needs_a_reason_and_words(reason, words, faults):
    hour = i.talking()
    with pytest.raises(Invalid) as fault:
        i.identified(hour, Seen("exception", reason=reason, words=words))
    assert fault.value.fields == faults


@pytest.mark.parametrize("reason", IdentityException.values)
def test_every_reason_can_be_given(reason):
    assert i.identified(i.talking(), Seen("exception", reason=reason, words="Ord")).reason == reason


@pytest.mark.parametrize("said", ["", "other", "unclear", "failed"])
def test_eid_counts_only_where_it_said_that_this_is_the_patient(said):
    hour = i.talking()
    arrival = i.patient_in(hour).arrival
    if said:
        ProvenByEid.objects.create(arrival=arrival, result=said, provider="ID-porten", level="high", at=NOW)
    with pytest.raises(NoEid):
        i.identified(hour, Seen("eid"))
    ProvenByEid.objects.create(arrival=arrival, result="same", provider="ID-porten", level="high", at=NOW)
    assert i.identified(hour, Seen("eid")).method == "eid"


@pytest.mark.parametrize("method", ["", "ansikt", "known"])
def test_an_unknown_way_and_knowing_by_nobody_are_refused(method):
    with pytest.raises(Invalid):
        i.identified(i.talking(), Seen(method))


def test_after_the_end_nobody_is_identified_any_more():
    hour = i.talking()
    i.finished(hour)
    with pytest.raises(Over):
        i.identified(hour)


def test_the_clinician_and_a_stranger_are_nobody_to_identify():
    hour = i.talking()
    clinician = i.consultation_of(hour).participants.get(role="clinician").public_id
    elsewhere = i.patient_in(i.talking()).public_id
    for participant in (clinician, elsewhere):
        with pytest.raises(NotFound):
            i.identified(hour, participant=participant)


def test_the_database_lets_one_check_count_for_one_person():
    hour = i.talking()
    check = i.identified(hour)
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityCheck.objects.create(
            consultation=check.consultation, participant=check.participant, method="card", by=check.by, at=NOW
        )


def test_only_who_leads_the_conversation_says_who_somebody_is():
    hour = a_booked_hour()
    admitted(hour)
    colleague = a_member(hour.clinic, name="Anders Lunde")
    hour.clinician, leader = colleague, hour.clinician
    with pytest.raises(NotFound):
        i.identified(hour)
    hour.clinician = leader
    assert i.identified(hour).by == leader
