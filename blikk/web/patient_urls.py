"""The addresses of the patient's pages and of those for everybody."""

from django.urls import path

from blikk.web import clinic_page, drop_in, own_contact, patient, public, self_booking

urlpatterns = [
    path("", public.home, name="home"),
    path("kode", public.typed_code, name="typed_code"),
    path("k/<slug:slug>", clinic_page.page, name="clinic_page"),
    path("k/<slug:slug>/status", clinic_page.status, name="clinic_status"),
    path("k/<slug:slug>/merke", clinic_page.badge, name="clinic_badge"),
    path("k/<slug:slug>/qr.svg", clinic_page.qr, name="clinic_qr"),
    path("k/<slug:slug>/test", clinic_page.equipment, name="clinic_equipment"),
    path("k/<slug:slug>/test/nett", clinic_page.relay, name="clinic_relay"),
    path("k/<slug:slug>/drop-in", drop_in.entry, name="drop_in"),
    path("k/<slug:slug>/drop-in/kode", drop_in.code, name="drop_in_code"),
    path("k/<slug:slug>/time", self_booking.slots, name="self_booking"),
    path("k/<slug:slug>/time/<str:slot>", self_booking.slot, name="self_booking_slot"),
    path("k/<slug:slug>/time/<str:slot>/kode", self_booking.code, name="self_booking_code"),
    path("k/<slug:slug>/kontakt", own_contact.page, name="clinic_contact"),
    path("k/<slug:slug>/kontakt/kode", own_contact.code, name="clinic_contact_code"),
    path("k/<slug:slug>/kontakt/e-post", own_contact.email_code, name="clinic_contact_email"),
    path("adresse", own_contact.shell, name="own_contact_shell"),
    path("adresse/open", own_contact.open_link, name="own_contact_open"),
    path("adresse/svar", own_contact.answer, name="own_contact"),
    path("healthz", public.healthz, name="healthz"),
    path("readyz", public.readyz, name="readyz"),
    path("m", patient.shell, name="patient_shell"),
    path("m/open", patient.open_link, name="patient_open"),
    path("m/<str:invitation>", patient.page, name="patient_page"),
    path("m/<str:invitation>/birth-date", patient.birth_date, name="patient_birth_date"),
    path("m/<str:invitation>/send-code", patient.send_code, name="patient_send_code"),
    path("m/<str:invitation>/code", patient.code, name="patient_code"),
    path("m/<str:invitation>/check", patient.check, name="patient_check"),
    path("m/<str:invitation>/arrive", patient.arrive, name="patient_arrive"),
    path("m/<str:invitation>/leave", patient.leave, name="patient_leave"),
    path("m/<str:invitation>/away", patient.away, name="patient_away"),
    path("m/<str:invitation>/back", patient.back, name="patient_back"),
    path("m/<str:invitation>/late", patient.late, name="patient_late"),
    path("m/<str:invitation>/companion", patient.companion, name="patient_companion"),
    path("m/<str:invitation>/bring", patient.bring, name="patient_bring"),
    path("hjelp-med-telefonen", public.holding, name="holding"),
]
