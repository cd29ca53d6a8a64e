"""The door for other programs: what SMS gateways tell us."""
