"""Radioactive decay."""
