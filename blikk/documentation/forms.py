"""By what a consultation was really held, as a code that can be counted, and what a sick note asks for.

The authorities ask whether somebody was seen, heard or met (facts R24 and R25), so the code is made of what was used
and not of what was booked.
"""

from collections.abc import Mapping, Sequence

from django.db import models

from blikk.consultations.channels import Stretch


class Form(models.TextChoices):
    """By what a consultation was held."""

    VIDEO = "video"
    SOUND = "sound"
    PHONE = "phone"
    TEXT = "text"
    IN_PERSON = "in_person"


# A consultation has the form in which most is seen of the patient, among those that were used.
FORM: tuple[Form, ...] = (Form.IN_PERSON, Form.VIDEO, Form.SOUND, Form.PHONE, Form.TEXT)
# What must be so for a sick note without an examination afterwards.
SICK_NOTE: tuple[str, ...] = ("known_patient", "known_diagnosis", "work_ability", "is_sound")


def form_of(planned: str, stretches: Sequence[Stretch]) -> Form:
    """The form of a consultation; what was booked counts only where no channel is known."""
    used = {stretch.channel for stretch in stretches}
    if planned in {Form.TEXT, Form.IN_PERSON} and not used & {Form.VIDEO, Form.SOUND, Form.PHONE}:
        return Form(planned)
    return next((form for form in FORM if form in used), Form.VIDEO)


def sick_note_of(answers: Mapping[str, bool]) -> dict[str, bool]:
    """What the clinician weighed, every point answered."""
    return {point: bool(answers.get(point)) for point in SICK_NOTE}
