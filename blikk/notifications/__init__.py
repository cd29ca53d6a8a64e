"""The outbox of SMS and e-mail: queued with what caused it, sent once, followed until it is settled."""
