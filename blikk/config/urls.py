"""Every address of Blikk, gathered from the doors."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("blikk.web.urls")),
]
