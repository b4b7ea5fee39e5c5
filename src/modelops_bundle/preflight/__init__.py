"""Rules that a bundle must pass before it is published."""
