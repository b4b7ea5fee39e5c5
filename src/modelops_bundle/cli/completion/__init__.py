"""Completion of command lines: what a press of Tab offers in bash, zsh and fish."""
