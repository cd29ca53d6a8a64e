"""Is video right: facts, what was ticked, and judgements that are kept one after the other. Never a verdict."""

from datetime import timedelta

import pytest

from blikk.audit.models import Entry
from blikk.journeys import closing, frame, suitability, talk, tasks
from blikk.journeys.day import day_of, row_of
from blikk.kernel.errors import Invalid, NotFound, Overtaken
from blikk.scheduling.models import Suitability
from blikk.scheduling.queries import get_task
from tests import builders as b

pytestmark = pytest.mark.django_db


def note(hour: b.Hour, *points: str, judgement: str = "", reason: str = "", by=None, place: str = "day"):
    by = by or hour.clinician
    return suitability.note(
        hour.clinic,
        hour.appointment.public_id,
        points=points,
        judgement=judgement,
        reason=reason,
        place=place,
        membership=by,
        actor=b.staff(by),
        now=b.NOW,
    )


def facts(hour: b.Hour, **more):
    return suitability.suitability_of(hour.clinic, hour.appointment, **more)


def test_the_newest_counts_and_the_older_ones_are_kept_with_who_when_and_where():
    hour = b.a_booked_hour()
    secretary = b.a_member(hour.clinic, "secretary", "Siri Skranke")
    note(hour, "samples", by=secretary, place="booking")
    note(hour, "samples", "interpreter", judgement="begin", reason="Ser først", place="talk")
    newest, first = facts(hour).noted
    assert (newest.judgement, newest.reason, newest.by, newest.place) == (
        "begin",
        "Ser først",
        "Kari Nordmann",
        "talk",
    )
    assert (first.points, first.judgement, first.by, first.place) == (
        ("samples",),
        "",
        "Siri Skranke",
        "booking",
    )
    assert facts(hour).points == ("samples", "interpreter")
    assert Entry.objects.filter(act="appointment.suitability_noted").count() == 2
    assert "samples" not in " ".join(str(entry.details) for entry in Entry.objects.all())


