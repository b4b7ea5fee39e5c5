"""What `verify` does: a bundle as it would travel, imported by a Python of its own."""
