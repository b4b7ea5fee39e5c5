"""Documents to terminal text."""
