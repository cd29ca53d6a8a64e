"""Whatever people and staff do in whatever order: no place is shared, nobody overtakes unseen, nobody is lost."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from blikk.audit.models import Entry
from blikk.audit.queries import verify
from blikk.clinics.models import Membership
from blikk.journeys import door, queue, talk
from blikk.journeys.queue import sweep
from blikk.kernel.errors import DomainError
from blikk.scheduling.models import Opening
from blikk.waiting_room import queries, services
from blikk.waiting_room.models import Arrival
from blikk.waiting_room.states import IN_QUEUE, PRESENT
from tests.builders import NOW, a_clinic, a_member, staff
from tests.queues import WHERE, Guest, an_opening, enter

TAB = "tab-of-theirs"
FIRST, SECOND = 0, 1


class QueueLife(RuleBasedStateMachine):
    """Two queues of a clinic, two clinicians, and everybody who comes."""

    guests: Bundle = Bundle("guests")
    talks: Bundle = Bundle("talks")

    @initialize()
    def open_up(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        clinic = a_clinic()
        self.now = NOW
        self.members: list[Membership] = [a_member(clinic), a_member(clinic)]
        lasts = {"lasts": timedelta(hours=12), "clinicians": tuple(self.members)}
        self.openings: list[Opening] = [
            an_opening(clinic, name=name, **lasts) for name in ("Lege", "Sykepleier")
        ]
        self.clinic = clinic
        self.at_page: set[str] = set()
        self.came: dict[str, Guest] = {}
        self.inside: set[str] = set()
        self.seen: dict[int, list[str]] = {0: [], 1: []}

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def tick(self) -> None:
        self.now += timedelta(seconds=1)
        for guest in self.came.values():
            if guest.view.invitation in self.at_page:
                services.keep_seats([(guest.arrival.pk, TAB)], now=self.now)

    def act(self, number: int = FIRST) -> dict[str, object]:
        return {"actor": staff(self.members[number]), "now": self.now}

    def own(self, guest: Guest) -> tuple[str, str]:
        return guest.view.invitation, guest.device

    def tried(self, step) -> bool:
        """Whether the rooms let it happen; a refusal must have changed nothing."""
        try:
            with transaction.atomic():
                step()
        except DomainError:
            return False
        return True

    # What patients do

    @rule(target=guests, which=st.sampled_from([FIRST, SECOND]))
    def someone_enters(self, which):
        self.tick()
        guest = enter(self.openings[which], f"Gjest Nummer{len(self.came)}", now=self.now)
        self.came[guest.view.invitation] = guest
        self.inside.add(guest.view.invitation)
        return guest

    @rule(guest=guests)
    def the_same_person_enters_again(self, guest):
        self.tick()
        opening = Opening.objects.get(pk=guest.invitation.opening_id)
        if guest.view.invitation in self.inside:
            again = enter(opening, guest.name, phone=guest.phone, now=self.now)
            assert again.view.invitation == guest.view.invitation
            assert Arrival.objects.filter(invitation=guest.invitation, status__in=PRESENT).count() == 1

    @rule(
        guest=guests,
        which=st.sampled_from([FIRST, SECOND]),
        already=st.sampled_from(["", "keep", "move"]),
    )
    def who_waits_enters_the_other_queue(self, guest, which, already):
        self.tick()
        if guest.view.invitation not in self.inside:
            return
        to = self.openings[which]
        elsewhere = Opening.objects.get(pk=guest.invitation.opening_id) != to
        went = self.tried(lambda: enter(to, guest.name, phone=guest.phone, already=already, now=self.now))
        assert went == (already != "" or not elsewhere)
        assert (guest.arrival.opening == to) == (already == "move" or not elsewhere)

    @rule(guest=guests)
    def sits_down(self, guest):
        self.tick()
        if self.tried(lambda: door.arrive(*self.own(guest), where=WHERE, now=self.now)):
            services.take_seat(guest.arrival, tab=TAB, move=True, now=self.now)
            self.at_page.add(guest.view.invitation)
            if guest.arrival.status in IN_QUEUE:
                self.inside.add(guest.view.invitation)

    @rule(guest=guests)
    def locks_the_screen(self, guest):
        self.tick()
        self.at_page.discard(guest.view.invitation)
        services.give_up_seat(guest.arrival.pk, tab=TAB, clinic_id=guest.arrival.clinic.public_id)

    @rule(guest=guests)
    def steps_away(self, guest):
        self.tick()
        self.tried(lambda: door.step_away(*self.own(guest), where=WHERE, now=self.now))

    @rule(guest=guests)
    def comes_back(self, guest):
        self.tick()
        self.tried(lambda: door.come_back(*self.own(guest), where=WHERE, now=self.now))

    @rule(guest=guests)
    def leaves(self, guest):
        self.tick()
        self.tried(lambda: door.leave(*self.own(guest), where=WHERE, now=self.now))
        if guest.arrival.status == "left":
            self.inside.discard(guest.view.invitation)

    # What staff do

    @rule(target=talks, which=st.sampled_from([FIRST, SECOND]), who=st.sampled_from([FIRST, SECOND]))
    def takes_the_next(self, which, who):
        self.tick()
        opening, member = self.openings[which], self.members[who]
        try:
            talk_ = queue.take_next(
                self.clinic, opening.public_id, membership=member, actor=staff(member), now=self.now
            )
        except DomainError:
            return multiple()
        self.note_admission()
        return talk_.public_id, who

    @rule(target=talks, guest=guests, reason=st.sampled_from(["", "Kjent pasient"]))
    def takes_a_certain_one(self, guest, reason):
        self.tick()
        try:
            talk_ = queue.take(
                self.clinic,
                guest.arrival.public_id,
                reason=reason,
                membership=self.members[FIRST],
                **self.act(),
            )
        except DomainError:
            return multiple()
        self.note_admission()
        return talk_.public_id, FIRST

    @rule(one=consumes(talks))
    def ends_the_talk(self, one):
        self.tick()
        consultation, who = one
        talk.end(self.clinic, consultation, membership=self.members[who], **self.act(who))

    @rule(guest=guests)
    def puts_first(self, guest):
        self.tick()
        self.tried(
            lambda: queue.prioritise(self.clinic, guest.arrival.public_id, reason="Haster", **self.act())
        )

    @rule(guest=guests, words=st.text(max_size=20))
    def puts_on_hold(self, guest, words):
        self.tick()
        self.tried(lambda: queue.hold(self.clinic, guest.arrival.public_id, words=words, **self.act()))

    @rule(guest=guests)
    def takes_off_hold(self, guest):
        self.tick()
        self.tried(lambda: queue.unhold(self.clinic, guest.arrival.public_id, **self.act()))

    @rule(guest=guests, which=st.sampled_from([FIRST, SECOND]))
    def moves_to_a_queue(self, guest, which):
        self.tick()
        self.tried(
            lambda: queue.transfer(
                self.clinic,
                guest.arrival.public_id,
                opening_id=self.openings[which].public_id,
                **self.act(),
            )
        )

    @rule(guest=guests, who=st.sampled_from([FIRST, SECOND]))
    def hands_to_a_colleague(self, guest, who):
        self.tick()
        colleague = self.members[who].public_id
        self.tried(
            lambda: queue.transfer(
                self.clinic, guest.arrival.public_id, membership_id=colleague, **self.act()
            )
        )

    @rule(guest=guests)
    def calls(self, guest):
        self.tick()
        self.tried(lambda: queue.call(self.clinic, guest.arrival.public_id, **self.act()))

    @precondition(lambda self: self.came)
    @rule(seconds=st.sampled_from([1, 30, 130]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.tick()
        sweep(now=self.now)
        for invitation, guest in self.came.items():
            if guest.arrival.status == "left":
                self.inside.discard(invitation)

    def note_admission(self) -> None:
        """Whoever stood before the one who was let in has a line in the record that says why."""
        admitted = Arrival.objects.filter(admitted_at=self.now).get()
        self.inside.discard(admitted.invitation.public_id)
        was_before = Arrival.objects.filter(
            opening=admitted.opening, status__in=IN_QUEUE, order__lt=admitted.order
        )
        for arrival in was_before:
            lines = Entry.objects.filter(
                act="arrival.passed_over", about__endswith=arrival.public_id, at=self.now
            )
            assert "said" in lines.get().details

    # What must be true

    @invariant()
    def nobody_is_lost_and_no_place_is_shared(self):
        if not hasattr(self, "openings"):
            return
        found: list[str] = []
        for which, opening in enumerate(self.openings):
            rows = queries.queue_of(opening, now=self.now).rows
            assert [row.place for row in rows] == list(range(1, len(rows) + 1))
            orders = list(queries.in_queue(opening).values_list("order", flat=True))
            assert len(set(orders)) == len(orders)
            self.look_who_was_overtaken(which, [row.arrival for row in rows])
            found += [row.invitation for row in rows]
        assert sorted(found) == sorted(self.inside)

    def look_who_was_overtaken(self, which: int, now: list[str]) -> None:
        """Whose place grew, or who stands behind somebody they stood before, was told why at this moment."""
        before = self.seen[which]
        self.seen[which] = now
        for arrival in set(before) & set(now):
            was_behind = set(before[before.index(arrival) :])
            is_before = set(now[: now.index(arrival)])
            grew = now.index(arrival) > before.index(arrival)
            if grew or was_behind & is_before:
                told = Arrival.objects.get(public_id=arrival)
                assert told.pushed_because, "overtaken, and not told why"
                assert told.pushed_at is not None
                assert told.pushed_at >= self.now - timedelta(seconds=1)


@pytest.mark.django_db
def test_no_order_of_acts_breaks_a_queue():
    run_state_machine_as_test(
        QueueLife,
        settings=settings(
            max_examples=20,
            phases=(Phase.explicit, Phase.generate),
            stateful_step_count=35,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            print_blob=False,
        ),
    )


@pytest.mark.django_db
def test_the_record_of_a_long_day_in_the_queue_is_whole():
    life = QueueLife()
    life.open_up()
    guests = [life.someone_enters(number % 2) for number in range(6)]
    for guest in guests:
        life.sits_down(guest)
    for number, guest in enumerate(guests):
        life.puts_first(guest)
        life.moves_to_a_queue(guest, number % 2)
        life.nobody_is_lost_and_no_place_is_shared()
    assert verify() == []
    life.teardown()
