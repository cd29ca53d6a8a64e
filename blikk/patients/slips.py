"""Likely slips in what was typed: each is a question to whoever types, and never a refusal."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from blikk.clinics.models import Clinic
from blikk.patients.models import ContactKind, ContactPoint, Patient
from blikk.patients.reading import readable_email, takes_sms

COMMON_HOSTS = (
    *("gmail.com", "hotmail.com", "hotmail.no", "outlook.com", "outlook.no", "live.no", "live.com"),
    *("icloud.com", "me.com", "yahoo.com", "yahoo.no", "msn.com", "proton.me", "protonmail.com"),
    *(
        "online.no",
        "getmail.no",
        "broadpark.no",
        "lyse.net",
        "epost.no",
        "altibox.no",
        "start.no",
        "ebnett.no",
    ),
)
ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "vom": "com",
    "om": "com",
    "n": "no",
    "on": "no",
}
# Hosts that nobody has an address at.
OTHER_LANDS = {"gmail.no": "gmail.com", "icloud.no": "icloud.com", "gmail.co": "gmail.com"}
# Letters of other scripts that look like Latin ones (Unicode TR39, those that a host can have), and look-alike pairs.
LOOK_ALIKES = str.maketrans("аԁеһіјӏморԛѕстухѵԝνυαοιρκτıɡɑոօցհ", "adehijlmopqsctyxvwvuaoipktiganogh")
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"))
NORDIC = set("æøåäöéüèáíóúýðþô")


@dataclass(frozen=True, slots=True)
class Slip:
    """A question: what may be wrong (`code`), and what was perhaps meant or is meant by it."""

    code: str
    instead: str = ""
    about: str = ""
    patient: str = ""


def slips_in(kind: str, value: str, *, clinic: Clinic, patient: Patient | None = None) -> tuple[Slip, ...]:
    """What may be wrong with a number or an address that can be kept, as a member of this clinic may know it."""
    if not value:
        return ()
    found = slips_in_phone(value) if kind == ContactKind.PHONE else slips_in_email(value)
    return (*found, *_of_somebody_else(kind, value, clinic, patient))


def slips_in_email(address: str) -> Iterator[Slip]:
    """A host that is nearly a common one, or looks like one and is not."""
    local, _, host = readable_email(address).rpartition("@")
    if host in COMMON_HOSTS:
        return
    plain = looks_like(host)
    if plain in COMMON_HOSTS:
        yield Slip("looks_like", f"{local}@{plain}", host)
    elif any(not sign.isascii() and sign not in NORDIC for sign in host):
        yield Slip("strange_letters", about=host)
    elif meant := _meant(host):
        yield Slip("nearly", f"{local}@{meant}", host)


def slips_in_phone(number: str) -> Iterator[Slip]:
    """A phone that takes no SMS, or one of another country."""
    parsed = phonenumbers.parse(number)
    if not takes_sms(number):
        yield Slip("landline")
    if parsed.country_code != 47:
        yield Slip("foreign", about=f"+{parsed.country_code}")


def looks_like(host: str) -> str:
    """The host as a quick eye reads it."""
    plain = unicodedata.normalize("NFKD", host.lower()).translate(LOOK_ALIKES)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    for pair, one in PAIRS:
        if plain.replace(pair, one) in COMMON_HOSTS:
            return plain.replace(pair, one)
    return plain


def _meant(host: str) -> str:
    """The common host that this one is a slip away from; the empty string for none."""
    if host in OTHER_LANDS:
        return OTHER_LANDS[host]
    name, _, ending = host.rpartition(".")
    mended = f"{name}.{ENDINGS[ending]}" if ending in ENDINGS else host
    if mended in COMMON_HOSTS:
        return mended
    near = [(distance(host, common), common) for common in COMMON_HOSTS]
    # In a short host one letter is another host; live.no and line.no are both somebody's.
    near = [(far, common) for far, common in near if far <= (1 if len(common) < 9 else 2)]
    if near and len(host) >= 7:
        return min(near)[1]
    return mended if mended != host else ""


def distance(left: str, right: str) -> int:
    """How many slips lie between two words: a letter left out, put in, mistaken, or two in the wrong order."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _of_somebody_else(kind: str, value: str, clinic: Clinic, patient: Patient | None) -> Iterator[Slip]:
    others = ContactPoint.objects.filter(
        patient__clinic=clinic, kind=kind, value=value, retired_at__isnull=True
    ).select_related("patient")
    if patient is not None:
        others = others.exclude(patient=patient)
    if other := others.order_by("pk").first():
        whose = other.patient
        yield Slip("of_another", about=f"{whose.family_name}, {whose.given_name}", patient=whose.public_id)
