"""Telling open pages that something changed, after it is committed: in a process and between processes."""

from blikk.bus.hub import Sink, hub
from blikk.bus.services import announce

__all__ = ["Sink", "announce", "hub"]
