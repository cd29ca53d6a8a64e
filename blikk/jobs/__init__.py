"""The worker and the `blikk` command line."""
