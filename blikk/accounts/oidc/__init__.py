"""Asking an OpenID provider who a person is: a client of our own that keeps to FAPI 2, for patients and for staff."""
