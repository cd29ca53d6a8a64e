"""Settings, addresses and the way in: the only place that knows everything."""
