"""The engines: each a way for people to see each other."""
