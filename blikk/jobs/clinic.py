"""The first clinic and its first administrator, who then does the rest on the pages."""

import argparse
import re
import sys

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from blikk.accounts.services import password_key
from blikk.clinics.labels import questions_about
from blikk.clinics.services import Added, Post, add_member, open_clinic
from blikk.kernel.actors import SYSTEM

LONGEST_SLUG = 60


def add(given: argparse.Namespace) -> int:
    """Open a clinic, and print the link with which the administrator chooses a password."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", given.slug) or len(given.slug) > LONGEST_SLUG:
        print(
            "blikk: --slug stands in addresses: small letters a-z, digits and -, at most 60", file=sys.stderr
        )
        return 1
    if not given.sender and "names_an_illness" in questions_about(given.name):
        print(f"blikk: «{given.name}» in a message could tell what somebody is treated for.", file=sys.stderr)
        print("blikk: give a neutral name too, such as --sender Legekontoret", file=sys.stderr)
        return 1
    try:
        added = _open(given)
    except IntegrityError:
        print(f"blikk: there is a clinic called {given.slug} already", file=sys.stderr)
        return 1
    print(f"{given.name} is open.")
    if added.needs_password:
        key = password_key(added.membership.user)
        print(f"{given.administrator} chooses a password here, once, within three days:")
        print(f"{settings.BLIKK_BASE_URL}{reverse('choose_password')}#{key}")
        print("After that, the page Kom i gang says what is left until the first consultation.")
    else:
        print(f"{given.email} has an account already, and signs in as before: {settings.BLIKK_BASE_URL}/inn/")
    return 0


@transaction.atomic
def _open(given: argparse.Namespace) -> Added:
    now = timezone.now()
    clinic = open_clinic(
        name=given.name,
        slug=given.slug,
        phone=given.phone,
        sender_label=(given.sender or given.name)[:40],
        actor=SYSTEM,
        now=now,
    )
    return add_member(
        clinic,
        email=given.email,
        name=given.administrator,
        post=Post(role="administrator"),
        language=clinic.language,
        actor=SYSTEM,
        now=now,
    )
