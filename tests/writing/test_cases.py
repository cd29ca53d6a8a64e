import itertools
from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.consultations.models import Consultation
from blikk.consultations.queries import open_close_outs
from blikk.journeys import closing, door, writing, written
from blikk.journeys.errors import TalkIsRunning
from blikk.kernel.errors import IllegalMove, Invalid, NotFound, Overtaken
from blikk.notifications.models import Message
from blikk.scheduling.models import Appointment
from blikk.writing import queries
from blikk.writing.errors import AlreadyRead, AskedAlready, CaseClosed, PhotosUndecided, UnreadMessage
from blikk.writing.models import Case, Draft
from blikk.writing.sealed import Written, asked_of, draft_of, written_in
from blikk.writing.services import forget_drafts
from blikk.writing.states import CASE, PHOTO, CaseStatus, PhotoStatus
from tests import letters
from tests.builders import NOW, a_booked_hour, a_member, admitted, open_link, staff, waiting
from tests.letters import a_question, a_text_case, by_clinician, proven, put_up, send

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(("current", "target"), list(itertools.product(CaseStatus, CaseStatus)))
def test_only_the_moves_in_the_table_can_be_made(current, target):
    one = a_question()
    closed_at = NOW if current == CaseStatus.CLOSED else None
    Case.objects.filter(pk=one.case.pk).update(status=current, closed_at=closed_at)
    case = one.again()
    changes = {"closed_at": NOW} if target == CaseStatus.CLOSED else {"closed_at": None}
    if CASE.allows(current, target):
        CASE.make(case, target, **changes)
        assert one.again().status == target
    else:
        with pytest.raises(IllegalMove):
            CASE.make(case, target, **changes)


def test_what_is_closed_is_never_opened_and_what_is_deleted_never_comes_back():
    assert CaseStatus.CLOSED not in CASE.table
    assert PhotoStatus.DELETED not in PHOTO.table
    assert PhotoStatus.TO_RECORD not in PHOTO.table
    assert not PHOTO.allows(PhotoStatus.WAITING, PhotoStatus.TO_RECORD)


def test_the_patient_answers_and_the_clinician_reads_it():
    one = proven(a_question(words="Hvor klør det?"))
    assert [question.code for question in asked_of(one.case).questions] == ["since_when", "medicines"]
    send(one, "Mest om natten", "Lørdag", "Ingen")
    assert one.again().status == CaseStatus.WITH_CLINIC
    letters.read(one, now=LATER)
    message = one.case.messages.get()
    assert written_in(message) == Written("Mest om natten", ("Lørdag", "Ingen"))
    assert (message.read_at, message.read_by) == (LATER, one.clinician)


def test_an_answer_can_be_put_right_until_it_is_read():
    one = proven(a_question())
    send(one, "Venstre legg")
    send(one, "Høyre legg", now=LATER)
    message = one.case.messages.get()
    assert written_in(message).text == "Høyre legg"
    assert message.changed_at == LATER
    letters.read(one)
    with pytest.raises(AlreadyRead):
        send(one, "Begge leggene")
    assert written_in(one.case.messages.get()).text == "Høyre legg"


def test_a_question_asks_something_and_until_a_day_that_comes():
    for more in ({"questions": (), "wants_photo": False}, {"days": -1}, {"days": 100}):
        with pytest.raises(Invalid):
            a_question(**more)
    assert not Case.objects.exists()
    assert a_question(questions=(), wants_photo=True).case.wants_photo


def test_the_same_hour_is_not_asked_about_twice_until_it_is_answered():
    hour = a_booked_hour()
    one = proven(a_question(hour))
    with pytest.raises(AskedAlready):
        a_question(hour)
    send(one, "Det gikk over")
    assert a_question(hour).id != one.id


def test_the_messages_go_in_turns_and_the_patient_hears_of_each_answer_once():
    one = proven(a_text_case())
    send(one, "Jeg hoster")
    assert one.again().due_at == queries.answer_due(one.clinic, now=NOW)
    with pytest.raises(UnreadMessage):
        letters.answer(one)
    letters.read(one)
    letters.answer(one, "Hvor lenge?")
    letters.answer(one, "Har du feber?")
    told = Message.objects.filter(kind="answered")
    assert told.count() == 1
    assert "Hvor lenge" not in told.get().body
    written.note_read(one.id, one.device, where="", now=LATER)
    send(one, "En uke", now=LATER)
    letters.read(one, now=LATER)
    letters.answer(one, "Drikk varmt.", now=LATER)
    assert Message.objects.filter(kind="answered").count() == 2


