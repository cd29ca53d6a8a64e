"""How people see and hear each other: engines, and the credentials of the relay."""
