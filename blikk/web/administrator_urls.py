"""Addresses of the administrators' pages."""

from django.urls import URLPattern, URLResolver, path

from blikk.web import (
    administrator,
    administrator_calendars,
    administrator_messages,
    administrator_public,
    administrator_questions,
    administrator_support,
    cards,
    contacts,
    getting_started,
    information_pages,
    journal_system,
    practice,
    video_solution,
    writing,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("klinikk/", administrator.clinic, name="clinic"),
    path("klinikk/kom-i-gang", getting_started.getting_started, name="getting_started"),
    path("klinikk/kom-i-gang/prov", getting_started.send_trial, name="send_trial"),
    path("klinikk/kom-i-gang/skjul", getting_started.hide_start, name="hide_start"),
    path("klinikk/ansatte/", administrator.members, name="members"),
    path("klinikk/ansatte/ny", administrator.member_new, name="member_new"),
    path("klinikk/ansatte/<str:member_id>", administrator.member, name="member"),
    path("klinikk/ansatte/<str:member_id>/slutt", administrator.member_end, name="member_end"),
    path("klinikk/ansatte/<str:member_id>/lenke", administrator.member_link, name="member_link"),
    path("klinikk/ansatte/<str:member_id>/video", video_solution.member_video, name="member_video"),
    path("klinikk/video", video_solution.clinic_video, name="clinic_video"),
    path("klinikk/ansatte/<str:member_id>/bilde", cards.member_photo, name="member_photo"),
    path("klinikk/kontakt", administrator_support.support_contacts, name="support_contacts"),
    path("klinikk/meldinger", administrator_messages.message_rules, name="message_rules"),
    path("klinikk/informasjon", information_pages.own_information, name="own_information"),
    path("klinikk/skriftlig", writing.writing_rules, name="writing_rules"),
    path("klinikk/side", administrator_public.public_page, name="public_page"),
    path("klinikk/oppslag/", administrator_public.notices, name="notices"),
    path("klinikk/oppslag/nytt", administrator_public.notice_new, name="notice_new"),
    path("klinikk/oppslag/<str:notice_id>", administrator_public.notice, name="notice"),
    path("klinikk/oppslag/<str:notice_id>/ned", administrator_public.notice_down, name="notice_down"),
    path("klinikk/kalender", administrator_calendars.calendar_server, name="calendar_server"),
    path("klinikk/kalender/slutt", administrator_calendars.calendar_server_end, name="calendar_server_end"),
    path(
        "klinikk/kalender/<str:calendar_id>/prov",
        administrator_calendars.calendar_check,
        name="calendar_check",
    ),
    path("klinikk/journal", journal_system.journal_system, name="journal_system"),
    path("klinikk/journal/prov", journal_system.journal_check, name="journal_check"),
    path("klinikk/journal/nokkel", journal_system.journal_key, name="journal_key"),
    path(
        "klinikk/journal/sending/<str:delivery_id>", journal_system.journal_delivery, name="journal_delivery"
    ),
    path("klinikk/sporsmal/", administrator_questions.questions, name="questions"),
    path("klinikk/sporsmal/nytt", administrator_questions.question_new, name="question_new"),
    path("klinikk/sporsmal/<str:series>", administrator_questions.question, name="question"),
    path("klinikk/sporsmal/<str:series>/opp", administrator_questions.question_up, name="question_up"),
    path("klinikk/unntak", contacts.exemptions_page, name="exemptions"),
    path("klinikk/oving", practice.practised, name="practised"),
    path("klinikk/logg", administrator.log, name="log"),
]
