"""The calibration targets of this project."""
