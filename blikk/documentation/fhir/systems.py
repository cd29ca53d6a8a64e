"""The names of code systems, and the words of our own codes.

Ours are named by an OID made from a UUID (X.667), so that they are the same at every installation and need no domain.
The words are Norwegian: they are data in somebody's journal, and do not follow the language of a page.
"""

from collections.abc import Mapping

HL7 = "http://terminology.hl7.org/CodeSystem/"
PROFILES = "http://hl7.no/fhir/StructureDefinition/"
VOLVEN = "urn:oid:2.16.578.1.12.4.1.1."
URN = "urn:ietf:rfc:3986"

BIRTH_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.1"
D_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.2"
FH_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.3"
HPR = "urn:oid:2.16.578.1.12.4.1.4.4"
ENTERPRISE = "urn:oid:2.16.578.1.12.4.1.4.101"
# A number that an institution gave, and no register knows.
H_NUMBER = "HNR"
KIND_OF_NUMBER = f"{VOLVEN}8327"

DOCUMENT_KINDS = f"{VOLVEN}9602"
JOURNAL_NOTE, OUTPATIENT_NOTE = "B02-2", "B03-2"
DOCUMENTS: Mapping[str, str] = {JOURNAL_NOTE: "Journalnotat", OUTPATIENT_NOTE: "Poliklinisk notat"}

CONTACT_SYSTEM = "http://hl7.org/fhir/contact-point-system"
ACT, PARTICIPATION = f"{HL7}v3-ActCode", f"{HL7}v3-ParticipationType"
CONFERENCE = "http://hl7.no/fhir/CodeSystem/no-basis-conference-type"
CONFERENCES: Mapping[str, tuple[str, str]] = {"video": ("video", "Video"), "phone": ("telefon", "Telefon")}

FORM = "urn:oid:2.25.136804149546165706793909247394363861043"
OUTCOME = "urn:oid:2.25.275687461046836699858176741830577730493"
FOLLOW_UP = "urn:oid:2.25.275223500321193639857406789723237583346"
IDENTITY = "urn:oid:2.25.260713577622082306112334521487608554845"
ANSWER = "urn:oid:2.25.186827980660933680036758329230653068270"
ROLE = "urn:oid:2.25.12036992134626549725220055806207349672"

# Extensions of Encounter, for what R4 has no place for.
OF_OUTCOME = "urn:oid:2.25.37689647893862784260627109521702653335"
OF_FOLLOW_UP = "urn:oid:2.25.238183181448233036276015315432508025235"
OF_FORM = "urn:oid:2.25.291689978353869711512829399501520321576"
OF_IDENTITY = "urn:oid:2.25.181708480832518010608809838344734234494"

FORMS: Mapping[str, str] = {
    "video": "Video",
    "sound": "Bare lyd",
    "phone": "Telefon",
    "text": "Skriftlig",
    "in_person": "Oppmøte",
}
OUTCOMES: Mapping[str, str] = {
    "completed": "Gjennomført",
    "in_person_needed": "Trenger oppmøte",
    "more_information_needed": "Trenger flere opplysninger",
    "unreachable": "Ikke nådd",
    "technical_failure": "Teknisk svikt",
}
FOLLOW_UPS: Mapping[str, str] = {
    "none": "Ingen videre avtale",
    "new_appointment": "Ny time",
    "in_person": "Time med oppmøte",
    "patient_makes_contact": "Pasienten tar kontakt",
}
IDENTITIES: Mapping[str, str] = {
    "known": "Kjent fra før",
    "card": "Legitimasjon vist",
    "eid": "Elektronisk ID",
    "exception": "Ikke legitimert",
}
ROLES: Mapping[str, str] = {
    "clinician": "Behandler",
    "patient": "Pasient",
    "relative": "Pårørende",
    "carer": "Pleier eller annen hjelper",
    "assistant": "Assistent",
    "guardian": "Foresatt eller verge",
    "interpreter": "Tolk",
    "colleague": "Kollega",
    "member": "Deltaker i gruppe",
}
QUESTIONS: Mapping[str, str] = {
    "place": "Sted å snakke i ro",
    "sound": "Lyd og lys",
    "safe": "Trygg og uforstyrret",
    "company": "Andre i rommet",
    "overheard": "Innsyn fra uvedkommende",
    "worse": "Verre siden kontakt ble tatt",
}
ANSWERS: Mapping[str, str] = {
    "place-a": "Ja",
    "place-b": "Nei",
    "sound-a": "Bra",
    "sound-b": "Sånn passe",
    "sound-c": "Dårlig",
    "safe-a": "Ja",
    "safe-b": "Noen kan komme inn",
    "company-a": "Ingen",
    "company-b": "Noen pasienten vil ha med",
    "company-d": "Noen andre",
    "overheard-a": "Nei",
    "overheard-b": "Vet ikke",
    "overheard-c": "Ja",
    "worse-a": "Nei",
    "worse-b": "Litt",
    "worse-c": "Mye",
    "yes": "Ja",
    "no": "Nei",
    "ok": "Avklart i samtalen",
    "not_ok": "Ikke i orden i samtalen",
}
OURS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    FORM: ("ConsultationForm", FORMS),
    OUTCOME: ("ConsultationOutcome", OUTCOMES),
    FOLLOW_UP: ("ConsultationFollowUp", FOLLOW_UPS),
    IDENTITY: ("IdentificationMethod", IDENTITIES),
    ANSWER: ("ControlAnswer", ANSWERS),
    ROLE: ("ParticipantRole", ROLES),
}


def coding(system: str, code: str) -> dict[str, str]:
    """One of our own codes with its words."""
    return {"system": system, "code": code, "display": OURS[system][1][code]}


def concept(system: str, code: str) -> dict[str, object]:
    """The same where FHIR wants it wrapped."""
    found = coding(system, code)
    return {"coding": [found], "text": found["display"]}


def code_systems() -> list[dict[str, object]]:
    """Our own codes as resources, so that the other side can look them up."""
    return [
        {
            "resourceType": "CodeSystem",
            "id": f"blikk-{name.lower()}",
            "url": url,
            "version": "1",
            "name": f"Blikk{name}",
            "status": "active",
            "content": "complete",
            "caseSensitive": True,
            "concept": [{"code": code, "display": words} for code, words in codes.items()],
        }
        for url, (name, codes) in OURS.items()
    ]
