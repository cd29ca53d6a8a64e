"""What other systems may read of a clinic, as FHIR has it: found within the clinic, and each look on record."""
