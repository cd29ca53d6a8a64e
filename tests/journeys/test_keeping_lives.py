"""Whatever the order of acts and nights: nothing undelivered goes, and nothing delivered outstays its time."""

import contextlib
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from blikk.audit.queries import verify
from blikk.consultations.models import Consultation
from blikk.documentation.models import NoteCopied
from blikk.documentation.queries import is_delivered
from blikk.journeys import closing, talk
from blikk.journeys.keeping.night import keep
from blikk.kernel.errors import DomainError
from blikk.scheduling.models import Appointment
from tests.builders import NOW, a_booked_hour, a_clinic, a_patient, admitted, staff

PERIOD = timedelta(days=30)


class Nights(RuleBasedStateMachine):
    """Visits begin, are signed, taken along, corrected and finished, while days and nights go by."""

    @initialize()
    def begin(self) -> None:
        self.clinic, self.now, self.hours, self.nights = a_clinic(), NOW, {}, 0
        # When the journal had everything, as the acts said it; None while it has not.
        self.had: dict[int, datetime | None] = {}

    @rule()
    def visit(self) -> None:
        if len(self.hours) >= 3:
            return
        number = len(self.had)
        patient = a_patient(
            self.clinic, f"Pasient {number}", phone=f"+4790{number:06}", email="", read_back=("phone",)
        )
        hour = a_booked_hour(self.clinic, patient=patient, now=self.now)
        name = admitted(hour, now=self.now)
        act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": self.now}
        talk.end(self.clinic, name, **act)
        self.hours[hour.appointment.pk] = (hour, name)
        self.had[hour.appointment.pk] = None

    @rule(what=st.sampled_from(["sign", "take", "correct", "close"]), which=st.integers(0, 2))
    def one_act(self, what: str, which: int) -> None:
        self.act(what, which)

    def act(self, what: str, which: int) -> None:
        if which >= len(self.hours):
            return
        key = list(self.hours)[which]
        hour, name = self.hours[key]
        act = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": self.now}
        with contextlib.suppress(DomainError):
            getattr(self, f"_{what}")(name, act)
        self._note(key)

    def _sign(self, name, act) -> None:
        note = closing.note_of(self.clinic, name, **act)
        closing.sign_note(self.clinic, name, version=note.version, drafted="Ferdig.", **act)

    def _take(self, name, act) -> None:
        closing.take_note(self.clinic, name, how="copy", **act)

    def _correct(self, name, act) -> None:
        closing.correct_note(self.clinic, name, text="Rettet.", reason="Feil", number=1, **act)

    def _close(self, name, act) -> None:
        talked = Consultation.objects.get(public_id=name)
        decided = {"outcome": "completed", "follow_up": "none", "fee": "no_charge"}
        closing.close_out(self.clinic, name, version=talked.version, **decided, **act)

    def _note(self, key: int) -> None:
        talked = Consultation.objects.get(appointment=key)
        if talked.closed_out_at is None or not is_delivered(talked):
            self.had[key] = None
            return
        newest = talked.note.versions.order_by("-number").first()
        taken = NoteCopied.objects.filter(version=newest).order_by("at").first()
        self.had[key] = max(talked.closed_out_at, newest.signed_at, taken.at)

    @rule(which=st.integers(0, 2))
    def finish(self, which: int) -> None:
        for what in ("sign", "take", "close"):
            self.act(what, which)

    @rule(days=st.integers(1, 25))
    def time_goes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def night(self) -> None:
        self.now += timedelta(days=1)
        keep(self.clinic, worker="w", clock=lambda: self.now)
        left = set(Appointment.objects.filter(clinic=self.clinic).values_list("pk", flat=True))
        for key in list(self.hours):
            had = self.had[key]
            is_due = had is not None and had < self.now - PERIOD
            assert (key not in left) == is_due, (key, had, self.now)
            if is_due:
                del self.hours[key]

    def teardown(self) -> None:
        assert verify() == []


@pytest.mark.django_db
def test_no_order_of_acts_and_nights_takes_too_much_or_leaves_too_much():
    run_state_machine_as_test(
        Nights,
        settings=settings(
            max_examples=10,
            phases=(Phase.explicit, Phase.generate),
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            print_blob=False,
        ),
    )
