"""A quarter in a small town, played by chance on the real transitions."""
