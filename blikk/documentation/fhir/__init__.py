"""What Blikk knows, as FHIR R4 and the Norwegian base profiles have it: pure builders, which ask and change nothing."""

from blikk.documentation.fhir.documents import (
    Signed,
    document_resource,
    questionnaire_response_resource,
)
from blikk.documentation.fhir.names import (
    Refer,
    by_path,
    by_urn,
    fhir_id,
    key_in,
    match_of,
    related_person_key,
)
from blikk.documentation.fhir.people import (
    contact_points,
    organization_resource,
    patient_resource,
    practitioner_resource,
    practitioner_role_resource,
    related_person_resource,
)
from blikk.documentation.fhir.visits import appointment_resource, encounter_resource

__all__ = [
    "Refer",
    "Signed",
    "appointment_resource",
    "by_path",
    "by_urn",
    "contact_points",
    "document_resource",
    "encounter_resource",
    "fhir_id",
    "key_in",
    "match_of",
    "organization_resource",
    "patient_resource",
    "practitioner_resource",
    "practitioner_role_resource",
    "questionnaire_response_resource",
    "related_person_key",
    "related_person_resource",
]
