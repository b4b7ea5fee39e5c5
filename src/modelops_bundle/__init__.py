"""Keeps a model bundle's declared registry true to its code."""

__version__ = "0.1.0"