def test_who_adds_something_before_they_are_answered_does_not_wait_longer():
    one = proven(a_text_case())
    send(one, "Jeg hoster")
    first = one.again().due_at
    send(one, "Og har feber", now=NOW + timedelta(days=1))
    assert one.again().due_at == first


def test_the_day_of_an_answer_skips_the_weekend_and_holidays():
    clinic = a_text_case().clinic
    friday = NOW + timedelta(days=3)
    assert queries.answer_due(clinic, now=friday).date().isoformat() == "2026-12-01"
    christmas_eve = NOW + timedelta(days=30)
    assert queries.answer_due(clinic, now=christmas_eve).date().isoformat() == "2026-12-29"


def test_the_second_of_two_who_answer_is_told():
    one = proven(a_text_case())
    send(one, "Jeg hoster")
    letters.read(one)
    seen = one.again().version
    writing.answer(one.clinic, one.id, text="Ta det med ro.", version=seen, **by_clinician(one))
    with pytest.raises(Overtaken):
        writing.answer(one.clinic, one.id, text="Kom hit.", version=seen, **by_clinician(one))
    assert one.case.messages.filter(writer="clinic").count() == 1


def test_a_case_is_closed_only_when_everything_is_read_and_decided():
    one = proven(a_question())
    send(one, "Se her", photos=[put_up(one).public_id])
    close = {"version": one.again().version, **by_clinician(one)}
    with pytest.raises(UnreadMessage):
        writing.close(one.clinic, one.id, **close)
    letters.read(one)
    with pytest.raises(PhotosUndecided):
        writing.close(one.clinic, one.id, **close)
    photo = one.case.photos.get()
    writing.decide_photo(one.clinic, one.id, photo.public_id, keep=True, **by_clinician(one))
    writing.close(one.clinic, one.id, **close)
    assert one.again().status == CaseStatus.CLOSED
    with pytest.raises(CaseClosed):
        send(one, "En ting til")


def test_a_consultation_in_writing_ends_in_the_same_close_out_as_all_others():
    one = proven(a_text_case())
    send(one, "Jeg hoster", photos=[put_up(one).public_id])
    letters.read(one)
    photo = one.case.photos.get()
    writing.decide_photo(one.clinic, one.id, photo.public_id, keep=False, **by_clinician(one))
    letters.answer(one)
    consultation = Consultation.objects.get(appointment=one.case.appointment)
    assert (consultation.channel, consultation.status) == ("text", "open")
    assert one.case.appointment.form == "text"
    closed = writing.close(one.clinic, one.id, version=one.again().version, **by_clinician(one, now=LATER))
    assert closed == consultation.public_id
    assert [left.public_id for left in open_close_outs(one.clinic)] == [closed]
    draft = closing.draft_of(Consultation.objects.get(public_id=closed))
    used = draft.writing[0]
    assert (draft.form, used.from_patient, used.from_clinic, used.photos_deleted) == ("text", 1, 1, 1)
    assert closing.note_of(one.clinic, closed, **by_clinician(one)).status == "draft"


def test_a_booked_hour_becomes_one_in_writing_and_its_room_is_closed():
    hour = a_booked_hour()
    waiting(hour)
    hour.appointment.refresh_from_db()
    opened = writing.turn_into_text(
        hour.clinic,
        hour.appointment.public_id,
        version=hour.appointment.version,
        channels=("sms",),
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=NOW,
    )
    assert opened.case.appointment_id == hour.appointment.pk
    appointment = Appointment.objects.get(pk=hour.appointment.pk)
    assert (appointment.form, appointment.drop_in, appointment.status) == ("text", True, "arrived")
    assert open_link(hour).step == "replaced"
    # The stretch of time is free for somebody else.
    assert a_booked_hour(hour.clinic, clinician=hour.clinician, patient=hour.patient).appointment


def test_from_a_conversation_one_goes_on_in_writing_when_it_is_over():
    hour = a_booked_hour()
    consultation = admitted(hour)
    ask = {
        "version": 1,
        "channels": ("sms",),
        "membership": hour.clinician,
        "actor": staff(hour.clinician),
        "now": NOW,
    }
    with pytest.raises(TalkIsRunning):
        writing.turn_into_text(hour.clinic, hour.appointment.public_id, **ask)
    from blikk.journeys import talk

    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=staff(hour.clinician), now=NOW)
    opened = writing.turn_into_text(hour.clinic, hour.appointment.public_id, **ask)
    assert opened.case.appointment_id != hour.appointment.pk
    assert Consultation.objects.count() == 2


