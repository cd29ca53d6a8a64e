"""The words for what stands in the record."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What one looks for, and the beginnings of the acts that belong to it.
GROUPS: list[tuple[str, Promise]] = [
    ("looks", _("Innsyn i opplysninger")),
    ("sign_in", _("Innlogging")),
    ("booking", _("Timer og invitasjoner")),
    ("consultation", _("Venterom og konsultasjoner")),
    ("note", _("Notater")),
    ("clinic", _("Innstillinger og ansatte")),
]
BEGINNINGS: dict[str, tuple[str, ...]] = {
    "sign_in": ("account.",),
    "booking": ("appointment.", "invitation.", "device.", "patient.", "companion."),
    "consultation": ("arrival.", "consultation.", "participant."),
    "note": ("note.",),
    "clinic": ("clinic.", "member.", "audit."),
}
LOOKS = ".looked_at"

ACTS: dict[str, Promise] = {
    "account.opened": _("Konto opprettet"),
    "account.password_chosen": _("Passord valgt"),
    "account.password_link_sent": _("Lenke for passord sendt"),
    "account.sign_in_failed": _("Mislykket innlogging"),
    "account.signed_in": _("Logget inn"),
    "account.signed_out": _("Logget ut"),
    "appointment.arrived": _("Kom til timen"),
    "appointment.booked": _("Time bestilt"),
    "appointment.cancelled": _("Time avlyst"),
    "appointment.fulfilled": _("Time gjennomført"),
    "appointment.looked_at": _("Så på timen"),
    "appointment.moved": _("Time flyttet"),
    "audit.looked_at": _("Så i loggen"),
    "clinic.notice_changed": _("Oppslag endret"),
    "clinic.notice_put_up": _("Oppslag satt opp"),
    "clinic.notice_taken_down": _("Oppslag tatt ned"),
    "clinic.opened": _("Virksomheten opprettet"),
    "clinic.setting_changed": _("Innstilling endret"),
    "consultation.channel_changed": _("Byttet kanal"),
    "consultation.closed_out": _("Konsultasjon gjort ferdig"),
    "consultation.ended": _("Konsultasjon avsluttet"),
    "consultation.looked_at": _("Så på konsultasjonen"),
    "consultation.opened": _("Konsultasjon startet"),
    "day.looked_at": _("Så på dagslisten"),
    "device.trusted": _("Enhet godkjent"),
    "invitation.ended": _("Invitasjon avsluttet"),
    "invitation.issued": _("Invitasjon laget"),
    "invitation.opened": _("Invitasjon åpnet"),
    "invitation.revoked": _("Invitasjon trukket tilbake"),
    "member.added": _("Ansatt lagt til"),
    "member.changed": _("Ansatt endret"),
    "member.ended": _("Tilgang avsluttet"),
    "note.looked_at": _("Så på notatet"),
    "note.signed": _("Notat signert"),
    "note.written": _("Notat skrevet"),
    "participant.joined": _("Ble med i samtalen"),
    "participant.sent_out": _("Sendt ut av samtalen"),
    "participant.stepped_out": _("Gikk ut av samtalen"),
    "participant.taken_in": _("Sluppet inn i samtalen"),
    "patient.corrected": _("Pasient rettet"),
    "patient.looked_at": _("Så på pasienten"),
    "patient.registered": _("Pasient registrert"),
    "patients.looked_at": _("Søkte etter pasient"),
}


def words_for(act: str) -> str:
    """What an act is called on the page; its own name if it is new."""
    return str(ACTS.get(act, act))
