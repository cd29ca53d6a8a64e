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


# Of two forms that lasted as long, it has the one in which more is seen of the patient.
FORM: tuple[Form, ...] = (Form.IN_PERSON, Form.VIDEO, Form.SOUND, Form.PHONE, Form.TEXT)
# What must be so for a sick note without an examination afterwards.
SICK_NOTE: tuple[str, ...] = ("known_patient", "known_diagnosis", "work_ability", "is_sound")
# For a short illness where nobody can examine on the same day, an examination afterwards takes their place.
EXAMINED_LATER = "examined_later"


def form_of(planned: str, stretches: Sequence[Stretch]) -> Form:
    """By what a consultation was held for the longest time; what was booked counts only where no channel is known.

    A minute of picture before twenty on the phone is no video consultation.
    """
    spent: dict[str, float] = {}
    for stretch in stretches:
        spent[stretch.channel] = spent.get(stretch.channel, 0) + stretch.seconds
    if planned in {Form.TEXT, Form.IN_PERSON} and not spent.keys() & {Form.VIDEO, Form.SOUND, Form.PHONE}:
        return Form(planned)
    used = [form for form in FORM if form in spent]
    # The first of the longest: they stand in the order in which most is seen.
    return max(used, key=lambda form: spent[form], default=Form.VIDEO)


def sick_note_of(answers: Mapping[str, bool]) -> dict[str, bool]:
    """What the clinician weighed, every point answered."""
    return {point: bool(answers.get(point)) for point in (*SICK_NOTE, EXAMINED_LATER)}
