"""People at the door: who has come, who is let in, and that nobody loses their place."""
