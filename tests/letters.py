"""Builders for what is written with patients: cases, the browsers that have proven themselves, and photos."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

from blikk.clinics.models import Clinic, Membership
from blikk.journeys import writing, written
from blikk.kernel.ids import new_secret
from blikk.notifications.models import Message
from blikk.patients.models import Patient
from blikk.writing.models import Case, Photo
from blikk.writing.models import Message as Letter
from blikk.writing.sealed import Asked, Question, Written
from tests.builders import NOW, Hour, a_booked_hour, a_clinic, a_member, a_patient, staff

WHERE = "192.0.2.7"
# Words that must be nowhere but under seal.
CANARY = "Kanarifugl-på-leggen"


@dataclass
class Writing:
    """A case with everything that a test needs to write in it."""

    clinic: Clinic
    clinician: Membership
    patient: Patient
    case: Case
    token: str
    typed_code: str
    device: str

    @property
    def id(self) -> str:
        return self.case.public_id

    def again(self) -> Case:
        return Case.objects.get(pk=self.case.pk)


def token_of(case: Case, kind: str) -> str:
    body = Message.objects.filter(about__endswith=case.public_id, kind=kind).latest("pk").body
    return body.split("/s#")[1].split()[0]


def a_question(
    hour: Hour | None = None,
    *,
    questions: tuple[str, ...] = ("since_when", "medicines"),
    words: str = "",
    wants_photo: bool = True,
    days: int = 3,
    channels: tuple[str, ...] = ("sms",),
    now: datetime = NOW,
) -> Writing:
    """The patient of an hour was asked something; nobody has opened the link."""
    hour = hour or a_booked_hour(now=now)
    opened = writing.ask_for_more(
        hour.clinic,
        hour.appointment.public_id,
        asked=Asked(tuple(Question(code) for code in questions), words),
        wants_photo=wants_photo,
        due_on=(now + timedelta(days=days)).date(),
        channels=channels,
        membership=hour.clinician,
        actor=staff(hour.clinician),
        now=now,
    )
    return _writing(hour.clinic, hour.clinician, hour.patient, opened, "asked")


def a_text_case(
    clinic: Clinic | None = None,
    *,
    clinician: Membership | None = None,
    patient: Patient | None = None,
    words: str = "",
    now: datetime = NOW,
) -> Writing:
    """A consultation in writing was booked; nobody has opened the link."""
    clinic = clinic or a_clinic()
    clinician = clinician or a_member(clinic)
    patient = patient or a_patient(clinic)
    opened = writing.begin_with(
        clinic,
        patient,
        clinician=clinician,
        channels=("sms",),
        words=words,
        actor=staff(clinician),
        now=now,
    )
    return _writing(clinic, clinician, patient, opened, "writing")


def _writing(clinic, clinician, patient, opened, kind) -> Writing:
    token = token_of(opened.case, kind)
    return Writing(clinic, clinician, patient, opened.case, token, opened.typed_code, new_secret())


def opened(one: Writing, *, device: str | None = None, now: datetime = NOW) -> Writing:
    """A browser presents the link."""
    written.open_link(one.token, device_secret=device or one.device, where=WHERE, now=now)
    return one


def proven(one: Writing, *, now: datetime = NOW) -> Writing:
    """The patient's browser has answered the birth date."""
    opened(one, now=now)
    assert written.answer_birth_date(one.id, one.device, born=one.patient.birth_on, where=WHERE, now=now)
    return one


def send(
    one: Writing, text: str = "", *answers: str, photos: list[str] | None = None, now: datetime = NOW
) -> Letter:
    return written.send(
        one.id, one.device, Written(text, answers), with_photos=photos or [], where=WHERE, now=now
    )


def put_up(one: Writing, raw: bytes | None = None, *, now: datetime = NOW) -> Photo:
    return written.put_up_photo(one.id, one.device, raw or a_jpeg(), where=WHERE, now=now)


def by_clinician(one: Writing, *, now: datetime = NOW) -> dict[str, object]:
    return {"membership": one.clinician, "actor": staff(one.clinician), "now": now}


def read(one: Writing, *, now: datetime = NOW) -> Case:
    return writing.read(one.clinic, one.id, **by_clinician(one, now=now))


def answer(one: Writing, text: str = "Det går over.", *, now: datetime = NOW) -> Case:
    return writing.answer(
        one.clinic, one.id, text=text, version=one.again().version, **by_clinician(one, now=now)
    )


def a_jpeg(size: tuple[int, int] = (400, 300), *, colour: str = "teal", place: bool = False) -> bytes:
    """A photo as a phone makes it, perhaps with the place where it was taken and who owns the phone."""
    picture, made = Image.new("RGB", size, colour), io.BytesIO()
    exif = Image.Exif()
    if place:
        exif[0x010F] = "CanaryPhone"
        exif[0x8825] = {1: "N", 2: (60.0, 23.0, 33.0), 3: "E", 4: (5.0, 19.0, 26.0)}
    picture.save(made, "JPEG", exif=exif, comment=b"CanaryComment" if place else b"")
    return made.getvalue()


def a_picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA" if kind in {"PNG", "WEBP"} else "RGB", size, "teal").save(made, kind)
    return made.getvalue()


def cleaned_for_test() -> bytes:
    """A photo as it is before it is sealed."""
    from blikk.writing.photos import cleaned

    return cleaned(a_jpeg((900, 700)))
