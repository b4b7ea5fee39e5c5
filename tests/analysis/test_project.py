"""A whole project: what is asked for, what is found, what is wrong, and what is remembered."""

from __future__ import annotations

import pytest

from modelops_bundle.analysis.memo import decode_analysis, encode_analysis
from modelops_bundle.analysis.packing import ANALYSIS_VERSION
from modelops_bundle.analysis.project import Analysis, AnalysisRequest, analyse
from modelops_bundle.conventions.base import Convention
from modelops_bundle.core.observation import ModelFacts, TargetFacts
from modelops_bundle.core.paths import ROOT, BundlePath
from modelops_bundle.core.registry import Kind
from support.trees import MemoryTree, memory_tree

KIT = Convention(
    name="kit",
    model_bases=("kit.Model",),
    output_decorators=("kit.output",),
    target_decorators=("kit.target",),
)
SOURCES: dict[str, str | bytes] = {
    "models/__init__.py": "",
    "models/base.py": """
        import kit
        class Base(kit.Model):
            @kit.output("cases")
            def cases(self): ...
        """,
    "models/sir.py": """
        from .base import Base
        from .network import rate
        class Sir(Base):
            def run(self): return rate()
        class Plain: ...
        def make(): ...
        """,
    "models/network.py": "from . import contacts\ndef rate(): return contacts.mean()",
    "models/contacts.py": "def mean(): return 1",
    "targets/cases.py": """
        from kit import target
        @target(model_output="cases")
        def cases_target(sim): ...
        @target(model_output="cases")
        def other_target(sim): ...
        def plain(sim): ...
        """,
    "scripts/plot.py": "import matplotlib\ndef plot(): ...",
    "broken.py": "def (",
}
SIR = (Kind.MODEL, BundlePath("models/sir.py"), "Sir")
CASES = (Kind.TARGET, BundlePath("targets/cases.py"), "cases_target")


