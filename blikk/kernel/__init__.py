"""What every room stands on: errors, moves, identifiers, secrets and times. Imports nothing of ours."""
