"""What an appointment may be like: how short, how long, how far ahead; and what may be noted about it, by whom."""

from datetime import timedelta

from blikk.clinics.models import Clinic, Membership, Role

SHORTEST, LONGEST = 5, 240  # minutes
FURTHEST = timedelta(days=730)
# Clocks differ a little, and a page takes a moment to send.
LATE_BY = timedelta(minutes=1)

# So long after the beginning of an hour somebody may still come before it can be said that they did not.
MISSED_AFTER = timedelta(minutes=10)

# What may speak against video (the article's last chapter), and "sick_note", which only shows the conditions.
POINTS = (
    "examination",
    "procedure",
    "samples",
    "infection",
    "interpreter",
    "danger",
    "sick_note",
)
# Where somebody stood when they judged.
JUDGED_AT = ("booking", "day", "talk", "close_out")
# Why an hour is held in person.
REASONS = (
    "examination",
    "procedure",
    "samples",
    "infection",
    "not_undisturbed",
    "technical",
    "wish",
    "other",
)


def may_hold_tasks(member: Membership, clinic: Clinic) -> bool:
    """Whether somebody can be given a thing to do about an appointment."""
    is_ours = member.clinic_id == clinic.pk and member.ended_at is None
    return is_ours and member.role in {Role.CLINICIAN, Role.SECRETARY}
