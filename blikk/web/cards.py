"""The card by which patients know a clinician: the clinician's own page, and the picture on the administrator's."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from blikk.clinics import cards, queries
from blikk.kernel.errors import Invalid, NotFound
from blikk.kernel.limits import may_try
from blikk.kernel.pictures import LARGEST
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import REQUIRED, StaffForm
from blikk.web.refusals import words_for

if TYPE_CHECKING:
    from datetime import datetime

    from blikk.clinics.models import Membership

# Drawing a picture anew costs a moment of a processor.
PHOTOS, WINDOW = 20, 60 * 60


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as it stands on the page; the picture is in the address itself, so that it needs none of its own."""

    name: str
    title: str
    profession: str
    hpr_number: str
    photo: str


class CardForm(StaffForm):
    """What stands on one's own card."""

    title = forms.CharField(
        label=_("Tittel"), max_length=60, required=False, help_text=_("For eksempel «Fastlege».")
    )
    profession = forms.CharField(
        label=_("Yrke"), max_length=60, required=False, help_text=_("For eksempel «Lege».")
    )
    hpr_number = forms.CharField(
        label=_("HPR-nummer"),
        max_length=9,
        required=False,
        help_text=_("Sju til ni sifre. Pasienten kan slå det opp i Helsepersonellregisteret."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=REQUIRED,
    )


class PhotoForm(StaffForm):
    """The picture on a card."""

    photo = forms.FileField(
        label=_("Bilde"),
        help_text=_("Et bilde av ansiktet: JPEG, PNG eller WebP. Vi tar bort sted og tid fra bildet."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": _("Velg et bilde først."), "empty": _("Filen er tom. Velg en annen.")},
    )

    def raw(self) -> bytes:
        """What was sent; too much of it is not even read."""
        sent = self.cleaned_data["photo"]
        if sent.size > LARGEST:
            raise Invalid(photo="picture_too_heavy")
        return bytes(sent.read())


def show_card(membership: "Membership") -> ShownCard:
    """The card as patients see it."""
    card = cards.card_of(membership)
    return ShownCard(card.name, card.title, card.profession, card.hpr_number, in_address(card.photo))


def in_address(photo: bytes) -> str:
    """A small picture as an address that holds it."""
    return f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}" if photo else ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff("clinician")
def own_card(request: StaffRequest) -> HttpResponse:
    """Show one's own card as patients see it, and change it."""
    me, now = request.membership, timezone.now()
    if request.method == "POST" and "card" not in request.POST:
        photo = PhotoForm(request.POST, request.FILES)
        if _photo(request, me, photo, now):
            return redirect("own_card")
        return _own_page(request, CardForm(initial=_first(me)), photo)
    form = CardForm(request.POST if request.method == "POST" else None, initial=_first(me))
    changed = form.attempt(lambda: cards.change_card(me, **form.cleaned_data, actor=request.actor, now=now))
    if changed:
        messages.success(request, gettext("Kortet er lagret."))
        return redirect("own_card")
    return _own_page(request, form, PhotoForm())


@require_POST
@staff("administrator")
def member_photo(request: StaffRequest, member_id: str) -> HttpResponse:
    """Put a face on a member's card, or take it off."""
    member = queries.find_member(request.clinic, member_id)
    if member is None:
        raise NotFound
    form = PhotoForm(request.POST, request.FILES)
    if not _photo(request, member, form, timezone.now()):
        messages.error(request, next(str(fault) for faults in form.errors.values() for fault in faults))
    return redirect("member", member_id)


def _photo(request: StaffRequest, member: "Membership", form: PhotoForm, now: "datetime") -> bool:
    """Set or remove the picture; False where something is wrong with it."""
    who: dict[str, Any] = {"actor": request.actor, "now": now}
    if "remove" in request.POST:
        cards.remove_photo(member, **who)
        messages.success(request, gettext("Bildet er tatt bort."))
        return True
    if not may_try("photo", request.user.public_id, times=PHOTOS, seconds=WINDOW, now=now):
        form.is_valid()
        form.add_error("photo", words_for("too_many"))
        return False
    if not form.attempt(lambda: cards.set_photo(member, form.raw(), **who)):
        return False
    messages.success(request, gettext("Bildet er lagret."))
    return True


def _first(me: "Membership") -> dict[str, str]:
    return {name: getattr(me, name) for name in ("title", "profession", "hpr_number")}


def _own_page(request: StaffRequest, form: CardForm, photo: PhotoForm) -> HttpResponse:
    context = {"form": form, "photo": photo, "card": show_card(request.membership)}
    return render(
        request, "account/own_card.html", context, status=422 if form.errors or photo.errors else 200
    )
