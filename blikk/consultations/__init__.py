"""The conversation itself: who takes part, by which channel, and its proper end."""
