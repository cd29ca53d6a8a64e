"""A clinic with its calendar server, and a clock that the test moves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from blikk.calendars.models import ServerCalendar
from blikk.calendars.push import push_once
from blikk.calendars.services import set_server
from blikk.clinics.models import Clinic, Membership
from blikk.kernel.actors import SYSTEM
from blikk.kernel.ids import new_id
from tests.builders import NOW, a_clinic, a_member
from tests.servers import CalDavServer


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Kept:
    """A clinician whose hours are kept on the clinic's server."""

    server: CalDavServer
    clinic: Clinic
    member: Membership
    path: str
    clock: Clock

    @property
    def calendar(self) -> ServerCalendar:
        return ServerCalendar.objects.get(membership=self.member, path=self.path)

    def there(self) -> dict[str, str]:
        """What the server holds now."""
        return self.server.files(self.path)

    def push(self) -> int:
        """Look at every calendar that is due until none is; a minute later."""
        self.clock.later(seconds=61)
        times = 0
        while push_once("w", clock=self.clock):
            times += 1
            assert times < 20
        return times

    def arrange(self, **paths: str) -> None:
        set_up(self.server, self.clinic, {self.member.public_id: self.path, **paths}, now=self.clock.now)


def set_up(server: CalDavServer, clinic: Clinic, paths: dict[str, str], **more: object):
    given = {"origin": server.origin, "user": server.user, "password": server.password, "now": NOW}
    return set_server(clinic, **{**given, **more}, paths=paths, hosts=[server.host], actor=SYSTEM)


@pytest.fixture
def allowed(caldav_server: CalDavServer, settings) -> CalDavServer:
    settings.BLIKK_CALDAV_HOSTS = [caldav_server.host]
    settings.BLIKK_CALDAV_CA = str(caldav_server.certificate)
    return caldav_server


@pytest.fixture
def kept(allowed: CalDavServer, db) -> Kept:
    clinic = a_clinic()
    member = a_member(clinic)
    path = allowed.make_calendar(new_id())
    kept = Kept(allowed, clinic, member, path, Clock())
    kept.arrange()
    return kept
