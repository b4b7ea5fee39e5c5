"""Tables, trees, progress, markdown, syntax and tracebacks on a recorded console."""

# packages: rich
import io

from rich.console import Console
from rich.json import JSON
from rich.markdown import Markdown
from rich.panel import Panel
from rich.progress import track
from rich.syntax import Syntax
from rich.table import Table
from rich.tree import Tree

console = Console(file=io.StringIO(), record=True, force_terminal=True)
table = Table("a", "b")
table.add_row("1", ":smile: [bold]2")
console.print(table, Panel("x"), Tree("root"), JSON('{"a": 1}'))
console.print(Markdown("# x\n\n- y\n\n| a |\n|---|\n| b |"), Syntax("x = 1", "python"))
list(track(range(3), console=console))
try:
    raise ValueError("x")
except ValueError:
    console.print_exception(show_locals=True)
console.log({"x": [1, 2]})
console.export_svg()
console.print("\N{GRINNING FACE}\N{CJK UNIFIED IDEOGRAPH-4E00}")
