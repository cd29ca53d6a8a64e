"""Saying that something changed."""

from typing import Any

from django.db import transaction

from blikk.bus.hub import hub


def announce(topic: str, event: str, **facts: Any) -> None:
    """Tell everybody who listens to `topic`, once the transaction is committed and never if it is not.

    News are hints: who hears them asks for the state, and asks from time to time anyway.
    """
    payload = {"topic": topic, "event": event, **facts}
    transaction.on_commit(lambda: hub.publish(topic, payload), robust=True)
