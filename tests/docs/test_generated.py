"""What `make docs` writes is committed as it is written."""

from __future__ import annotations

import argparse
import importlib
import re
import subprocess
import sys
from pathlib import Path

from modelops_bundle import api
from modelops_bundle.cli import catalogue
from modelops_bundle.cli.arguments import CommandParser

ROOT = Path(__file__).resolve().parents[2]


def test_the_generated_pages_and_schemas_are_current() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "generate_docs.py", "--check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), "run `make docs`"


def test_every_environment_variable_that_the_program_reads_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"\| `([A-Z][A-Z0-9_]+)` \|", page))
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_0-9]+)"', source))
    assert read - documented <= {"PYTHONUTF8"}, "what the program sets for itself"
    by_libraries = {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}
    by_libraries |= {"AWS_SECRET_ACCESS_KEY", "GOOGLE_APPLICATION_CREDENTIALS"}
    named = {name for name in documented if f'"{name}"' in source or f"`{name}`" in source}
    assert documented - named <= by_libraries


def test_every_command_and_option_is_on_the_page_of_commands() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    for name in catalogue.listed():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        module = importlib.import_module(catalogue.module_of(name))
        assert f"Example: `{module.EXAMPLE}`" in section
        parser = CommandParser(name, "", "")
        module.add_arguments(parser)
        for action in parser._actions:
            if action.help != argparse.SUPPRESS:
                assert all(f"`{option}" in section for option in action.option_strings)


def test_every_public_name_of_the_api_is_on_its_page() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    for name in api.__all__:
        assert f"\n### {name}\n" in page
