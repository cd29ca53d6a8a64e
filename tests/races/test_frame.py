"""Two people confirm, tick and answer at the same moment."""

from blikk.audit.models import Entry
from blikk.audit.queries import verify
from blikk.consultations import frame_lights
from blikk.consultations.models import Consultation, FrameAnswer, FrameCheck
from blikk.journeys import talk
from blikk.kernel.errors import DomainError
from tests.builders import NOW, a_booked_hour, a_member, staff, waiting
from tests.frames import all_well, confirm, let_in, met_before, own_side, say
from tests.races.racing import ROUNDS, race


def hours(clinic, rounds: int = ROUNDS):
    for _ in range(rounds):
        hour = a_booked_hour(clinic, clinician=a_member(clinic))
        waiting(hour)
        yield hour


def test_a_frame_that_two_windows_confirm_is_confirmed_once(clinic):
    for hour in hours(clinic, 20):
        met_before(hour)
        all_well(hour)
        consultation = let_in(hour)
        own_side(hour)
        finishes = race(lambda: confirm(hour, consultation), lambda: confirm(hour, consultation))
        assert all(finish.has_won for finish in finishes)
        assert FrameCheck.objects.filter(consultation__public_id=consultation).count() == 1
        confirmed = Entry.objects.filter(act="frame.confirmed", about__endswith=consultation)
        assert confirmed.count() == 1
    assert verify() == []


def test_who_confirms_while_it_is_ended_confirms_before_the_end_or_not_at_all(clinic):
    for hour in hours(clinic, 20):
        met_before(hour)
        all_well(hour)
        consultation = let_in(hour)
        own_side(hour)
        who = {"membership": hour.clinician, "actor": staff(hour.clinician), "now": NOW}
        confirmed, ended = race(
            lambda: confirm(hour, consultation), lambda: talk.end(hour.clinic, consultation, **who)
        )
        assert ended.has_won
        assert Consultation.objects.get(public_id=consultation).status == "ended"
        check = FrameCheck.objects.get(invitation=hour.invitation)
        assert (check.confirmed_at is not None) == confirmed.has_won
        assert confirmed.has_won or isinstance(confirmed.refusal, DomainError)
    assert verify() == []


def test_of_two_answers_at_once_one_row_stays_and_what_must_be_known_is_never_lost(clinic):
    for hour in hours(clinic):
        race(lambda: say(hour, "company", "a"), lambda: say(hour, "company", "c"))
        assert FrameAnswer.objects.filter(check_of__invitation=hour.invitation).count() == 1
        assert frame_lights.frame_of(hour.invitation).dangers == ["unfree"]
