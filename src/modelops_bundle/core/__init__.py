"""Pure types and algorithms: the standard library and errors only."""
