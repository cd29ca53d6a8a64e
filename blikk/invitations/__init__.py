"""One link per person per consultation: who may come through it, and the words of every message."""
