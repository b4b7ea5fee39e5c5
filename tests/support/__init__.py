"""Test material shared by several test modules."""
