"""The night and the act of the same moment: one of them is whole, and the other is told or waits for another night."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from blikk.audit.queries import verify
from blikk.clinics.models import Deletion
from blikk.documentation.models import NoteVersion
from blikk.journeys import closing, tasks
from blikk.journeys.keeping.night import keep
from blikk.kernel.errors import DomainError, NotFound, Overtaken
from blikk.scheduling.models import Appointment, Task
from tests.builders import NOW, a_booked_hour, staff
from tests.documentation.conversations import a_full_conversation
from tests.kept import closed
from tests.races.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=40)


class TooLate(DomainError):
    """What the database says to an act whose thing was deleted in the same moment: nothing of it is done."""

    code = "too_late"


def acted(act):
    try:
        return act()
    except (IntegrityError, Appointment.DoesNotExist) as fault:
        raise TooLate from fault


def nightly(clinic, worker="w"):
    return keep(clinic, worker=worker, clock=lambda: LATER)


def test_a_correction_and_the_night_do_not_both_have_the_note():
    for _ in range(6):
        hour = a_full_conversation(has_number=False)
        talk = closed(hour)
        correct = partial(
            closing.correct_note,
            hour.clinic,
            talk.public_id,
            text="Rettet.",
            reason="Feil",
            number=1,
            membership=hour.clinician,
            actor=staff(hour.clinician),
            now=LATER,
        )
        corrected, slept = race(partial(acted, correct), partial(nightly, hour.clinic))
        assert slept.has_won
        versions = NoteVersion.objects.filter(note__consultation__public_id=talk.public_id).count()
        if corrected.has_won:
            assert versions == 2
            assert Appointment.objects.filter(pk=hour.appointment.pk).exists()
        else:
            assert isinstance(corrected.refusal, NotFound | Overtaken | TooLate)
            assert versions == 0
        assert verify() == []


def test_a_task_that_is_opened_again_keeps_the_visit_or_is_told():
    for _ in range(6):
        hour = a_full_conversation(has_number=False)
        act = {"membership": hour.clinician, "actor": staff(hour.clinician)}
        task = tasks.set_task(
            hour.clinic,
            hour.appointment.public_id,
            what="Ring",
            holder=hour.clinician.public_id,
            due_on=NOW.date(),
            **act,
            now=NOW,
        )
        Task.objects.filter(pk=task.pk).update(status="done", done_at=NOW)
        closed(hour)
        task.refresh_from_db()
        undo = partial(
            tasks.finish_task,
            hour.clinic,
            task.public_id,
            is_done=False,
            version=task.version,
            actor=staff(hour.clinician),
            now=LATER,
        )
        undone, slept = race(partial(acted, undo), partial(nightly, hour.clinic))
        assert slept.has_won
        is_there = Appointment.objects.filter(pk=hour.appointment.pk).exists()
        assert is_there == undone.has_won or (is_there and slept.given.postponed == 1)
        assert Task.objects.filter(pk=task.pk).exists() == is_there


def test_of_two_workers_one_has_the_night():
    for _ in range(6):
        hour = a_full_conversation(has_number=False)
        closed(hour)
        first, second = race(partial(nightly, hour.clinic, "a"), partial(nightly, hour.clinic, "b"))
        given = [one.given for one in (first, second) if one.given is not None]
        assert len(given) == 1
        assert given[0].visits == 1
        assert Deletion.objects.filter(clinic=hour.clinic).count() == 1


def test_a_new_hour_of_a_quiet_patient_keeps_the_patient_or_is_told():
    for _ in range(6):
        hour = a_full_conversation(has_number=False)
        closed(hour)
        nightly(hour.clinic)
        much_later = LATER + timedelta(days=400)
        book = partial(a_booked_hour, hour.clinic, patient=hour.patient, now=much_later)
        booked, slept = race(
            partial(acted, book), partial(keep, hour.clinic, worker="w", clock=lambda: much_later)
        )
        assert slept.has_won
        has_patient = type(hour.patient).objects.filter(pk=hour.patient.pk).exists()
        assert booked.has_won == has_patient
        assert Appointment.objects.filter(patient=hour.patient.pk).exists() == booked.has_won
