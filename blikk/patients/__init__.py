"""The patients of a clinic and how to reach them."""
