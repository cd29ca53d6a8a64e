"""Reading what a journal system says of a transaction: that it has every part, and what it calls each."""

import json
import re
from collections.abc import Mapping
from typing import Any

from blikk.documentation.ehr.client import Ehr
from blikk.documentation.ehr.faults import Fault, Reason

_NAME = re.compile(r"(?:^|/)([A-Za-z]{1,40})/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]*)?$")
_MOST = 10


def names_in(sent: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    """What each part is called there, by our own name for it. Raises Fault (`incomplete`, `not_fhir`)."""
    parts, said = sent["entry"], answer.get("entry")
    if answer.get("resourceType") != "Bundle" or answer.get("type") != "transaction-response":
        raise Fault(Reason.NOT_FHIR)
    if not isinstance(said, list) or len(said) != len(parts):
        raise Fault(Reason.INCOMPLETE)
    return {part["fullUrl"]: _name(part, each) for part, each in zip(parts, said, strict=True)}


def _name(part: Mapping[str, Any], said: object) -> str:
    response = said.get("response") if isinstance(said, dict) else None
    if not isinstance(response, dict) or not str(response.get("status", "")).startswith("2"):
        raise Fault(Reason.INCOMPLETE)
    kind = part["resource"]["resourceType"]
    found = _NAME.search(str(response.get("location") or ""))
    if found and found.group(1) == kind:
        return f"{kind}/{found.group(2)}"
    resource = said.get("resource") if isinstance(said, dict) else None
    if isinstance(resource, dict) and resource.get("resourceType") == kind and resource.get("id"):
        return f"{kind}/{resource['id']}"
    raise Fault(Reason.INCOMPLETE)


def who_is_twice(ehr: Ehr, sent: Mapping[str, Any], fault: Fault, *, now: Any) -> Fault:
    """After a refusal because two there fit: whether it is the patient, and who the two are."""
    patient = next((part for part in sent["entry"] if part["resource"]["resourceType"] == "Patient"), None)
    if patient is None:
        return Fault(Reason.SOMETHING_TWICE, fault.detail)
    match = patient["request"]["ifNoneExist"].partition("=")[2].replace("%7C", "|")
    found = ehr.search("Patient", {"identifier": match, "_count": str(_MOST)}, now=now)
    entries = found.get("entry")
    people = [
        each["resource"]
        for each in (entries if isinstance(entries, list) else [])
        if isinstance(each, dict) and isinstance(each.get("resource"), dict)
    ]
    known = [_candidate(each) for each in people if each.get("resourceType") == "Patient" and each.get("id")]
    if len(known) < 2:
        return Fault(Reason.SOMETHING_TWICE, fault.detail)
    return Fault(Reason.PATIENT_TWICE, fault.detail, candidates=json.dumps(known, ensure_ascii=False))


def _candidate(patient: Mapping[str, Any]) -> dict[str, str]:
    names = patient.get("name")
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], dict) else {}
    given = first.get("given")
    parts = [str(each) for each in given] if isinstance(given, list) else []
    whole = first.get("text") or " ".join([*parts, str(first.get("family", ""))])
    return {
        "reference": f"Patient/{patient['id']}"[:80],
        "name": str(whole).strip()[:160],
        "born": str(patient.get("birthDate", ""))[:10],
    }
