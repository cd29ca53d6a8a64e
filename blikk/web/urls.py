"""Every page, by audience. Each audience adds its own list."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("blikk.web.patient_urls")),
    path("", include("blikk.web.account_urls")),
    path("", include("blikk.web.staff_urls")),
    path("", include("blikk.web.administrator_urls")),
]
