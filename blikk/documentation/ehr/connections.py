"""Which way a clinic's notes go to its journal system, and the key that it is asked with."""

import re
from datetime import datetime

from django.db import transaction

from blikk.audit.services import hold, record
from blikk.clinics.models import Clinic
from blikk.documentation.ehr.addresses import read_address
from blikk.documentation.ehr.faults import Fault
from blikk.documentation.ehr.keys import key_of, new_key, promote
from blikk.documentation.ehr.line import Line
from blikk.documentation.ehr.tokens import forget_token, token_for
from blikk.documentation.ehr_tables import EhrConnection, EhrKind
from blikk.documentation.fhir.systems import DOCUMENTS, JOURNAL_NOTE
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Invalid, NotFound

STANDARD_SCOPES = "system/*.read system/*.write"
_SCOPES = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")


def connection_of(clinic: Clinic) -> EhrConnection | None:
    """The way that a clinic has chosen; None where nobody has chosen yet, which is copying."""
    return EhrConnection.objects.select_related("clinic").filter(clinic=clinic).first()


def find(connection_id: str) -> EhrConnection | None:
    """The connection of that name, of whatever clinic: its public keys are for everybody."""
    return EhrConnection.objects.filter(public_id=connection_id).exclude(sealed_key=b"").first()


def fhir_connection_of(clinic: Clinic) -> EhrConnection | None:
    """The clinic's FHIR server, where it has one in use."""
    found = connection_of(clinic)
    return found if found is not None and found.kind == EhrKind.FHIR else None


@transaction.atomic
def choose(
    clinic: Clinic,
    *,
    kind: str,
    base_url: str = "",
    token_url: str = "",
    client_id: str = "",
    scopes: str = "",
    document_kind: str = JOURNAL_NOTE,
    makes_patients: bool = False,
    actor: Actor,
    now: datetime,
) -> EhrConnection:
    """Choose the way; of a FHIR server, where it is and who we are there. Raises Invalid field by field.

    The key is made the first time, and stays when another way is chosen for a while.
    """
    hold(clinic.pk)
    connection = connection_of(clinic) or EhrConnection(clinic=clinic)
    before = (connection.kind, connection.base_url)
    if kind not in EhrKind.values:
        raise Invalid(kind="unknown")
    if kind == EhrKind.FHIR:
        _put(connection, base_url, token_url, client_id, scopes)
        if document_kind not in DOCUMENTS:
            raise Invalid(document_kind="unknown")
        connection.document_kind, connection.makes_patients = document_kind, makes_patients
        if not connection.sealed_key:
            new_key(connection)
    connection.kind, connection.changed_at = kind, now
    # Whatever was wrong may be mended now: what waits is tried at once.
    connection.fault, connection.fault_at, connection.attempts, connection.next_at = "", None, 0, now
    connection.save()
    forget_token(connection)
    record(
        "ehr.chosen",
        actor=actor,
        about=connection,
        clinic_id=clinic.pk,
        now=now,
        before=before[0],
        after=kind,
        base_url=connection.base_url,
    )
    return connection


@transaction.atomic
def make_next_key(clinic: Clinic, *, actor: Actor, now: datetime) -> EhrConnection:
    """Make the key that is to come after the one in use, and publish both. Raises NotFound."""
    hold(clinic.pk)
    connection = _fhir(clinic)
    new_key(connection, "sealed_next_key")
    connection.changed_at = now
    connection.save(update_fields=["sealed_next_key", "changed_at"])
    record("ehr.key_made", actor=actor, about=connection, clinic_id=clinic.pk, now=now)
    return connection


def use_next_key(clinic: Clinic, *, actor: Actor, now: datetime) -> None:
    """Let the next key be the one in use, once the other side has taken it. Raises NotFound, and Fault: then all
    is as before."""
    connection = _fhir(clinic)
    if not connection.sealed_next_key:
        raise NotFound
    sealed = bytes(connection.sealed_next_key)
    with Line() as line:
        token_for(connection, line, now=now, fresh=True, column="sealed_next_key")
    with transaction.atomic():
        hold(clinic.pk)
        connection = _fhir(clinic)
        if bytes(connection.sealed_next_key) != sealed:
            raise NotFound
        promote(connection)
        connection.changed_at = now
        connection.save(update_fields=["sealed_key", "sealed_next_key", "changed_at"])
        record("ehr.key_changed", actor=actor, about=connection, clinic_id=clinic.pk, now=now)


def has_readable_key(connection: EhrConnection) -> bool:
    """Whether the key in use can be read."""
    try:
        key_of(connection)
    except Fault:
        return False
    return True


def _put(connection: EhrConnection, base_url: str, token_url: str, client_id: str, scopes: str) -> None:
    wrong: dict[str, str] = {}
    for field, typed in (("base_url", base_url), ("token_url", token_url)):
        if field == "token_url" and not typed.strip():
            connection.token_url = ""
            continue
        try:
            setattr(connection, field, read_address(typed, field))
        except Invalid as fault:
            wrong |= fault.fields
    connection.client_id, connection.scopes = client_id.strip(), " ".join(scopes.split())
    if not connection.client_id:
        wrong["client_id"] = "missing"
    elif len(connection.client_id) > 200 or not connection.client_id.isprintable():
        wrong["client_id"] = "unreadable"
    if connection.scopes and not _SCOPES.fullmatch(connection.scopes):
        wrong["scopes"] = "unreadable"
    if wrong:
        raise Invalid(**wrong)


def _fhir(clinic: Clinic) -> EhrConnection:
    found = fhir_connection_of(clinic)
    if found is None:
        raise NotFound
    return found
