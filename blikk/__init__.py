"""Blikk: video consultations for health services, from booking to a proper end."""
