"""The tables of other systems that may ask us: who they are, what they may see, and the tokens they hold."""

from django.db import models

from blikk.kernel.models import Opaque


class MachineClient(Opaque):
    """A system of somebody else's that asks by itself, for one clinic. We hold its public keys, and no secret."""

    clinic = models.ForeignKey("clinics.Clinic", models.PROTECT, related_name="machine_clients")
    name = models.CharField(max_length=60)
    # Public keys as a JWK Set has them; each with a name of its own.
    keys = models.JSONField(default=list)
    # What it may see, as kinds of FHIR resources.
    kinds = models.JSONField(default=list)
    made_at = models.DateTimeField()
    keys_changed_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_from = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "ended_at"])]

    def __str__(self) -> str:
        return f"MachineClient {self.public_id}"


class MachineToken(models.Model):
    """What a system shows with every question, for some minutes; we keep its digest alone."""

    client = models.ForeignKey(MachineClient, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    # From each kind to what may be done with it: "r" to read one, "s" to search.
    grants = models.JSONField(default=dict)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"MachineToken {self.pk}"


class UsedAssertion(models.Model):
    """That a signed question for a token was used: the same one is worth nothing a second time."""

    client = models.ForeignKey(MachineClient, models.CASCADE, related_name="+")
    jti = models.CharField(max_length=64)  # its digest
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "jti"], name="an_assertion_is_used_once"),
        ]

    def __str__(self) -> str:
        return f"UsedAssertion {self.pk}"