class CountingMemo:
    """Remembers everything, and what was new."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}
        self.new: list[str] = []

    def get(self, key: str) -> bytes | None:
        return self.known.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.new.append(key)
        self.known[key] = value


def request(*entries: tuple[Kind, BundlePath, str]) -> AnalysisRequest:
    return AnalysisRequest(entries, (KIT,))


def tree() -> MemoryTree:
    return memory_tree(SOURCES)


def edited(changes: dict[str, str | bytes | None]) -> MemoryTree:
    return memory_tree(SOURCES).edited(changes)


def symbols(analysis: Analysis) -> list[str]:
    return [f"{one.kind}:{one.entrypoint}:{one.convention}" for one in analysis.discovered]


def test_everything_that_a_convention_finds_is_discovered_in_order() -> None:
    found = analyse(tree(), request())
    assert symbols(found) == [
        "model:models.base:Base:kit",
        "model:models.sir:Sir:kit",
        "target:targets.cases:cases_target:kit",
        "target:targets.cases:other_target:kit",
    ]
    assert set(found.closures) == {"models/base.py", "models/sir.py", "targets/cases.py"}
    assert found.closures[BundlePath("models/sir.py")].files == (
        "models/__init__.py",
        "models/base.py",
        "models/contacts.py",
        "models/network.py",
    )
    assert found.source_roots == (ROOT,)
    assert not found.findings
    assert not found.parse_failures


def test_a_requested_symbol_that_no_convention_finds_is_there_without_facts() -> None:
    asked = [
        (Kind.MODEL, BundlePath("models/sir.py"), "Plain"),
        (Kind.TARGET, BundlePath("targets/cases.py"), "plain"),
    ]
    found = analyse(tree(), request(*asked))
    plain = {one.symbol: one for one in found.discovered if not one.convention}
    assert set(plain) == {"Plain", "plain"}
    facts = plain["Plain"].facts
    assert isinstance(facts, ModelFacts)
    assert not facts.outputs.complete
    assert plain["plain"].facts == TargetFacts()


def test_where_a_requested_symbol_is_gone_plain_ones_of_its_file_are_candidates() -> None:
    gone_target = (Kind.TARGET, BundlePath("targets/cases.py"), "gone")
    gone_model = (Kind.MODEL, BundlePath("models/sir.py"), "Gone")
    found = analyse(tree(), request(gone_target, gone_model))
    assert [text for text in symbols(found) if text.endswith(":")] == [
        "model:models.sir:Plain:",
        "target:targets.cases:plain:",
    ]
    again = analyse(tree(), request(SIR, CASES))
    assert not [text for text in symbols(again) if text.endswith(":")]


def test_a_requested_file_that_is_gone_or_broken_is_no_problem() -> None:
    asked = [
        (Kind.MODEL, BundlePath("gone.py"), "M"),
        (Kind.MODEL, BundlePath("broken.py"), "M"),
        (Kind.TARGET, BundlePath("models"), "f"),
        (Kind.TARGET, BundlePath("data.csv"), "f"),
    ]
    found = analyse(edited({"data.csv": "a,b"}), request(*asked))
    assert "gone.py" not in found.closures
    assert found.closures[BundlePath("broken.py")].files == ()
    assert list(found.parse_failures) == ["broken.py"]
    assert found.parse_failures[BundlePath("broken.py")].line == 1
    assert not found.findings


def test_files_that_no_entry_needs_are_not_parsed() -> None:
    project = edited({"deep.py": "x = (" * 100, "scripts/more.py": "class C: ..."})
    found = analyse(project, request(SIR))
    assert not found.parse_failures
    without = analyse(edited({}), request(SIR))
    assert found == without


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"models/contacts.py": "def mean("}, ["warning MB203 models/contacts.py:1"]),
        ({"models/contacts.py": "def avg(): ..."}, ["error MB304 models/network.py:2"]),
        (
            {"models/contacts.py": "def mean(): __import__(x)"},
            ["warning MB204 models/contacts.py:1"],
        ),
        ({"models/contacts.py": "__import__(x) # mops: imports json\ndef mean(): ..."}, []),
        ({"models/base.py": "import kit\nBase = kit.Model"}, []),
        ({"scripts/plot.py": "from models.contacts import gone\n__import__(x)"}, []),
    ],
)
def test_findings_are_about_what_requested_entries_need(
    changes: dict[str, str | bytes | None], expected: list[str]
) -> None:
    found = analyse(edited(changes), request(SIR))
    shown = [f"{one.severity} {one.code} {one.location}" for one in found.findings]
    assert shown == expected
    assert not analyse(edited(changes), request(CASES)).findings


def test_files_that_a_computed_import_only_may_mean_raise_no_errors() -> None:
    changes: dict[str, str | bytes | None] = {
        "models/contacts.py": "def mean(): __import__(x)",
        "models/unused.py": "from .contacts import gone",
    }
    found = analyse(edited(changes), request(SIR))
    assert [one.code for one in found.findings] == ["MB204"]
    assert "models/unused.py" in found.closures[SIR[1]].files


def test_the_outcome_does_not_depend_on_what_is_remembered() -> None:
    steps: list[dict[str, str | bytes | None]] = [
        {},
        {"models/contacts.py": "def mean(): return 2"},
        {"models/base.py": "import kit\nclass Base: ..."},
        {"models/base.py": "from kit import Model as Base"},
        {"models/base.py": None, "models/base/__init__.py": "import kit\nBase = kit.Model"},
        {"kit.py": "class Model: ...\ndef target(f): ..."},
        {"models/network.py": "from .gone import x"},
        {},
    ]
    memo = CountingMemo()
    for changes in steps:
        asked = request(SIR, CASES)
        assert analyse(edited(changes), asked, memo) == analyse(edited(changes), asked)


def test_only_what_an_edit_can_reach_is_read_again() -> None:
    memo = CountingMemo()
    asked = request(SIR, CASES)
    analyse(tree(), asked, memo)
    memo.new.clear()
    analyse(tree(), asked, memo)
    assert not memo.new
    analyse(edited({"targets/cases.py": "import kit\n@kit.target\ndef f(): ..."}), asked, memo)
    assert sorted(key.split()[0] for key in memo.new) == ["discovery"] * 3 + [
        "facts",
        "words",
        "words",
    ]
    memo.new.clear()
    analyse(edited({"models/contacts.py": "def mean(): return 3"}), asked, memo)
    kinds = sorted(key.split()[0] for key in memo.new)
    # Of `sir.py`, which imports it, and of itself.
    assert kinds == ["discovery", "facts", "words"]


def test_a_damaged_memo_is_no_memo() -> None:
    memo = CountingMemo()
    expected = analyse(tree(), request(SIR), memo)
    for damage in (b"", b"[]", b"[" * 5000, b"{}", b"null", b"[1,2,3,4,5,6,7,8,9,10,11,12,13]"):
        broken = CountingMemo()
        broken.known = dict.fromkeys(memo.known, damage)
        assert analyse(tree(), request(SIR), broken) == expected


def test_an_analysis_survives_encoding() -> None:
    sources: dict[str, str | bytes | None] = {
        "models/contacts.py": "def mean(",
        "models/network.py": "import os\nfrom . import contacts\nos.listdir('data'), open('b.csv')",
        "data/a.csv": "1",
        "b.csv": "2",
        "targets/cases.py": "import kit, numpy\n@kit.target(model_output=x)\ndef t(): ...\n",
    }
    for project in (tree(), edited(sources), memory_tree({})):
        found = analyse(project, request(SIR, (Kind.MODEL, SIR[1], "Gone"), CASES))
        assert bool(found.reads) is project.is_file(BundlePath("b.csv"))
        assert decode_analysis(encode_analysis(found)) == found


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_what_is_no_encoded_analysis_is_not_decoded(cut: int) -> None:
    content = encode_analysis(analyse(tree(), request(SIR)))
    assert decode_analysis(content[:cut]) is None
    version = f'["{ANALYSIS_VERSION}",'.encode()
    assert content.startswith(version)
    assert decode_analysis(content.replace(version, b'["0",', 1)) is None
    assert decode_analysis(version + b"[],[],[],[[0,[],[],[],[],[],[]]],[],[],[],[]]") is None


def test_source_roots_may_be_given() -> None:
    sources: dict[str, str | bytes] = {
        "lib/models/sir.py": "import kit, helper\nclass Sir(kit.Model): ...",
        "lib/helper.py": "",
    }
    lib = BundlePath("lib")
    found = analyse(memory_tree(sources), AnalysisRequest((), (KIT,), (lib,)))
    assert found.discovered[0].entrypoint == "models.sir:Sir"
    assert found.closures[BundlePath("lib/models/sir.py")].files == ("lib/helper.py",)
