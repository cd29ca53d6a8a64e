"""When somebody is to be seen, by whom, and that no clinician is promised twice."""
