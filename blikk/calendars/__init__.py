"""Hours in people's own calendars: files that go with messages, secret feeds, and the clinic's calendar server."""
