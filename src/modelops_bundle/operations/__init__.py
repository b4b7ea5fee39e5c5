"""The use cases; nothing here prints."""
