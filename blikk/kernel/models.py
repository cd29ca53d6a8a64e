"""Abstract tables: things with an opaque name, and things that move through a life."""

from django.db import models

from blikk.kernel.ids import new_id


class Opaque(models.Model):
    """A thing that is named outside the server by a random identifier, never by its database key."""

    public_id = models.CharField(max_length=22, unique=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class Moving(Opaque):
    """A thing with a life: its status and the version that every change counts up."""

    status: models.CharField  # type: ignore[type-arg]
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
