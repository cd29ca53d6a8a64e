"""The control questions on the patient's own page: what is asked, in plain words, and what is answered.

No answer ever goes back to the browser: the page knows which questions are answered and not how. The letters of the
answers mean nothing to who reads them over a shoulder or in a network log.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from blikk.journeys import frame as journeys
from blikk.web.access import JsonRequest, same_origin_json
from blikk.web.patient import answered, device_secret
from blikk.web.templatetags.words import catalogue

QUESTIONS: list[tuple[str, Promise, list[tuple[str, Promise]]]] = [
    ("place", _("Sitter du et sted der du kan snakke i ro?"), [("a", _("Ja")), ("b", _("Nei"))]),
    (
        "sound",
        _("Er det bra lyd og lys der du er?"),
        [("a", _("Ja")), ("b", _("Sånn passe")), ("c", _("Nei"))],
    ),
    (
        "safe",
        _("Er du trygg og uforstyrret?"),
        [("a", _("Ja")), ("b", _("Noen kan komme inn")), ("c", _("Ikke helt"))],
    ),
    (
        "company",
        _("Hvem er i rommet sammen med deg?"),
        [
            ("a", _("Ingen")),
            ("b", _("Noen jeg vil ha med")),
            ("c", _("Noen. Spør helst så jeg kan svare ja eller nei")),
            ("d", _("Noen andre")),
        ],
    ),
    (
        "overheard",
        _("Kan noen uvedkommende se eller høre deg?"),
        [("a", _("Nei")), ("b", _("Vet ikke")), ("c", _("Ja"))],
    ),
    (
        "worse",
        _("Er du blitt verre siden du tok kontakt?"),
        [("a", _("Nei")), ("b", _("Litt")), ("c", _("Mye"))],
    ),
]
OWN = [("yes", _("Ja")), ("no", _("Nei"))]


@require_safe
@never_cache
@gzip_page
def questions(request: HttpRequest, invitation: str) -> HttpResponse:
    """What is asked, in the patient's language, for the page that fetches it while the person waits."""
    language, own = journeys.own_words_for(invitation, device_secret(request), now=timezone.now())
    with translation.override(language):
        asked = [_question(name, words, choices) for name, words, choices in QUESTIONS]
        asked += [_question(one.public_id, one.words, OWN) for one in own]
        return JsonResponse({"questions": asked, "words": catalogue("questions")})


@same_origin_json
def answer(request: JsonRequest, invitation: str) -> HttpResponse:
    """Answer one question."""
    now, said = timezone.now(), request.json
    return answered(
        request,
        invitation,
        lambda where: journeys.answer(
            invitation,
            device_secret(request),
            question=_text(said.get("question")),
            answer=_text(said.get("answer")),
            helped=said.get("helped") is True,
            where=where,
            now=now,
        ),
    )


@same_origin_json
def wish(request: JsonRequest, invitation: str) -> HttpResponse:
    """Say what one would rather."""
    now, said = timezone.now(), _text(request.json.get("wish"))
    return answered(
        request,
        invitation,
        lambda where: journeys.wish(invitation, device_secret(request), wish=said, where=where, now=now),
    )


def _question(name: str, words: object, choices: Sequence[tuple[str, Promise]]) -> dict[str, Any]:
    said = [{"code": code, "words": str(choice)} for code, choice in choices]
    return {"name": name, "words": str(words), "choices": said}


def _text(value: object) -> str:
    return value[:64] if isinstance(value, str) else ""
