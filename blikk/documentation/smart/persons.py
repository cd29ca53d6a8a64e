"""Reading a person out of FHIR: name, birth date, numbers and how they are reached, with nothing taken on trust."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from blikk.kernel.errors import Invalid
from blikk.patients.national_numbers import read
from blikk.patients.services import clean_name, normal_email, normal_phone

HPR = "urn:oid:2.16.578.1.12.4.1.4.4"
# Fødselsnummer, D-nummer, felles hjelpenummer.
NATIONAL = (
    "urn:oid:2.16.578.1.12.4.1.4.1",
    "urn:oid:2.16.578.1.12.4.1.4.2",
    "urn:oid:2.16.578.1.12.4.1.4.3",
)
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class RecordPerson:
    """A patient as a journal system has them. Texts are cleaned, and empty where it says nothing that can be used."""

    id: str
    given: str = field(repr=False)
    family: str = field(repr=False)
    birth_on: date | None = field(repr=False)
    number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip()

    @property
    def is_whole(self) -> bool:
        """Whether there is enough to register somebody by."""
        return bool(self.given and self.family and self.birth_on)


def person_in(patient: Mapping[str, Any]) -> RecordPerson:
    """Read a Patient; what is broken counts as not said."""
    given, family = _name_in(patient)
    return RecordPerson(
        str(patient.get("id", ""))[:64],
        given,
        family,
        _date_in(patient.get("birthDate")),
        _number_in(patient),
        _reach_in(patient, "phone", normal_phone),
        _reach_in(patient, "email", normal_email),
    )


def hpr_in(practitioner: Mapping[str, Any]) -> str:
    """The number in Helsepersonellregisteret that a Practitioner has; empty for none, and for two different ones."""
    said = {
        str(one.get("value", "")).strip()
        for one in _rows(practitioner, "identifier")
        if one.get("system") == HPR and one.get("use") != "old"
    }
    numbers = {text for text in said if text.isascii() and text.isdigit() and 7 <= len(text) <= 9}
    return numbers.pop() if len(numbers) == 1 else ""


def to_keep(person: RecordPerson) -> dict[str, str]:
    """As it is kept, sealed, while somebody decides."""
    return {
        "id": person.id,
        "given": person.given,
        "family": person.family,
        "birth_on": person.birth_on.isoformat() if person.birth_on else "",
        "number": person.number,
        "phone": person.phone,
        "email": person.email,
    }


def kept(said: Mapping[str, str]) -> RecordPerson:
    """Read what `to_keep` wrote."""
    return RecordPerson(
        said["id"],
        said["given"],
        said["family"],
        date.fromisoformat(said["birth_on"]) if said["birth_on"] else None,
        said["number"],
        said["phone"],
        said["email"],
    )


def _rows(resource: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    said = resource.get(name)
    for one in said if isinstance(said, list) else []:
        if isinstance(one, Mapping):
            yield one


def _name_in(patient: Mapping[str, Any]) -> tuple[str, str]:
    """The official name, else the usual one, else the first that is not an old one."""
    names = [
        one for one in _rows(patient, "name") if one.get("use") not in {"old", "maiden", "nickname", "temp"}
    ]
    order = {"official": 0, "usual": 1}
    names.sort(key=lambda one: order.get(str(one.get("use")), 2))
    for one in names:
        parts = one.get("given")
        given = " ".join(part for part in parts if isinstance(part, str)) if isinstance(parts, list) else ""
        family = one.get("family")
        found = clean_name(given), clean_name(family if isinstance(family, str) else "")
        if any(found):
            return found[0][:LONGEST_NAME], found[1][:LONGEST_NAME]
    return "", ""


def _date_in(said: object) -> date | None:
    """A whole birth date; a year or a month alone is none."""
    try:
        return date.fromisoformat(said) if isinstance(said, str) and len(said) == 10 else None
    except ValueError:
        return None


def _number_in(patient: Mapping[str, Any]) -> str:
    """The national number; none where there are two different ones, or one that cannot be a number."""
    found = set()
    for one in _rows(patient, "identifier"):
        if one.get("system") in NATIONAL and one.get("use") != "old":
            try:
                found.add(read(str(one.get("value", ""))).digits)
            except Invalid:
                continue
    return found.pop() if len(found) == 1 else ""


def _reach_in(patient: Mapping[str, Any], kind: str, normal: Any) -> str:
    """The first phone or e-mail that can be one; a mobile before a phone at home, and nothing that is marked as old."""
    points = [
        one for one in _rows(patient, "telecom") if one.get("system") == kind and one.get("use") != "old"
    ]
    points.sort(key=lambda one: (one.get("use") != "mobile", _rank(one)))
    for one in points:
        try:
            value = str(normal(str(one.get("value", ""))[:254]))
        except Invalid:
            continue
        if value:
            return value
    return ""


def _rank(point: Mapping[str, Any]) -> int:
    said = point.get("rank")
    return said if isinstance(said, int) and not isinstance(said, bool) else 99
