"""What stands on a clinic's public page, and the same for search engines (schema.org)."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from blikk.clinics import queries as clinics
from blikk.scheduling import queries as scheduling
from blikk.web.door_page import phone_words

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic

_SAFE = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who works at the clinic."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class ClinicPage:
    """Everything on the page that does not change by the minute."""

    name: str
    about: tuple[str, ...]
    can: tuple[str, ...]
    cannot: tuple[str, ...]
    cost: str
    people: tuple[Somebody, ...]
    phone: str
    phone_link: str
    address: str
    website: str


def clinic_page(clinic: "Clinic") -> ClinicPage:
    """Put a clinic into the words of the language that is active."""
    return ClinicPage(
        name=clinic.name,
        about=_lines(clinic.about),
        can=_lines(clinic.can_by_video) or usual_by_video(),
        cannot=_lines(clinic.cannot_by_video) or usual_in_person(),
        cost=clinic.cost_words or gettext("Video koster det samme som et vanlig besøk hos oss."),
        people=tuple(
            Somebody(member.name, member.title or member.profession)
            for member in clinics.clinicians_of(clinic)
        ),
        phone=phone_words(clinic.phone),
        phone_link=clinic.phone.replace(" ", ""),
        address=clinic.address,
        website=clinic.website,
    )


def usual_by_video() -> tuple[str, ...]:
    """What can be helped with by video at most clinics."""
    return (
        gettext("fornye en resept"),
        gettext("sykmelding og attester"),
        gettext("svar på prøver"),
        gettext("oppfølging av noe du har vært hos oss for før"),
        gettext("utslett og andre ting som synes"),
        gettext("samtaler om hvordan du har det"),
    )


def usual_in_person() -> tuple[str, ...]:
    """What has to be seen to in person at most clinics."""
    return (
        gettext("noe som må kjennes, lyttes eller måles på kroppen"),
        gettext("blodprøver, vaksiner og sår som må stelles"),
        gettext("sterke smerter, pustevansker eller noe som haster"),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def for_search(clinic: "Clinic", page: ClinicPage) -> SafeString:
    """The page as schema.org data; nothing in it can end the element that it stands in."""
    base = settings.BLIKK_BASE_URL
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "name": clinic.name,
        "url": base + reverse("clinic_page", args=[clinic.slug]),
        "telephone": clinic.phone,
        "availableLanguage": ["nb", "nn", "en"],
        "employee": [
            {"@type": "Person", "name": person.name, "jobTitle": person.title} for person in page.people
        ],
        "availableService": {
            "@type": "MedicalProcedure",
            "name": gettext("Videokonsultasjon"),
            "description": ", ".join(page.can),
        },
    }
    if clinic.about:
        data["description"] = clinic.about
    if clinic.address:
        data["address"] = clinic.address
    if clinic.website:
        data["sameAs"] = clinic.website
    if hours := _hours_for_search(clinic):
        data["department"] = {
            "@type": "MedicalClinic",
            "name": gettext("Drop-in på video"),
            "telephone": clinic.phone,
            "url": base + reverse("drop_in", args=[clinic.slug]),
            "openingHoursSpecification": hours,
        }
    return SafeString(json.dumps(data, ensure_ascii=False).translate(_SAFE))


def _hours_for_search(clinic: "Clinic") -> list[dict[str, str]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{_DAYS[period.weekday]}",
            "opens": f"{period.starts:%H:%M}",
            "closes": f"{period.ends:%H:%M}",
            "validFrom": period.valid_from.isoformat(),
            **({"validThrough": period.valid_to.isoformat()} if period.valid_to else {}),
        }
        for period in scheduling.periods_of(clinic)
        if period.kind == "drop_in"
    ]
