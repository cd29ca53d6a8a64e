"""A consultation that has ended, at a clinic that charges in Blikk by the sample's tariffs."""

from datetime import UTC, date, datetime, timedelta

from blikk.journeys import charging, closing, talk
from blikk.kernel.actors import SYSTEM
from blikk.payments import decisions, services
from blikk.payments.samples import sample
from blikk.payments.tariffs.ceilings import read_ceilings, read_codes
from blikk.payments.tariffs.readers import read
from tests.builders import NOW, Hour, a_booked_hour, admitted, staff
from tests.identities import consultation_of

TODAY = date(2026, 11, 24)
END = NOW + timedelta(minutes=15)
AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def rates() -> None:
    """Take the samples in."""
    services.take_in(read(sample("tariffs").encode(), source="", on=TODAY).rows, actor=SYSTEM, now=NOW)
    services.take_in_ceilings(read_ceilings(sample("ceilings")), actor=SYSTEM, now=NOW)
    decisions.take_in_codes(read_codes(sample("diagnoses"), source="", on=TODAY), actor=SYSTEM, now=NOW)


def charges_here(clinic, **more):
    values = {"is_on": True, "is_private": False, "field": "LE", "missed_ore": 0, "settled_how": "", **more}
    return decisions.change_rules(clinic, **values, actor=SYSTEM, now=NOW)


class Ended:
    """An hour whose conversation has ended, and what is done about its money."""

    def __init__(self, hour: Hour | None = None, *, minutes: int = 15, **rules):
        rates()
        self.hour = hour or a_booked_hour()
        charges_here(self.hour.clinic, **rules)
        self.id = admitted(self.hour)
        self.act = {"membership": self.hour.clinician, "actor": staff(self.hour.clinician)}
        talk.end(self.hour.clinic, self.id, **self.act, now=NOW + timedelta(minutes=minutes))

    @property
    def talk(self):
        return consultation_of(self.hour)

    def reckon(self, **wanted):
        return charging.reckon(self.talk, charging.Wanted(**wanted))

    def accept(self, *, seen=None, now=AT, **wanted):
        chosen = charging.Wanted(**{"diagnosis": "R05", **wanted})
        seen = charging.reckon(self.talk, chosen).seen if seen is None else seen
        return charging.accept(
            self.hour.clinic, self.id, wanted=chosen, seen=seen, missed_words="Ikke møtt", **self.act, now=now
        )

    def take_back(self, version=1):
        return charging.take_back(self.hour.clinic, self.id, version=version, **self.act, now=AT)

    def close(self, fee):
        note = closing.note_of(self.hour.clinic, self.id, **self.act, now=AT)
        if note.status == "draft":
            closing.sign_note(
                self.hour.clinic, self.id, version=note.version, drafted="Holdt på video.", **self.act, now=AT
            )
        return closing.close_out(
            self.hour.clinic,
            self.id,
            version=self.talk.version,
            outcome="completed",
            follow_up="none",
            fee=fee,
            **self.act,
            now=AT,
        )
