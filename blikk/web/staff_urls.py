"""The addresses of the staff side."""

from django.conf import settings
from django.urls import URLPattern, path

from blikk.web import booking, clinician, contacts, desk, front_desk, inbox, queue, ready_words, timetable

urlpatterns: list[URLPattern] = [
    path("dag/", clinician.day, name="day"),
    path("dag/rader", clinician.day_rows, name="day_rows"),
    path("dag/slipp-inn/<str:arrival_id>", clinician.admit, name="admit"),
    path("dag/forsinket", queue.late, name="late"),
    path("skranke/", front_desk.front_desk, name="front_desk"),
    path("skranke/deler", front_desk.front_desk_parts, name="front_desk_parts"),
    path("skranke/time/<str:appointment_id>", front_desk.hand_over, name="hand_over"),
    path("timeliste/", timetable.timetable, name="timetable"),
    path("timeliste/deler", timetable.timetable_parts, name="timetable_parts"),
    path("timeliste/periode/ny", timetable.period_new, name="period_new"),
    path("timeliste/periode/<str:period_id>", timetable.period, name="period"),
    path("timeliste/periode/<str:period_id>/plass", timetable.period_move, name="period_move"),
    path("timeliste/periode/<str:period_id>/ut", timetable.period_retire, name="period_retire"),
    path("timeliste/fravaer/nytt", timetable.absence_new, name="absence_new"),
    path("timeliste/fravaer/<str:absence_id>", timetable.absence, name="absence"),
    path("timeliste/fravaer/<str:absence_id>/slutt", timetable.absence_end, name="absence_end"),
    path("ko/start/<str:period_id>", queue.start, name="queue_start"),
    path("ko/plass/<str:arrival_id>", queue.place, name="queue_place"),
    path("ko/plass/<str:arrival_id>/ta", queue.take, name="queue_take"),
    path("ko/plass/<str:arrival_id>/vent", queue.hold, name="queue_hold"),
    path("ko/plass/<str:arrival_id>/tilbake", queue.unhold, name="queue_unhold"),
    path("ko/plass/<str:arrival_id>/flytt", queue.transfer, name="queue_transfer"),
    path("ko/plass/<str:arrival_id>/forst", queue.prioritise, name="queue_push"),
    path("ko/plass/<str:arrival_id>/melding", queue.tell_one, name="queue_tell"),
    path("ko/plass/<str:arrival_id>/rop", queue.call, name="queue_call"),
    path("ko/plass/<str:arrival_id>/ut", queue.send_home, name="queue_send_home"),
    path("ko/<str:opening_id>", queue.opening, name="queue_opening"),
    path("ko/<str:opening_id>/neste", queue.take_next, name="queue_next"),
    path("ko/<str:opening_id>/melding", queue.tell_all, name="queue_tell_all"),
    path("ko/<str:opening_id>/tjeneste", queue.serve, name="queue_serve"),
    path("ko/<str:opening_id>/apne", queue.open_again, name="queue_open"),
    path("ko/<str:opening_id>/steng", queue.close, name="queue_close"),
    path("ord/", ready_words.ready_words, name="ready_words"),
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
    path("time/ny/vei", booking.book_reach, name="book_reach"),
    path("time/ny/melding", booking.book_letters, name="book_letters"),
    path("time/ny/ledige", booking.book_slots, name="book_slots"),
    path("time/ny/hold", booking.book_hold, name="book_hold"),
    path("time/ny/serie", booking.book_series, name="book_series"),
    path("time/<str:appointment_id>", desk.appointment, name="appointment"),
    path("time/<str:appointment_id>/flytt", desk.move, name="move"),
    path("time/<str:appointment_id>/ledig", desk.move_to_free, name="move_to_free"),
    path("time/<str:appointment_id>/avlys", desk.cancel, name="cancel"),
    path("time/<str:appointment_id>/inviter", desk.companion, name="companion"),
    path("invitasjon/<str:invitation_id>/send", desk.send_again, name="send_again"),
    path("kontakt/les-tilbake", contacts.read_back, name="read_back"),
    path("pasienter/", desk.patients_page, name="patients"),
    path("pasienter/treff", desk.patients_found, name="patients_found"),
    path("pasienter/ny", desk.patient_new, name="patient_new"),
    path("pasienter/<str:patient_id>", desk.patient, name="patient"),
]
if settings.BLIKK_DEMO:
    urlpatterns.append(path("innboks/", inbox.inbox, name="inbox"))
    urlpatterns.append(path("innboks/<str:message_id>/calendar.ics", inbox.file, name="inbox_file"))
