"""Where Blikk may be started from a journal system, who is whom there, and each start that is under way."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from blikk.clinics.models import Clinic
from blikk.kernel.models import Opaque
from blikk.kernel.sealing import SealedField
from blikk.kernel.secrets import EncryptedTextField
from blikk.patients.models import Patient


class LaunchIssuer(Opaque):
    """A journal system that an administrator has said may start Blikk, by the exact address of its FHIR server."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="launch_issuers")
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=120)
    label = models.CharField(max_length=60)
    # The origin of the journal's own pages, where it shows other programs inside of them; empty where it does not.
    framed_by = models.CharField(max_length=200, blank=True)
    # By this (a private JWK) the journal system knows us; made with the row, and only the public part is ever shown.
    sealed_key = SealedField(bound_to="documentation_launchissuer.sealed_key")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["issuer"])]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "issuer"],
                condition=Q(ended_at__isnull=True),
                name="one_launch_issuer_of_an_address_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"LaunchIssuer {self.public_id}"


class RecordUser(models.Model):
    """That an account and a user of a journal system are the same person: shown once by who was signed in to both."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="record_users")
    issuer = models.CharField(max_length=300)
    fhir_user_digest = models.CharField(max_length=64)
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "issuer"], name="one_record_user_per_account_and_issuer"),
            models.UniqueConstraint(
                fields=["issuer", "fhir_user_digest"], name="one_account_per_record_user"
            ),
        ]

    def __str__(self) -> str:
        return f"RecordUser of {self.user_id}"


class RecordPatient(models.Model):
    """Which patient of ours a patient of a journal system is, once it was found out or decided."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="record_patients")
    server = models.CharField(max_length=300)
    record_id = models.CharField(max_length=64)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="record_patients")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "server", "record_id"], name="a_patient_of_a_record_is_one_of_ours"
            ),
        ]

    def __str__(self) -> str:
        return f"RecordPatient {self.record_id}"


class Launch(Opaque):
    """One start of Blikk from a journal system: of one browser, about one patient, used once, over in ten minutes."""

    issuer = models.CharField(max_length=300)
    browser_digest = models.CharField(max_length=64)
    # By whom and where, once they are signed in here and have chosen.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    clinic = models.ForeignKey(Clinic, models.CASCADE, null=True, blank=True, related_name="+")
    state_digest = models.CharField(max_length=64, null=True, unique=True)
    # First the journal's own name for the start; then nonce and verifier; then what it says of user and patient.
    kept = EncryptedTextField(blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # "bind" and "decide" wait for the person; "done", or why it failed.
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "launches"
        indexes = [models.Index(fields=["expires_at"])]
        constraints = [
            models.CheckConstraint(
                name="launch_is_over_once_it_was_used",
                condition=Q(used_at__isnull=False) | Q(result=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Launch {self.public_id}"
