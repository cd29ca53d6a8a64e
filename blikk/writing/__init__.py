"""Cases in writing: information that a patient is asked for, and whole consultations as text, with their photos."""
