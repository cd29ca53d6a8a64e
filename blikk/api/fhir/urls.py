"""The addresses of the API, made from its description."""

from collections.abc import Callable, Mapping

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from blikk.api.fhir import about, resources, tokens
from blikk.api.fhir.description import ROUTES

VIEWS: Mapping[str, Callable[..., HttpResponseBase]] = {
    "home": about.home,
    "openapi": about.openapi,
    "metadata": about.metadata,
    "smart": about.smart,
    "token": tokens.token,
    "revoke": tokens.revoke,
    "search_post": resources.search_post,
    "read": resources.read,
    "search": resources.search,
}

urlpatterns: list[URLPattern] = [
    *(path(route.pattern, VIEWS[route.name], name=f"fhir_{route.name}") for route in ROUTES),
    path("<str:kind>/<str:name>/<path:rest>", resources.nothing, name="fhir_nothing"),
]
