"""The clinic's journal system as a FHIR server: who we are there, how it is asked, and what is delivered to it."""
