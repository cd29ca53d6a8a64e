"""Who the clinician is, for who waits or talks: the card, and the wish to have it shown."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blikk.clinics.cards import Card
from blikk.journeys import door, identity
from blikk.journeys.errors import NotAtThisStep
from blikk.kernel.errors import IllegalMove, NotFound, Overtaken
from blikk.web.access import JsonRequest, address_of, same_origin_json
from blikk.web.cards import in_address
from blikk.web.patient import device_secret
from blikk.web.templatetags.words import msgids_of


@require_safe
@never_cache
def faces(request: HttpRequest, invitation: str) -> HttpResponse:
    """The cards of those whom this person meets, with the words of the script that shows them."""
    now, secret = timezone.now(), device_secret(request)
    view = door.door_of(invitation, secret, now=now)
    with translation.override(view.language):
        words = {msgid: gettext(msgid) for msgid in msgids_of("beside")}
    try:
        met = identity.faces_for(invitation, secret, now=now)
    except NotAtThisStep:
        return JsonResponse({"cards": [], "may_ask": False, "words": words})
    cards = [_facts(card) for card in met.cards]
    return JsonResponse({"cards": cards, "may_ask": met.may_ask, "words": words})


@same_origin_json
def ask_card(request: JsonRequest, invitation: str) -> HttpResponse:
    """Ask the clinician to show who they are, or say whether one saw it; answers with the door as it is now.

    Where somebody was faster, or there is nothing to answer, nothing is said: the page shows how it stands.
    """
    now, said, secret = timezone.now(), request.json.get("answer"), device_secret(request)
    who: dict[str, Any] = {"where": address_of(request), "now": now}
    with suppress(IllegalMove, Overtaken, NotFound, NotAtThisStep):
        if isinstance(said, str) and said:
            identity.answer_card(invitation, secret, answer=said, **who)
        else:
            identity.ask_for_card(invitation, secret, **who)
    return JsonResponse({"door": door.door_of(invitation, secret, now=now).facts()})


def _facts(card: Card) -> dict[str, str]:
    return {
        "name": card.name,
        "title": card.title or card.profession,
        "profession": card.profession if card.title else "",
        "hpr": card.hpr_number,
        "photo": in_address(card.photo),
    }
