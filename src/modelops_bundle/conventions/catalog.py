"""The conventions that need no configuration."""

from __future__ import annotations

from modelops_bundle.conventions.base import Convention
from modelops_bundle.conventions.calabaria import CALABARIA

#: In order of precedence: the first that recognises a symbol names it.
BUILT_IN: tuple[Convention, ...] = (CALABARIA,)
