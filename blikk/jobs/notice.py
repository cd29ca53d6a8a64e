"""Notices of the whole installation, which stand on the pages of every clinic."""

import argparse
import sys
from datetime import date

from django.utils import timezone

from blikk.clinics import profile, queries
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound


def add(given: argparse.Namespace) -> int:
    """Put a notice up everywhere."""
    now = timezone.now()
    try:
        values = {
            "title": given.title,
            "words": given.words,
            "link": given.link,
            "valid_from": date.fromisoformat(given.first) if given.first else now.date(),
            "valid_to": date.fromisoformat(given.last) if given.last else None,
            "places": given.on,
        }
        notice = profile.put_up_notice(None, values, actor=SYSTEM, now=now)
    except (Invalid, ValueError) as fault:
        print(f"blikk: this notice cannot be put up: {fault}", file=sys.stderr)
        return 1
    print(f"{notice.public_id} is up on {', '.join(notice.places)}.")
    return 0


def show() -> int:
    """List what is up, newest first."""
    for notice in queries.notices_of(None):
        until = notice.valid_to or "taken down"
        print(f"{notice.public_id}  {notice.valid_from} until {until}  {notice.title}")
    return 0


def remove(given: argparse.Namespace) -> int:
    """Take a notice down everywhere."""
    try:
        profile.take_down_everywhere(given.name, actor=SYSTEM, now=timezone.now())
    except NotFound:
        print("blikk: there is no such notice", file=sys.stderr)
        return 1
    print("It is down.")
    return 0
