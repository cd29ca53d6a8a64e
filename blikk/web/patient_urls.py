"""The addresses of the patient's pages and of those for everybody."""

from django.urls import path

from blikk.web import patient, public

urlpatterns = [
    path("", public.home, name="home"),
    path("kode", public.typed_code, name="typed_code"),
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
]