def test_a_link_for_writing_opens_no_room_and_a_link_to_a_room_no_case():
    one = a_question()
    with pytest.raises(NotFound):
        door.open_link(one.token, device_secret=one.device, where="", now=NOW)
    with pytest.raises(NotFound):
        door.open_code(one.typed_code, device_secret=one.device, where="", now=NOW)
    hour = a_booked_hour()
    with pytest.raises(NotFound):
        written.open_link(hour.token, device_secret=hour.device, where="", now=NOW)
    proven(one)
    with pytest.raises(NotFound):
        door.door_of(one.id, one.device, now=NOW)
    assert written.open_code(one.typed_code, device_secret=one.device, where="", now=NOW) == one.case


def test_after_the_conversation_its_link_is_dead_and_that_of_the_question_lives():
    hour = a_booked_hour()
    consultation = admitted(hour)
    one = proven(a_question(hour))
    from blikk.journeys import talk

    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=staff(hour.clinician), now=NOW)
    assert open_link(hour).step == "ended"
    send(one, "Det begynte på lørdag")
    assert letters.read(one).status == CaseStatus.WITH_CLINIC


def test_only_the_clinician_who_has_a_case_reads_it_and_that_is_in_the_record():
    one = proven(a_question())
    send(one, "Jeg hoster")
    colleague = a_member(one.clinic)
    who = {"membership": colleague, "actor": staff(colleague), "now": NOW}
    for act in (
        lambda: writing.read(one.clinic, one.id, **who),
        lambda: writing.close(one.clinic, one.id, version=1, **who),
        lambda: writing.case_for(one.clinic, one.id, membership=colleague),
    ):
        with pytest.raises(NotFound):
            act()
    version = one.again().version
    writing.hand_over(
        one.clinic, one.id, clinician=colleague, version=version, actor=staff(colleague), now=NOW
    )
    writing.read(one.clinic, one.id, **who)
    with pytest.raises(NotFound):
        letters.read(one)
    entry = Entry.objects.get(act="case.read")
    assert (entry.actor_id, entry.about) == (colleague.user.public_id, f"writing.Case:{one.id}")


def test_with_a_consultation_in_writing_its_note_goes_to_the_colleague():
    one = proven(a_text_case())
    colleague = a_member(one.clinic)
    writing.hand_over(
        one.clinic, one.id, clinician=colleague, version=one.again().version, actor=staff(colleague), now=NOW
    )
    consultation = Consultation.objects.get(appointment=one.case.appointment).public_id
    assert closing.consultation_of(one.clinic, consultation, membership=colleague)
    with pytest.raises(NotFound):
        closing.consultation_of(one.clinic, consultation, membership=one.clinician)


def test_a_draft_is_kept_until_it_is_sent_and_goes_with_the_case():
    one = proven(a_question())
    written.keep_draft(one.id, one.device, Written("Jeg be", ("Lør",)), now=NOW)
    assert draft_of(one.case) == Written("Jeg be", ("Lør",))
    assert written.kept(written.place_of(one.id, one.device, now=NOW)).text == "Jeg be"
    send(one, "Jeg begynte", "Lørdag")
    assert not Draft.objects.exists()
    assert written.kept(written.place_of(one.id, one.device, now=NOW)).text == "Jeg begynte"
    written.keep_draft(one.id, one.device, Written("Og"), now=NOW)
    letters.read(one)
    writing.close(one.clinic, one.id, version=one.again().version, **by_clinician(one))
    assert not Draft.objects.exists()
    assert forget_drafts(now=NOW) == 0


def test_the_list_has_the_oldest_first_and_what_came_in_it():
    one = proven(a_question())
    send(one, "Jeg hoster", photos=[put_up(one).public_id])
    other = a_text_case(one.clinic, clinician=one.clinician, patient=one.patient, now=LATER)
    found = queries.open_cases(one.clinic)
    assert [(case.public_id, case.unread, case.undecided) for case in found] == [
        (one.id, 1, 1),
        (other.id, 0, 0),
    ]
    assert queries.open_cases(one.clinic, clinician=a_member(one.clinic)) == []
