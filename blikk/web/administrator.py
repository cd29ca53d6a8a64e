"""Pages for administrators: the clinic's settings, who works there, and the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from blikk.accounts import services as accounts
from blikk.audit import queries as audit
from blikk.audit.services import looked_at
from blikk.clinics import queries, services
from blikk.clinics.machines import queries as machines
from blikk.journeys.getting_started import start_of
from blikk.journeys.trail import patients_behind, things_about
from blikk.kernel.errors import NotFound
from blikk.patients import queries as patients
from blikk.web import letters
from blikk.web.access import StaffRequest, staff
from blikk.web.accounts import link_for
from blikk.web.administrator_forms import ROLES, ClinicForm, LogForm, MemberForm, PostForm
from blikk.web.audit_words import BEGINNINGS, LOOKS, words_for
from blikk.web.cards import PhotoForm, show_card

if TYPE_CHECKING:
    from blikk.clinics.models import Clinic, Membership

LINES = 50


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def clinic(request: StaffRequest) -> HttpResponse:
    """Change how the clinic presents itself and lets people in."""
    form = ClinicForm(request.POST or None, clinic=request.clinic)
    if request.method == "POST" and form.is_valid():
        done = form.attempt(
            lambda: services.change_settings(
                request.clinic,
                form.cleaned_data,
                is_sure=form.cleaned_data["is_sure"],
                actor=request.actor,
                now=timezone.now(),
            )
        )
        if done:
            messages.success(request, gettext("Innstillingene er lagret."))
            return redirect("clinic")
    missing = 0 if request.clinic.hides_start else start_of(request.clinic).missing
    context = {"form": form, "missing": missing}
    return render(request, "administrator/clinic.html", context, status=_status(form))


@staff("administrator")
@require_http_methods(["GET", "HEAD"])
def members(request: StaffRequest) -> HttpResponse:
    """Show who works here."""
    words = dict(ROLES)
    rows = [{"member": member, "role": words[member.role]} for member in queries.members_of(request.clinic)]
    return render(request, "administrator/members.html", {"members": rows})


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def member_new(request: StaffRequest) -> HttpResponse:
    """Let somebody in, and send them the way to a password."""
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed, now = form.cleaned_data, timezone.now()
        added = form.attempt(
            lambda: services.add_member(
                request.clinic,
                email=typed["email"],
                name=typed["name"],
                post=form.post(),
                language=typed["language"],
                actor=request.actor,
                now=now,
            )
        )
        if added:
            _write_to(request, added.membership, needs_password=added.needs_password, now=now)
            messages.success(request, gettext("{name} har fått tilgang.").format(name=added.membership.name))
            return redirect("members")
    return render(request, "administrator/member_new.html", {"form": form}, status=_status(form))


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: StaffRequest, member_id: str) -> HttpResponse:
    """Change what somebody does here."""
    current = _member(request.clinic, member_id)
    form = PostForm(request.POST or None, member=current)
    if request.method == "POST" and form.is_valid():
        done = form.attempt(
            lambda: services.change_member(
                request.clinic, member_id, form.post(), actor=request.actor, now=timezone.now()
            )
        )
        if done:
            messages.success(request, gettext("Endringen er lagret."))
            return redirect("members")
    context = {"form": form, "member": current, "card": show_card(current), "photo": PhotoForm()}
    return render(request, "administrator/member.html", context, status=_status(form))


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: StaffRequest, member_id: str) -> HttpResponse:
    """Let somebody out who no longer works here."""
    current = _member(request.clinic, member_id)
    if request.method == "POST":
        services.end_membership(request.clinic, member_id, actor=request.actor, now=timezone.now())
        messages.success(request, gettext("{name} har ikke lenger tilgang.").format(name=current.name))
        return redirect("members")
    return render(request, "administrator/member_end.html", {"member": current})


@staff("administrator")
@require_POST
def member_link(request: StaffRequest, member_id: str) -> HttpResponse:
    """Send a member who cannot sign in a new link for a password."""
    current = _member(request.clinic, member_id)
    _write_to(request, current, needs_password=True, now=timezone.now())
    messages.success(request, gettext("En ny lenke er sendt til {email}.").format(email=current.user.email))
    return redirect("member", member_id=member_id)


def _write_to(
    request: StaffRequest, membership: "Membership", *, needs_password: bool, now: datetime
) -> None:
    user = membership.user
    with translation.override(user.language):
        if needs_password:
            subject, body = letters.welcome(user, request.clinic, link_for(user))
        else:
            subject, body = letters.added(
                user, request.clinic, settings.BLIKK_BASE_URL + reverse("account_login")
            )
    accounts.queue_password_link(
        user,
        clinic_id=request.clinic.pk,
        kind="password_link" if needs_password else "member_added",
        subject=subject,
        body=body,
        actor=request.actor,
        now=now,
    )


def _member(clinic: "Clinic", member_id: str) -> "Membership":
    found = queries.find_member(clinic, member_id)
    if found is None:
        raise NotFound
    return found


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the record as the page shows it."""

    number: int
    at: datetime
    who: str
    what: str
    patient: str
    details: str
    where: str


@staff("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: StaffRequest) -> HttpResponse:
    """Show who did and saw what. A search is sent in the body, so that no name stands in an address."""
    form = LogForm(request.POST or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = _lines(request.clinic, asked)
    looked_at(
        "audit",
        actor=request.actor,
        about=request.clinic,
        clinic_id=request.clinic.pk,
        now=timezone.now(),
        by_patient=bool(asked.get("patient")),
        by_person=bool(asked.get("person")),
        group=asked.get("group") or None,
        before=asked.get("before"),
    )
    older = rows[LINES - 1].number if len(rows) > LINES else None
    context = {"form": form, "rows": _rows(request.clinic, rows[:LINES]), "older": older, "asked": asked}
    return render(request, "administrator/log.html", context)


def _lines(clinic: "Clinic", asked: dict[str, Any]) -> list[audit.Line]:
    group = asked.get("group", "")
    things = actors = None
    if asked.get("patient"):
        things = things_about(clinic, patients.search(clinic, asked["patient"], most=20))
    if asked.get("person"):
        actors = queries.find_people(clinic, asked["person"])
    return list(
        audit.entries_of(
            clinic.pk,
            things=things,
            actors=actors,
            acts=BEGINNINGS.get(group, ()),
            endings=LOOKS if group == "looks" else "",
            before=asked.get("before"),
            limit=LINES + 1,
        )
    )


def _rows(clinic: "Clinic", lines: list[audit.Line]) -> list[Row]:
    people = queries.names_of(clinic, {line.actor_id for line in lines if line.actor_kind == "staff"})
    people |= machines.names_of(clinic, {line.actor_id for line in lines if line.actor_kind == "machine"})
    about = patients_behind(clinic, {line.about for line in lines})
    kinds = {
        "patient": gettext("Pasienten"),
        "companion": gettext("Pårørende eller hjelper"),
        "machine": gettext("Et annet system"),
        "system": gettext("Systemet"),
    }
    return [
        Row(
            number=line.number,
            at=line.at,
            who=people.get(line.actor_id) or kinds.get(line.actor_kind) or line.actor_id,
            what=words_for(line.act),
            patient=about.get(line.about, ""),
            details=", ".join(
                f"{name}: {value}" for name, value in line.details.items() if value is not None
            ),
            where=line.where,
        )
        for line in lines
    ]
