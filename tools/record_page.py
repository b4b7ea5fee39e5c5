"""Runs the commands of pages and writes what they print under them: for authors of pages.

`python tools/record_page.py docs/tutorial.md`: read the difference before it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support.pages import Shell, Written, shown_in


def recorded(text: str) -> str:
    """The page with the output of each command as it is now."""
    lines = text.split("\n")
    replaced: list[tuple[int, int, list[str]]] = []
    with tempfile.TemporaryDirectory() as folder, Shell(Path(folder).resolve()) as shell:
        for step in shown_in(text):
            if isinstance(step, Written):
                shell.write(step)
                continue
            printed = shell.readable(shell.run(step.command)).split("\n")
            shown = [] if step.output == "" else step.output.split("\n")
            new = [] if printed == [""] else printed
            start = step.line + step.command.count("\n")
            if step.command.startswith("python - "):
                start = step.line + step.command.count("\n") + 1
            replaced.append((start, len(shown), new))
    for start, length, new in reversed(replaced):
        lines[start : start + length] = new
    return "\n".join(lines)


def main(pages: list[str]) -> None:
    """Write each page again."""
    for name in pages:
        page = Path(name)
        page.write_text(recorded(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
