"""Contact points on the staff's pages: how sure they are, what to read aloud, and what looks like a slip."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blikk.clinics.queries import names_of
from blikk.kernel.times import local
from blikk.patients import contact_points
from blikk.patients.queries import newest_change
from blikk.patients.reading import readable_email
from blikk.patients.slips import Slip, slips_in
from blikk.web.contact_forms import KINDS, ReachedForm
from blikk.web.presenters import words
from blikk.web.presenters.spelling import Part, parts_of
from blikk.web.presenters.words import Mark

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.patients.models import ContactChange, ContactPoint, Patient

DOUBTS: dict[str, Promise] = {
    "bounced": _("En melding kom i retur"),
    "not_in_use": _("Nummeret er ikke i bruk"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What looks like a slip, and what was perhaps meant."""

    words: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part to read aloud and to tick."""

    index: int
    shown: str
    said: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class ReadBack:
    """All that stands below one field: how sure it is, questions, and the parts to read aloud."""

    kind: str
    prefix: str
    id: str
    legend: str
    value: str
    mark: Mark | None
    questions: Sequence[Question]
    is_sure: bool
    parts: Sequence[ShownPart]
    is_open: bool
    is_done: bool

    @property
    def said_name(self) -> str:
        return f"{self.prefix}{self.kind}_said"

    @property
    def part_name(self) -> str:
        return f"{self.prefix}{self.kind}_part"

    @property
    def sure_name(self) -> str:
        return f"{self.prefix}{self.kind}_sure"


def show_read_backs(
    form: ReachedForm, clinic: Clinic, *, patient: Patient | None = None, asked: Collection[str] = KINDS
) -> list[ReadBack]:
    """What is to be read back of a form; open for the kinds that are `asked` for."""
    return [show_read_back(form, kind, clinic, patient=patient, is_open=kind in asked) for kind in KINDS]


def show_read_back(
    form: ReachedForm, kind: str, clinic: Clinic, *, patient: Patient | None = None, is_open: bool = True
) -> ReadBack:
    """What is to be read back of one field; nothing but a mark where that was done before."""
    value = form.typed(kind)
    point = contact_points.find(patient, kind) if patient else None
    is_kept = point is not None and point.value == value
    is_verified = is_kept and point is not None and point.is_verified
    ticked = form.ticked(kind)
    parts = [] if is_verified or not value else parts_of(kind, value)
    shown = [ShownPart(i, one.shown, one.said, i in ticked) for i, one in enumerate(parts)]
    slips = () if is_kept else slips_in(kind, value, clinic=clinic, patient=patient)
    prefix = f"{form.prefix}-" if form.prefix else ""
    return ReadBack(
        kind=kind,
        prefix=prefix,
        id=f"{prefix}{kind}-read-back",
        legend=gettext("Les nummeret tilbake") if kind == "phone" else gettext("Stav adressen tilbake"),
        value=value,
        mark=state_mark(point, clinic) if is_kept and point else None,
        questions=[_question(slip) for slip in slips],
        is_sure=form.is_sure(kind),
        parts=shown,
        is_open=is_open or bool(ticked),
        is_done=bool(shown) and all(part.is_ticked for part in shown),
    )


def state_mark(point: ContactPoint, clinic: Clinic) -> Mark:
    """How sure a contact point is, and who made it so."""
    if point.is_verified:
        change = newest_change(point)
        return Mark(change_words(change, clinic) if change else gettext("Bekreftet"), "check", "good")
    if point.doubt:
        return Mark(
            gettext("%(what)s. Les tilbake på nytt.") % {"what": doubt_words(point.doubt)}, "warning", "bad"
        )
    return Mark(gettext("Ikke bekreftet ennå"), "question", "care")


def change_words(change: ContactChange, clinic: Clinic) -> str:
    """What happened to a contact point, when, and through whom."""
    return gettext("%(what)s %(day)s av %(who)s") % {
        "what": _what(change.what, change.because),
        "day": local(change.at, clinic.zone).strftime("%d.%m.%Y %H:%M"),
        "who": who_words(clinic, change.actor_kind, change.actor_id),
    }


def who_words(clinic: Clinic, kind: str, user_id: str) -> str:
    """Who did something to a contact point."""
    if kind == "staff":
        return names_of(clinic, {user_id}).get(user_id, gettext("en ansatt"))
    return gettext("pasienten selv") if kind == "patient" else gettext("systemet")


def doubt_words(code: str) -> str:
    """Why a contact point is in doubt."""
    return str(DOUBTS.get(code, gettext("Meldinger kommer ikke fram")))


def _what(what: str, because: str) -> str:
    return {
        "added": gettext("Lagt inn"),
        "read_back": gettext("Lest tilbake"),
        "self_submitted": gettext("Bekreftet"),
        "doubted": doubt_words(because),
        "retired": gettext("Tatt ut av bruk"),
    }.get(what, what)


def _question(slip: Slip) -> Question:
    said = {"about": slip.about, "instead": slip.instead}
    return {
        "nearly": Question(gettext("Det står %(about)s. Mente du %(instead)s?") % said, slip.instead),
        "looks_like": Question(
            gettext("%(about)s ligner på noe annet. Mente du %(instead)s?") % said, slip.instead
        ),
        "strange_letters": Question(gettext("%(about)s har uvanlige bokstaver. Er det riktig?") % said),
        "landline": Question(gettext("Dette er en fasttelefon, og den kan ikke få SMS. Er det riktig?")),
        "foreign": Question(gettext("Dette er et utenlandsk nummer (%(about)s). Er det riktig?") % said),
        "of_another": Question(
            gettext("Dette står også på en annen pasient: %(about)s. Er det riktig?") % said
        ),
    }[slip.code]


def shown_value(point: ContactPoint) -> str:
    """A contact point as it is read."""
    return words.phone(point.value) if point.kind == "phone" else readable_email(point.value)


__all__ = ["Part", "ReadBack", "show_read_back", "show_read_backs"]
