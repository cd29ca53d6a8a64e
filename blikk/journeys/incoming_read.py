"""Reading what is new in a clinic's journal system, page by page, and carrying it out."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from blikk.documentation import incoming
from blikk.documentation.ehr.client import Ehr
from blikk.documentation.ehr.connections import fhir_connection_of
from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.ehr.incoming import Said, said_in
from blikk.documentation.incoming_tables import Feed
from blikk.documentation.smart.addresses import below
from blikk.documentation.smart.persons import RecordPerson, hpr_in, person_in
from blikk.journeys.incoming import carry_out
from blikk.kernel.times import local

MOST_PAGES = 200
# A server may write down a change a little later than the time that it gives it.
OVERLAP = timedelta(minutes=5)
SWEEP_EVERY = timedelta(hours=1)

log = logging.getLogger(__name__)


def read_once(worker: str, *, clock: Callable[[], datetime]) -> bool:
    """Read one feed that is due; False where none is."""
    feed = incoming.lease_due(worker, now=clock())
    if feed is None:
        return False
    try:
        read(feed, clock=clock)
    except Fault as fault:
        log.warning("incoming: %s", fault.reason)
        incoming.failed_reading(feed, str(fault.reason), wait=fault.wait, now=clock())
    except Exception:
        incoming.failed_reading(feed, str(Reason.NOT_FHIR), wait=0, now=clock())
        raise
    return True


def read(feed: Feed, *, clock: Callable[[], datetime]) -> None:
    """Take in what is new, and make the hours here so. Raises Fault: what was read until then is kept."""
    clinic, now = feed.clinic, clock()
    connection = fhir_connection_of(clinic)
    if connection is None:
        incoming.done_reading(feed, read_until=None, swept=False, now=now)
        return
    until = feed.read_until
    ahead = timedelta(days=feed.ahead_days)
    sweeps = feed.swept_at is None or feed.swept_at < now - SWEEP_EVERY
    try:
        with Ehr(connection) as ehr:
            reader = _Reader(ehr, feed, clock)
            for said in reader.news():
                reader.keep(said)
                if said.updated_at and (until is None or said.updated_at > until):
                    until = said.updated_at
            if sweeps:
                reader.look_after()
    finally:
        carry_out(clinic, connection.base_url, ahead=ahead, invites=feed.invites, now=clock())
    incoming.done_reading(feed, read_until=until, swept=sweeps, now=clock())


@dataclass
class _Reader:
    """One reading; who is who is asked for once."""

    ehr: Ehr
    feed: Feed
    clock: Callable[[], datetime]
    numbers: dict[str, str] = field(default_factory=dict)
    people: dict[str, RecordPerson | None] = field(default_factory=dict)

    @property
    def server(self) -> str:
        return self.ehr.connection.base_url

    def news(self) -> Iterator[Said]:
        """What may have changed since the last time; the first time, what is to come."""
        for resource in self._resources():
            said = said_in(resource, self.server, self.feed.codes)
            if said is not None and incoming.is_news(
                incoming.find_word(self.feed.clinic, self.server, said.id), said, now=self.clock()
            ):
                yield said

    def keep(self, said: Said) -> None:
        person, number = None, ""
        if said.is_planned and not said.fault:
            person = self._person(said.patient)
            number = self._number(said)
        incoming.keep_word(
            self.feed.clinic, self.server, said, person=person, hpr_number=number, now=self.clock()
        )

    def look_after(self) -> None:
        """Ask for hours to come that the journal should still know of: one that was deleted is in no search."""
        for row in incoming.to_look_after(self.feed.clinic, self.server, now=self.clock()):
            if self._read(f"Appointment/{row.record_id}") is None and row.notice in {
                "",
                "needs_contact",
                "ready",
            }:
                incoming.notice(row, "gone", now=self.clock())

    def _resources(self) -> Iterator[Mapping[str, Any]]:
        now, since = self.clock(), self.feed.read_until
        today = local(now, self.feed.clinic.zone).date()
        asked = (
            {"_lastUpdated": f"ge{_instant(since - OVERLAP)}"}
            if since
            else {"date": f"ge{today.isoformat()}"}
        )
        bundle = self.ehr.search("Appointment", {**asked, "_count": "100"}, now=now)
        for _ in range(MOST_PAGES):
            if bundle.get("resourceType") != "Bundle":
                raise Fault(Reason.NOT_FHIR)
            entries = bundle.get("entry")
            for entry in entries if isinstance(entries, list) else []:
                resource = entry.get("resource") if isinstance(entry, Mapping) else None
                if isinstance(resource, Mapping):
                    yield resource
            following = self.ehr.following(bundle, now=self.clock())
            if following is None:
                return
            bundle = following
        raise Fault(Reason.TROUBLED)

    def _person(self, name: str) -> RecordPerson | None:
        if name not in self.people:
            found = self._read(f"Patient/{name}")
            person = person_in(found) if found else None
            self.people[name] = person if person and person.is_whole and person.id == name else None
        return self.people[name]

    def _number(self, said: Said) -> str:
        """The HPR number of the first who is to hold it."""
        for number in said.hpr_numbers:
            return number
        for reference in said.practitioners:
            if reference not in self.numbers:
                self.numbers[reference] = self._number_of(reference)
            if self.numbers[reference]:
                return self.numbers[reference]
        return ""

    def _number_of(self, reference: str) -> str:
        found = self._read(reference)
        if found and reference.startswith("PractitionerRole/"):
            worker = found.get("practitioner")
            said = worker.get("reference") if isinstance(worker, Mapping) else ""
            named = below(self.server, said if isinstance(said, str) else "", "Practitioner")
            found = self._read(named) if named else None
        return hpr_in(found) if found else ""

    def _read(self, path: str) -> Mapping[str, Any] | None:
        """A resource; None where the journal has none by that name."""
        try:
            found = self.ehr.read(path, now=self.clock())
        except Fault as fault:
            if fault.reason in {Reason.WRONG_ADDRESS, Reason.NOT_ALLOWED}:
                return None
            raise
        return found if found.get("resourceType") == path.partition("/")[0] else None


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
