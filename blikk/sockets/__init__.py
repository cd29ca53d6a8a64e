"""The way in for open pages: frames parsed at the edge, one socket per person and audience."""
