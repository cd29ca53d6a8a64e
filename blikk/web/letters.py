"""The words of e-mails to staff about their accounts."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext

if TYPE_CHECKING:
    from blikk.accounts.models import User
    from blikk.clinics.models import Clinic


def new_password(user: "User", link: str) -> tuple[str, str]:
    """Subject and body of the answer to somebody who forgot a password."""
    lines = [
        gettext("Hei."),
        gettext("Noen har bedt om et nytt passord til kontoen din i Blikk. Velg det her:"),
        link,
        gettext(
            "Lenken virker i tre dager og bare én gang. Var det ikke du som ba om den, trenger du ikke gjøre noe."
        ),
    ]
    return gettext("Nytt passord til Blikk"), "\n\n".join(lines)


def welcome(user: "User", clinic: "Clinic", link: str) -> tuple[str, str]:
    """Subject and body for somebody who is new at a clinic and has no password yet."""
    lines = [
        gettext("Hei."),
        gettext("{clinic} har gitt deg tilgang til Blikk, som de bruker til videokonsultasjoner.").format(
            clinic=clinic.name
        ),
        gettext("Velg et passord her for å komme i gang:"),
        link,
        gettext("Lenken virker i tre dager. Etterpå kan du be om en ny på innloggingssiden."),
    ]
    return gettext("Tilgang til Blikk"), "\n\n".join(lines)


def added(user: "User", clinic: "Clinic", link: str) -> tuple[str, str]:
    """Subject and body for somebody who has an account already, and now works at one more clinic."""
    lines = [
        gettext("Hei."),
        gettext("{clinic} har gitt deg tilgang i Blikk. Logg inn som du pleier:").format(clinic=clinic.name),
        link,
    ]
    return gettext("Tilgang til Blikk"), "\n\n".join(lines)
