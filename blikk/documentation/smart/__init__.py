"""Being started from a journal system (SMART App Launch 2): asking its servers, and trusting no more than was shown."""
