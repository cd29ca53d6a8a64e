"""The addresses that other programs call."""

from django.urls import URLPattern, path

from blikk.api import payments, sms

urlpatterns: list[URLPattern] = [
    path("sms/<str:secret>/report", sms.report, name="sms_report"),
    path("sms/<str:secret>/text", sms.text, name="sms_text"),
    path("vipps/<str:setup_id>", payments.told, name="vipps_told"),
    path("stripe/<str:setup_id>", payments.told_by_card, name="stripe_told"),
]
