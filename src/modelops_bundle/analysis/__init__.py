"""Source text to facts, without running it."""
