"""Remotes that bundles are pushed to and pulled from."""
