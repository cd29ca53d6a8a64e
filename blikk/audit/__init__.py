"""The record of who did or saw what: append-only, chained and signed; nothing decides from it."""
