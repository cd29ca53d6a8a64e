"""Practising with a simulated patient: who has practised what, and the place where it happens."""