def test_only_a_clinician_judges():
    hour = b.a_booked_hour()
    secretary = b.a_member(hour.clinic, "secretary", "Siri Skranke")
    with pytest.raises(NotFound):
        note(hour, judgement="video", by=secretary)
    assert note(hour, judgement="video").judgement == "video"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"points": ("headache",)}, "points"),
        ({"judgement": "yes"}, "judgement"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_what_is_not_on_the_list_is_refused(wrong, field):
    hour = b.a_booked_hour()
    with pytest.raises(Invalid) as refused:
        note(hour, *wrong.pop("points", ()), **wrong)
    assert field in refused.value.fields
    assert not Suitability.objects.exists()


def test_known_or_new_is_filled_in_from_what_was_held_here():
    hour = b.a_booked_hour()
    assert facts(hour).known.talks == 0
    consultation = b.admitted(hour)
    talk.end(hour.clinic, consultation, membership=hour.clinician, actor=b.staff(hour.clinician), now=b.NOW)
    # The conversation itself makes nobody known to themself.
    assert facts(hour).known.talks == 0
    later = b.a_booked_hour(
        hour.clinic, clinician=hour.clinician, patient=hour.patient, starts_in=timedelta(days=7)
    )
    assert (facts(later).known.talks, facts(later).known.with_clinician) == (1, 1)
    other = b.a_member(hour.clinic, "clinician", "Kollega Lege")
    elsewhere = b.a_booked_hour(
        hour.clinic, clinician=other, patient=hour.patient, starts_in=timedelta(days=8)
    )
    assert (facts(elsewhere).known.talks, facts(elsewhere).known.with_clinician) == (1, 0)


def test_one_key_says_that_video_is_right_and_a_second_press_notes_nothing_new():
    hour = b.a_booked_hour()
    note(hour, "samples", place="booking")
    for _press in range(2):
        suitability.confirm_video(
            hour.clinic,
            hour.appointment.public_id,
            place="talk",
            membership=hour.clinician,
            actor=b.staff(hour.clinician),
            now=b.NOW,
        )
    newest, *older = facts(hour).noted
    assert (newest.judgement, newest.points, newest.place) == ("video", ("samples",), "talk")
    assert len(older) == 1


def test_the_row_of_the_day_and_the_draft_of_the_note_know_it():
    hour = b.a_booked_hour()
    note(hour, "examination")
    row = row_of(hour.clinic, hour.appointment.public_id, now=b.NOW)
    assert (row.points, row.judgement) == (("examination",), "")
    consultation = b.admitted(hour)
    note(hour, "examination", judgement="video", reason="Bare en samtale", place="talk")
    ours = closing.consultation_of(hour.clinic, consultation, membership=hour.clinician)
    newest = closing.draft_of(ours).suitability.newest
    assert newest is not None
    assert newest.reason == "Bare en samtale"


@pytest.mark.parametrize(("said", "is_worse"), [("a", False), ("b", True), ("c", True)])
def test_what_the_patient_answers_about_getting_worse_is_a_fact_like_the_others(said, is_worse):
    hour = b.a_booked_hour()
    b.waiting(hour)
    assert facts(hour).worse is None
    frame.answer(
        hour.invitation.public_id,
        hour.device,
        question="worse",
        answer=said,
        helped=False,
        where="",
        now=b.NOW,
    )
    assert facts(hour).worse is is_worse


# Tasks


def set_task(hour: b.Hour, what: str = "Hent prøvesvar", **more):
    asked = {"holder": hour.clinician.public_id, "due_on": b.NOW.date(), **more}
    return tasks.set_task(
        hour.clinic,
        hour.appointment.public_id,
        what=what,
        **asked,
        membership=hour.clinician,
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )


def test_a_task_stands_on_the_day_until_it_is_done_whatever_day_it_is():
    hour = b.a_booked_hour()
    task = set_task(hour)
    act = {"actor": b.staff(hour.clinician), "now": b.NOW}
    next_week = b.NOW.date() + timedelta(days=7)
    for day in (b.NOW.date(), next_week):
        (shown,) = day_of(hour.clinic, day=day, clinician=hour.clinician, now=b.NOW).tasks
        assert (shown.what, shown.patient_name) == ("Hent prøvesvar", hour.patient.name)
    tasks.finish_task(hour.clinic, task.public_id, version=task.version, is_done=True, **act)
    assert not day_of(hour.clinic, day=b.NOW.date(), now=b.NOW).tasks
    with pytest.raises(Overtaken):
        tasks.finish_task(hour.clinic, task.public_id, version=1, is_done=True, **act)
    tasks.finish_task(hour.clinic, task.public_id, version=2, is_done=False, **act)
    assert len(day_of(hour.clinic, day=b.NOW.date(), now=b.NOW).tasks) == 1
    acts = Entry.objects.filter(act__startswith="task.").values_list("act", flat=True)
    assert sorted(acts) == ["task.done", "task.set", "task.undone"]


def test_a_task_is_handed_to_a_colleague_and_stands_on_their_day():
    hour = b.a_booked_hour()
    colleague = b.a_member(hour.clinic, "secretary", "Siri Skranke")
    task = set_task(hour)
    tasks.hand_over_task(
        hour.clinic,
        task.public_id,
        version=1,
        holder=colleague.public_id,
        actor=b.staff(hour.clinician),
        now=b.NOW,
    )
    assert get_task(hour.clinic, task.public_id).holder == colleague
    assert not day_of(hour.clinic, day=b.NOW.date(), clinician=hour.clinician, now=b.NOW).tasks
    assert len(day_of(hour.clinic, day=b.NOW.date(), now=b.NOW).tasks) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": "  "}, "what"),
        ({"what": "x" * 301}, "what"),
        ({"due_on": b.NOW.date() - timedelta(days=1)}, "due_on"),
        ({"due_on": b.NOW.date() + timedelta(days=1000)}, "due_on"),
        ({"holder": "AAAAAAAAAAAAAAAAAAAAAA"}, "holder"),
    ],
)
def test_a_task_that_nobody_could_do_is_refused(wrong, field):
    with pytest.raises(Invalid) as refused:
        set_task(b.a_booked_hour(), **wrong)
    assert field in refused.value.fields


def test_an_administrator_is_given_no_tasks_and_another_clinic_sees_none():
    hour = b.a_booked_hour()
    administrator = b.a_member(hour.clinic, "administrator", "Ada Admin")
    with pytest.raises(Invalid):
        set_task(hour, holder=administrator.public_id)
    task = set_task(hour)
    with pytest.raises(NotFound):
        get_task(b.a_clinic("Annet senter"), task.public_id)
    assert get_task(hour.clinic, task.public_id) == task
