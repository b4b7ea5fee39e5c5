"""The project on disk: finding, scanning, hashing, writing."""
