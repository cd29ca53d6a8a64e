"""Tariffs as dated data: read from a file, compared with what is there, and taken in."""
