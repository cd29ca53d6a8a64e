"""Telling other systems that somebody arrived, that a conversation ended, and that its note is signed."""
