"""Drills: the product as it runs, with everything around it failing on the way."""
