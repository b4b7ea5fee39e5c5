"""One digest for a file and all that it can reach."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.analysis.linking import Linker
from modelops_bundle.analysis.modules import ModuleIndex
from modelops_bundle.analysis.reachable import ReachDigests
from modelops_bundle.analysis.store import FactsStore
from modelops_bundle.core.paths import ROOT, BundlePath
from support.trees import MemoryTree, memory_tree

COUNT = 7


def project(edges: set[tuple[int, int]]) -> MemoryTree:
    lines = {number: [f"x = {number}"] for number in range(COUNT)}
    for start, end in sorted(edges):
        lines[start].append(f"import m{end}")
    return memory_tree({f"m{number}.py": "\n".join(lines[number]) for number in lines})


def digests(tree: MemoryTree, order: list[int]) -> dict[int, str]:
    reach = ReachDigests(Linker(FactsStore(ModuleIndex(tree, (ROOT,)))))
    return {number: reach.of(BundlePath(f"m{number}.py")) for number in order}


@given(
    st.sets(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=14),
    st.integers(0, COUNT - 1),
    st.permutations(range(COUNT)),
)
def test_an_edit_shows_exactly_where_it_can_be_reached_from(
    edges: set[tuple[int, int]], edited: int, order: list[int]
) -> None:
    tree = project(edges)
    path = f"m{edited}.py"
    after = tree.edited({path: tree.read(BundlePath(path)) + b"\n# edited"})
    one, other = digests(tree, order), digests(after, list(range(COUNT)))
    reaching = {edited}
    for _ in range(COUNT):
        reaching |= {start for start, end in edges if end in reaching}
    assert {number for number in one if one[number] != other[number]} == reaching


def test_imports_for_type_checkers_count() -> None:
    tree = memory_tree({"a.py": "if TYPE_CHECKING:\n import b", "b.py": "x = 1"})
    after = tree.edited({"b.py": "x = 2"})
    found = [
        ReachDigests(Linker(FactsStore(ModuleIndex(one, (ROOT,))))).of(BundlePath("a.py"))
        for one in (tree, after)
    ]
    assert found[0] != found[1]


def test_a_long_chain_needs_no_recursion() -> None:
    count = 3000
    tree = memory_tree({f"m{n}.py": f"import m{n + 1}" for n in range(count)})
    assert digests(tree, [0])[0].startswith("sha256:")
