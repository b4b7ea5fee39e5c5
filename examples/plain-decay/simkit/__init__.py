"""A small framework: models with named outputs, and targets that score them."""

from .model import Model, Param, output, scenario
from .target import Target, target

__all__ = ["Model", "Param", "Target", "output", "scenario", "target"]
