"""The addresses that other programs call."""

from django.urls import URLPattern, path

from blikk.api import sms, vipps

urlpatterns: list[URLPattern] = [
    path("sms/<str:secret>/report", sms.report, name="sms_report"),
    path("sms/<str:secret>/text", sms.text, name="sms_text"),
    path("vipps/<str:setup_id>", vipps.told, name="vipps_told"),
]
