"""What is typed of a phone number and an e-mail address, and which parts of it were read back and heard."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django import forms

from blikk.kernel.errors import Invalid
from blikk.patients import contact_points
from blikk.patients.reading import normal_email, normal_phone
from blikk.patients.slips import slips_in
from blikk.web.spelling import parts_of

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic
    from blikk.patients.models import ContactPoint, Patient

KINDS = ("phone", "email")
READ = {"phone": normal_phone, "email": normal_email}


class ReachedForm(forms.Form):
    """A form with `phone` and `email`, each of which can be read back part by part."""

    if TYPE_CHECKING:

        def refuse(self, field: str | None, code: str) -> None: ...

    def typed(self, kind: str) -> str:
        """What stands in the field, as it would be kept; the empty string where it cannot be."""
        try:
            return READ[kind](str(self[kind].value() or "")) if kind in self.fields else ""
        except Invalid:
            return ""

    def ticked(self, kind: str) -> frozenset[int]:
        """Which parts were heard and were right. Ticks of what stood in the field before do not count."""
        value = self.typed(kind)
        said = self.data.get(self.add_prefix(f"{kind}_said"), "")
        if not value or said != value or not hasattr(self.data, "getlist"):
            return frozenset()
        ticks = self.data.getlist(self.add_prefix(f"{kind}_part"))
        return frozenset(int(tick) for tick in ticks if tick.isascii() and tick.isdigit() and len(tick) < 4)

    def read_back(self) -> tuple[str, ...]:
        """The kinds whose every part was read back."""
        return tuple(
            kind
            for kind in KINDS
            if (value := self.typed(kind)) and self.ticked(kind) >= set(range(len(parts_of(kind, value))))
        )

    def is_sure(self, kind: str) -> bool:
        """Whether somebody answered that it is right as it stands, although it looks like a slip."""
        return bool(self.typed(kind)) and self.data.get(self.add_prefix(f"{kind}_sure"), "") == self.typed(
            kind
        )

    def ask_about_slips(
        self, clinic: "Clinic", patient: "Patient | None" = None, *, asked: Collection[str] = KINDS
    ) -> bool:
        """Ask, beside the field, about what looks like a slip and was not answered; whether nothing is left to ask.

        What stood there before is asked about where it is to be used (`asked`) and nobody has verified it.
        """
        for kind in KINDS:
            value = self.typed(kind)
            point = contact_points.find(patient, kind) if patient else None
            if not value or self.is_sure(kind) or _is_settled(point, value, is_asked=kind in asked):
                continue
            if slips_in(kind, value, clinic=clinic, patient=patient):
                self.refuse(kind, "likely_slip")
        return not self.errors


def _is_settled(point: "ContactPoint | None", value: str, *, is_asked: bool) -> bool:
    return point is not None and point.value == value and (point.is_verified or not is_asked)
