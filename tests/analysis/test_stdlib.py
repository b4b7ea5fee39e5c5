"""Names of the interpreter's own modules."""

from __future__ import annotations

import sys

from modelops_bundle.analysis.stdlib import FOUND_FIRST, STANDARD_LIBRARY


def test_every_version_has_the_same_standard_library() -> None:
    for name in ("json", "distutils", "telnetlib", "asyncore", "_colorize", "tomllib", "_sha2"):
        assert name in STANDARD_LIBRARY
    assert set(sys.stdlib_module_names) <= STANDARD_LIBRARY
    assert not {"numpy", "setuptools", "yaml"} & STANDARD_LIBRARY


def test_modules_that_are_found_first_really_are() -> None:
    before_path = set(sys.builtin_module_names) | {
        name
        for name, module in sys.modules.items()
        if getattr(getattr(module, "__spec__", None), "origin", None) == "frozen"
    }
    startup = {"__main__", "encodings", "_frozen_importlib", "_frozen_importlib_external"}
    rare = {"runpy", "genericpath", "posixpath", "ntpath", "site", "_sitebuiltins"}
    assert before_path | startup | rare >= FOUND_FIRST
    assert STANDARD_LIBRARY | {"encodings"} >= FOUND_FIRST
