"""Who meets whom in a boarding school."""
