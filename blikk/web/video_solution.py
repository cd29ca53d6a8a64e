"""Which video solution is used: the clinic's page, the page of one clinician, and a clinician's own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from blikk.clinics import queries, video
from blikk.kernel.errors import NotFound
from blikk.media.services import can_make_rooms, external_hosts
from blikk.web.access import StaffRequest, staff
from blikk.web.forms import REQUIRED, StaffForm

if TYPE_CHECKING:
    from blikk.clinics.models import Membership, VideoSolution

FIXED = ("fixed", _("Et fast rom i en annen løsning"))
TEMPLATE = ("template", _("Et nytt rom for hver samtale, fra et mønster"))
WHEREBY = ("whereby", _("Et nytt rom for hver samtale, laget av Whereby"))


class VideoForm(StaffForm):
    """How people see each other, and where."""

    kind = forms.ChoiceField(
        label=_("Samtalene holdes i"), required=False, widget=forms.RadioSelect, error_messages=REQUIRED
    )
    supplier = forms.CharField(
        label=_("Hva løsningen heter"),
        max_length=60,
        required=False,
        help_text=_("Pasienten ser navnet før de går dit. For eksempel «Join» eller «Whereby»."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=_("Adressen til rommet"),
        max_length=500,
        required=False,
        help_text=_("For et mønster: sett {random} der ordet som er nytt hver gang, skal stå."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}
        ),
    )

    key = forms.CharField(
        label=_("Nøkkelen deres hos Whereby"),
        max_length=2000,
        required=False,
        help_text=_(
            "Bare for rom som Whereby lager. Lagres kryptert. La feltet stå tomt for å beholde den som er lagret."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(
        self,
        *args: Any,
        solution: "VideoSolution | None",
        of_clinic: "VideoSolution | bool | None",
        **more: Any,
    ) -> None:
        if solution is not None:
            kind = video.OWN if solution.is_own else solution.kind
            more["initial"] = {"kind": kind, "supplier": solution.supplier, "address": solution.address}
        super().__init__(*args, **more)
        if not makes_rooms():
            del self.fields["key"]
        choice = self.fields["kind"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [
                *_first_choices(of_clinic),
                FIXED,
                TEMPLATE,
                *([WHEREBY] if makes_rooms() else []),
            ]

    def values(self) -> dict[str, str]:
        """What was typed, as the room wants it."""
        return {name: self.cleaned_data.get(name, "") for name in ("kind", "supplier", "address", "key")}


def makes_rooms() -> bool:
    """Whether rooms that Whereby makes can be used at all: their hosts are open, by our key or the clinic's own."""
    return can_make_rooms() or any(host.endswith("whereby.com") for host in external_hosts())


def _first_choices(of_clinic: "VideoSolution | bool | None") -> Sequence[tuple[str, str]]:
    """The clinic (False) chooses Blikk or another; a clinician does as the clinic does, or not."""
    if of_clinic is False:
        return [("", gettext("Blikk"))]
    if isinstance(of_clinic, bool) or of_clinic is None:
        return [("", gettext("Blikk, som virksomheten ellers"))]
    as_all = gettext("%(supplier)s, som virksomheten ellers") % {"supplier": of_clinic.supplier}
    return [("", as_all), (video.OWN, gettext("Blikk"))]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff("administrator")
def clinic_video(request: StaffRequest) -> HttpResponse:
    """Choose the video solution of the clinic."""
    return _page(request, None, "administrator/video.html", "clinic_video")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff("administrator")
def member_video(request: StaffRequest, member_id: str) -> HttpResponse:
    """Choose for one clinician, against the clinic's habit."""
    member = queries.find_member(request.clinic, member_id)
    if member is None or member.role != "clinician":
        raise NotFound
    return _page(request, member, "administrator/video.html", "member", member_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff("clinician")
def own_video(request: StaffRequest) -> HttpResponse:
    """A clinician's own choice."""
    return _page(request, request.membership, "account/video.html", "own_video")


def _page(
    request: StaffRequest, member: "Membership | None", template: str, back: str, *named: str
) -> HttpResponse:
    of_clinic = video.chosen(request.clinic) if member else False
    form = VideoForm(
        request.POST if request.method == "POST" else None,
        solution=video.chosen(request.clinic, member),
        of_clinic=of_clinic,
    )
    if form.is_bound:
        done = form.attempt(lambda: _choose(request, member, form))
        if done:
            messages.success(request, gettext("Lagret. Det gjelder samtaler som starter fra nå av."))
            return redirect(back, *named)
    context = {"form": form, "member": member, "hosts": external_hosts(), "makes_rooms": makes_rooms()}
    return render(request, template, context, status=422 if form.errors else 200)


def _choose(request: StaffRequest, member: "Membership | None", form: VideoForm) -> bool:
    video.choose(request.clinic, member, **form.values(), actor=request.actor, now=timezone.now())
    return True
