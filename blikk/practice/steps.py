"""What a new clinician practises, in the order in which it comes."""

STEPS = ("waiting", "questions", "identity", "network", "danger", "end", "close_out")
# What the simulated patient answers that the clinician should ask about, and what must be known at once.
RED_QUESTION, DANGER_QUESTION, DANGER_ANSWER = "sound", "safe", "c"
