"""Who staff are: sign-in, password and second factor."""
