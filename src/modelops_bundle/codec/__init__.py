"""Bytes to types and back: the file formats."""
