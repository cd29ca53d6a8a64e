"""Every address of Blikk, gathered from the doors."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("blikk.api.urls")),
    path("fhir/", include("blikk.api.fhir.urls")),
    path("", include("blikk.web.urls")),
]

handler400 = "blikk.web.middleware.bad_request"
handler403 = "blikk.web.middleware.not_found"
handler404 = "blikk.web.middleware.not_found"
handler500 = "blikk.web.middleware.server_error"
