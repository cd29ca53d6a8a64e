"""What the staff pages show: questions answered by the rooms, put into the words and order of a page."""
