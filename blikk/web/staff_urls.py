"""The addresses of the staff side."""

from django.conf import settings
from django.urls import URLPattern, path

from blikk.web import booking, clinician, desk, inbox

urlpatterns: list[URLPattern] = [
    path("dag/", clinician.day, name="day"),
    path("dag/rader", clinician.day_rows, name="day_rows"),
    path("dag/slipp-inn/<str:arrival_id>", clinician.admit, name="admit"),
    path("samtale/<str:consultation_id>", clinician.conversation, name="conversation"),
    path("samtale/<str:consultation_id>/ved-siden", clinician.conversation_side, name="conversation_side"),
    path(
        "samtale/<str:consultation_id>/inviter",
        clinician.conversation_companion,
        name="conversation_companion",
    ),
    path(
        "samtale/<str:consultation_id>/til-stede", clinician.conversation_people, name="conversation_people"
    ),
    path("samtale/<str:consultation_id>/notat", clinician.note, name="note"),
    path("avslutning/<str:consultation_id>", clinician.close_out, name="close_out"),
    path("time/ny", booking.book, name="book"),
    path("time/ny/pasienter", booking.book_found, name="book_found"),
    path("time/ny/melding", booking.book_letters, name="book_letters"),
    path("time/<str:appointment_id>", desk.appointment, name="appointment"),
    path("time/<str:appointment_id>/flytt", desk.move, name="move"),
    path("time/<str:appointment_id>/avlys", desk.cancel, name="cancel"),
    path("time/<str:appointment_id>/inviter", desk.companion, name="companion"),
    path("invitasjon/<str:invitation_id>/send", desk.send_again, name="send_again"),
    path("pasienter/", desk.patients_page, name="patients"),
    path("pasienter/treff", desk.patients_found, name="patients_found"),
    path("pasienter/ny", desk.patient_new, name="patient_new"),
    path("pasienter/<str:patient_id>", desk.patient, name="patient"),
]
if settings.BLIKK_DEMO:
    urlpatterns.append(path("innboks/", inbox.inbox, name="inbox"))
