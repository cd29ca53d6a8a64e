"""Trying the connection to a journal system for real, step by step, and saying at which one it fails."""

from datetime import datetime

from blikk.documentation.ehr.client import Ehr
from blikk.documentation.ehr.faults import Fault, Reason
from blikk.documentation.ehr.tokens import configuration_of, token_for
from blikk.documentation.ehr_tables import EhrConnection


def check(connection: EhrConnection, *, now: datetime) -> str:
    """Ask what it can do, get a token, and look for a patient that does not exist. The reason that it fails, or ''."""
    try:
        with Ehr(connection) as ehr:
            said = ehr.capabilities(now=now)
            if said.get("resourceType") != "CapabilityStatement" or not _is_r4(said.get("fhirVersion")):
                return Reason.NOT_FHIR
            if not connection.token_url:
                configuration_of(connection, ehr.line, fresh=True)
            token_for(connection, ehr.line, now=now, fresh=True)
            ehr.search("Patient", {"identifier": "urn:ietf:rfc:3986|urn:blikk:trial", "_count": "1"}, now=now)
    except Fault as fault:
        return str(fault.reason)
    return ""


def _is_r4(version: object) -> bool:
    return str(version).startswith("4.0")
