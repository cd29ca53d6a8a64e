"""Acts that cross rooms, each in one transaction; the only place that knows several rooms at once."""
