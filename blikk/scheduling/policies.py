"""What an appointment may be like: how short, how long, how far ahead."""

from datetime import timedelta

SHORTEST, LONGEST = 5, 240  # minutes
FURTHEST = timedelta(days=730)
# Clocks differ a little, and a page takes a moment to send.
LATE_BY = timedelta(minutes=1)
