"""The note about a consultation: drafted by the system, finished and signed by the clinician."""
