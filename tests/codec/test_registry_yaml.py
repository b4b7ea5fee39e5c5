"""Reading `registry.yaml`, and the awkward cases of editing it, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest
import yaml

from modelops_bundle.codec.registry_compare import same_registry
from modelops_bundle.codec.registry_yaml import decode, edit, new_document
from modelops_bundle.core.digest import Digest, SemanticDigest
from modelops_bundle.core.paths import ROOT, BundlePath, Entrypoint
from modelops_bundle.core.registry import (
    BundleRegistry,
    Declared,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
    TargetSet,
)
from modelops_bundle.errors import RegistryError

A = Digest("sha256:" + "a" * 64)
B = Digest("sha256:" + "b" * 64)
SEMANTIC = SemanticDigest(f"v1:{A}")

Change = Callable[[BundleRegistry], BundleRegistry]


def paths(*texts: str) -> tuple[BundlePath, ...]:
    return tuple(map(BundlePath.parse, texts))


def text(content: str) -> str:
    return dedent(content).lstrip("\n").replace("$A", A).replace("$B", B)


def model(**fields: Any) -> Change:
    """A change of the model `a`."""
    return lambda r: replace(r, models={**r.models, "a": replace(r.models["a"], **fields)})


def without(model_id: str) -> Change:
    return lambda r: r.without_entry(EntryKey(Kind.MODEL, model_id))


def upgraded(registry: BundleRegistry) -> BundleRegistry:
    return replace(registry, version="1.1")


def excluding(*texts: str) -> Change:
    return lambda r: replace(r, excluded=tuple(map(Entrypoint, texts)))


def both(*changes: Change) -> Change:
    def apply(registry: BundleRegistry) -> BundleRegistry:
        for change in changes:
            registry = change(registry)
        return registry

    return apply


def check(
    before: str, change: Change, after: str, renamed: Mapping[EntryKey, str] | None = None
) -> None:
    content = text(before).encode()
    result = change(decode(content))
    edited = edit(content, result, renamed=renamed or {})
    assert edited.decode() == text(after)
    assert same_registry(decode(edited), result)
    assert edit(edited, result) == edited


# Reading


def test_an_empty_file_is_an_empty_registry() -> None:
    for content in (b"", b"\n\n", b"# nothing yet\n", b"---\n", b"~\n", b"\xef\xbb\xbf"):
        assert decode(content) == BundleRegistry()


def test_version_1_0_is_read_leniently() -> None:
    registry = decode(
        text("""
            version: '1.0'
            unknown: {deep: [1, 2]}
            models:
              sir:
                entrypoint: models.sir:SIR
                path: models\\sir.py
                scenarios:
                outputs: null
                data: [data\\a.csv, data/]
                data_digests: {data\\a.csv: null, b.csv: garbage, c.csv: '$A'}
                code: [src/]
                model_digest: null
                extra: kept
            targets:
              t: {path: t.py, entrypoint: 't:f', target_digest: SHA256}
            target_sets:
              empty:
              s: {targets: [t], weights: {t: 1, u: null, v: 1e-3, w: '0.5'}}
            """).encode()
    )
    assert registry == BundleRegistry(
        version="1.0",
        models={
            "sir": ModelEntry(
                entrypoint=Entrypoint("models.sir:SIR"),
                path=BundlePath("models/sir.py"),
                class_name="SIR",
                data=paths("data/a.csv", "data"),
                data_digests={BundlePath("c.csv"): A},
                code=paths("src"),
                declared=None,
            )
        },
        targets={
            "t": TargetEntry(
                entrypoint=Entrypoint("t:f"),
                path=BundlePath("t.py"),
                declared=None,
            )
        },
        target_sets={
            "empty": TargetSet(),
            "s": TargetSet(("t",), {"t": 1.0, "v": 0.001, "w": 0.5}),
        },
    )


def test_a_backslash_is_part_of_a_name_from_version_1_1_on() -> None:
    document = "version: '%s'\nsource_roots: ['a\\b']\n"
    assert decode((document % "1.0").encode()).source_roots == ("a/b",)
    assert decode((document % "1.1").encode()).source_roots == ("a\\b",)


@pytest.mark.parametrize("written", ["1.1", "'1.1'", '"1.1"', "1.10", "1", "1.9"])
def test_a_version_may_be_a_number(written: str) -> None:
    assert decode(f"version: {written}\n".encode()).version == written.strip("'\"")


@pytest.mark.parametrize(
    ("fields", "declared"),
    [
        ("", None),
        ("symbol_digest: v1:$A", Declared()),
        ("behavior_digest: v1:$A", Declared()),
        ("symbol_digest: null", None),
        ("declared: {}", Declared()),
        ("declared: {data: [x.csv]}", Declared(data=paths("x.csv"))),
        ("declared: null", None),
    ],
)
def test_what_was_declared_is_known_if_this_program_wrote_the_entry(
    fields: str, declared: Declared | None
) -> None:
    content = text(f"""
        models:
          a:
            entrypoint: m:A
            path: m.py
            {fields}
        """)
    assert decode(content.encode()).models["a"].declared == declared


@pytest.mark.parametrize(
    ("content", "line", "column", "said"),
    [
        (b"models: ]\n", 1, 9, "not YAML"),
        (b"a: b\n\tc: d\n", 2, 1, "not YAML"),
        (b"version: '1.1'\nmodels:\n  a: {}\n  a: {}\n", 4, 3, "duplicate key 'a'"),
        (b"x:\n  deep: 1\n  'deep': 2\n", 3, 3, "duplicate key 'deep'"),
        (b"- models\n", 1, 1, "expected a mapping, found a list"),
        (b"models\n", 1, 1, "expected a mapping, found text 'models'"),
        (b"a: b\n---\nc: d\n", 2, 1, "a second document"),
        (b"models:\n  a: b\n", 2, 6, "expected a mapping, found text 'b'"),
        (b"models:\n  a:\n", 2, 3, "the entry is empty"),
        (b"models:\n  a: {path: x.py}\n", 2, 3, "no 'entrypoint'"),
        (b"models:\n  a: {entrypoint: 'm:A'}\n", 2, 3, "no 'path'"),
        (b"models:\n  1: {}\n", 2, 3, "expected text, found the number '1'; put it in quotes"),
        (b"models:\n  yes: {}\n", 2, 3, "found the boolean 'yes'; put it in quotes"),
        (b"models:\n  [a]: {}\n", 2, 3, "expected text, found a list"),
        (b"models: 3\n", 1, 9, "expected a mapping, found the number '3'"),
        (b"excluded: a:b\n", 1, 11, "expected a list, found text 'a:b'"),
        (b"excluded: [a]\n", 1, 12, "not an entrypoint"),
        (b"source_roots: [2020-01-01]\n", 1, 16, "found a timestamp '2020-01-01'"),
        (b"source_roots: [src, ../x]\n", 1, 21, "path leaves the project: '../x'"),
        (b"source_roots: [/x]\n", 1, 16, "absolute path: '/x'"),
        (b"source_roots: ['C:\\x']\n", 1, 16, "absolute path"),
        (b"environment: {/etc/passwd: x}\n", 1, 15, "absolute path"),
        (b"environment: {a: x, ./a: y}\n", 1, 21, "duplicate key './a'"),
        (b"target_sets: {s: {weights: {t: heavy}}}\n", 1, 32, "expected a number, found text"),
        (b"target_sets: {s: {weights: {t: yes}}}\n", 1, 32, "expected a number, found the boolean"),
        (b"target_sets: {s: {weights: {t: [1]}}}\n", 1, 32, "expected a number, found a list"),
        (b"version: '2.0'\n", 1, 10, "format version 2.0 is newer"),
        (b"version: one\n", 1, 10, "expected a version such as '1.1', found text 'one'"),
        (b"a: \xff\n", 1, 4, "not UTF-8"),
        (b"\xef\xbb\xbfa: b\nc: \xff\n", 2, 4, "not UTF-8"),
        (b"a: b\nc: \x00\n", 2, 4, "is not allowed"),
        (b"models: *x\n", 1, 9, "alias *x is not defined"),
        (b"models: {<<: 3}\n", 1, 14, "'<<' needs a mapping"),
    ],
)
def test_an_unreadable_document_is_refused_with_its_place(
    content: bytes, line: int, column: int, said: str
) -> None:
    with pytest.raises(RegistryError) as caught:
        decode(content, name="registry.yaml")
    error = caught.value
    assert said in error.message
    assert (error.line, error.column) == (line, column)
    assert error.message.startswith(f"registry.yaml:{line}:{column}: ")
    assert error.exit_code == 2


def test_a_newer_version_says_what_to_do() -> None:
    with pytest.raises(RegistryError) as caught:
        decode(b"version: 2.0\n")
    assert caught.value.hint == "upgrade modelops-bundle"


# New documents


SAMPLE = BundleRegistry(
    models={
        "sir_starsimsir": ModelEntry(
            entrypoint=Entrypoint("models.sir:StarsimSIR"),
            path=BundlePath("models/sir.py"),
            class_name="StarsimSIR",
            scenarios=("baseline", "lockdown"),
            outputs=("incidence",),
            data=paths("data/demographics.csv"),
            data_digests={BundlePath("data/demographics.csv"): A},
            code=paths("models/network.py"),
            code_digests={BundlePath("models/network.py"): B},
            source_digest=A,
            symbol_digest=SEMANTIC,
            behavior_digest=SEMANTIC,
            declared=Declared(data=paths("data/demographics.csv")),
        )
    },
    targets={
        "yes": TargetEntry(
            entrypoint=Entrypoint("targets.incidence:incidence_target"),
            path=BundlePath("targets/incidence.py"),
        )
    },
    target_sets={"fit": TargetSet(("yes",), {"yes": 1.0})},
    excluded=(Entrypoint("models.sir:DebugSIR"),),
    environment={BundlePath("pyproject.toml"): A},
)


def test_a_new_document_is_in_block_style_with_each_digest_on_its_line() -> None:
    assert new_document(SAMPLE).decode() == text("""
        version: '1.1'
        models:
          sir_starsimsir:
            entrypoint: models.sir:StarsimSIR
            path: models/sir.py
            class_name: StarsimSIR
            scenarios:
              - baseline
              - lockdown
            outputs:
              - incidence
            data:
              - data/demographics.csv
            data_digests:
              data/demographics.csv: $A
            code:
              - models/network.py
            code_digests:
              models/network.py: $B
            model_digest: $A
            symbol_digest: v1:$A
            behavior_digest: v1:$A
            declared:
              data:
                - data/demographics.csv
        targets:
          'yes':
            path: targets/incidence.py
            entrypoint: targets.incidence:incidence_target
            model_output: ''
            declared: {}
        target_sets:
          fit:
            targets:
              - 'yes'
            weights:
              'yes': 1.0
        excluded:
          - models.sir:DebugSIR
        source_roots:
          - .
        environment:
          pyproject.toml: $A
        """)


def test_a_new_document_of_an_empty_registry_reads_back() -> None:
    assert new_document(BundleRegistry()) == (
        b"version: '1.1'\nmodels: {}\ntargets: {}\nsource_roots:\n  - .\n"
    )


@pytest.mark.parametrize("registry", [SAMPLE, BundleRegistry(), replace(SAMPLE, targets={})])
def test_a_reader_of_version_1_0_finds_what_it_needs(registry: BundleRegistry) -> None:
    """The shape that the existing tool's reader takes: keys it indexes, types it insists on."""
    document = yaml.safe_load(new_document(registry))
    assert isinstance(document.get("version", "1.0"), str)
    for entry in document.get("models", {}).values():
        assert {type(entry[key]) for key in ("entrypoint", "path", "class_name")} == {str}
    for entry in document.get("targets", {}).values():
        assert {type(entry[key]) for key in ("entrypoint", "path", "model_output")} == {str}
    for section in ("models", "targets", "target_sets"):
        for entry in document.get(section, {}).values():
            for key in ("scenarios", "parameters", "outputs", "data", "code", "targets"):
                assert all(isinstance(item, str) for item in entry.get(key, []))
            for key in ("data_digests", "code_digests"):
                items = entry.get(key, {}).items()
                assert all(isinstance(k, str) and isinstance(v, str) for k, v in items)
            assert all(isinstance(w, float) for w in entry.get("weights", {}).values())


def test_what_no_document_can_hold_is_not_written() -> None:
    registry = replace(SAMPLE, excluded=(Entrypoint("m:\ud800"),))
    for attempt in (lambda: new_document(registry), lambda: edit(b"version: '1.1'\n", registry)):
        with pytest.raises(RegistryError, match="surrogate") as caught:
            attempt()
        assert caught.value.not_done == "registry.yaml was not written"


# Editing

ONE = """
    version: '1.1'
    models:
      a:
        entrypoint: m:A
        path: m.py
        class_name: A
    """


def test_facts_change_where_they_stand() -> None:
    check(
        """
        # Our bundle. Ask Ann before you touch it.
        version: "1.1"   # format
        owner: ann       # unknown to the tool

        models:
          # The main model.
          a:  # see paper
            path: 'm.py'          # where
            entrypoint: "m:A"     # what
            outputs: [ incidence,prevalence ]  # all
            model_digest: $A  # do not edit
            note: {kept: [as, it, is]}
        """,
        model(
            path=BundlePath("models/m.py"),
            entrypoint=Entrypoint("models.m:A"),
            outputs=("prevalence", "deaths"),
            source_digest=B,
        ),
        """
        # Our bundle. Ask Ann before you touch it.
        version: "1.1"   # format
        owner: ann       # unknown to the tool

        models:
          # The main model.
          a:  # see paper
            path: 'models/m.py'          # where
            entrypoint: "models.m:A"     # what
            class_name: A
            outputs: [ prevalence, deaths ]  # all
            model_digest: $B  # do not edit
            note: {kept: [as, it, is]}
        """,
    )


def test_an_entry_goes_with_its_comments_and_no_others() -> None:
    check(
        """
        models:
          # All our models.

          # The first one.
          # It is old.
          a:
            entrypoint: m:A  # here
            # inside
            path: m.py
            # the end of it

          # The second one.
          b: {entrypoint: 'm:B', path: m.py}
        """,
        without("a"),
        """
        models:
          # All our models.


          # The second one.
          b: {entrypoint: 'm:B', path: m.py}
        """,
    )


def test_a_new_entry_comes_after_the_comments_of_the_last_one() -> None:
    check(
        ONE.rstrip()
        + """
        # still about a
    # about targets
    targets: {}
    """,
        lambda r: replace(r, models={**r.models, "b": replace(r.models["a"], class_name="B")}),
        ONE.rstrip()
        + """
        # still about a
      b:
        entrypoint: m:A
        path: m.py
        class_name: B
    # about targets
    targets: {}
    """,
    )


def test_a_renamed_entry_keeps_its_place_its_comments_and_its_sets() -> None:
    check(
        """
        targets:
          # about t
          t: # mine
            entrypoint: m:t
            path: m.py
            note: kept
          'u': {entrypoint: 'm:u', path: m.py}
        target_sets:
          s:
            targets:
              # first
              - "t" # one
              - u
            weights: {t: 2}
        """,
        lambda r: replace(
            r,
            targets={"n": r.targets["t"], "u": r.targets["u"]},
            target_sets={"s": TargetSet(("n", "u"), {"n": 2.0})},
        ),
        """
        targets:
          # about t
          'n': # mine
            entrypoint: m:t
            path: m.py
            note: kept
          'u': {entrypoint: 'm:u', path: m.py}
        target_sets:
          s:
            targets:
              # first
              - "n" # one
              - u
            weights: {'n': 2}
        """,
        {EntryKey(Kind.TARGET, "t"): "n"},
    )


def test_two_entries_may_swap_their_ids() -> None:
    check(
        """
        targets:
          t: {entrypoint: 'm:t', path: t.py}  # first
          u: {entrypoint: 'm:u', path: u.py}  # second
        """,
        lambda r: replace(r, targets={"u": r.targets["t"], "t": r.targets["u"]}),
        """
        targets:
          u: {entrypoint: 'm:t', path: t.py}  # first
          t: {entrypoint: 'm:u', path: u.py}  # second
        """,
        {EntryKey(Kind.TARGET, "t"): "u", EntryKey(Kind.TARGET, "u"): "t"},
    )


def test_a_version_1_0_document_is_upgraded_in_place() -> None:
    check(
        """
        version: 1.0  # a number
        models:
          a:
            entrypoint: m:A
            path: m.py
            class_name: A
            scenarios:
            - baseline
            outputs: []
            data:
            - data\\x.csv  # theirs
            data_digests:
              data\\x.csv: $A  # theirs too
            code: []
            model_digest: null
        targets: {}
        """,
        both(
            upgraded,
            model(outputs=("incidence",), code=paths("net.py"), source_digest=A),
        ),
        """
        version: '1.1'  # a number
        models:
          a:
            entrypoint: m:A
            path: m.py
            class_name: A
            scenarios:
            - baseline
            outputs:
            - incidence
            data:
            - data/x.csv  # theirs
            data_digests:
              data/x.csv: $A  # theirs too
            code:
            - net.py
            model_digest: $A
        targets: {}
        """,
    )


def test_a_missing_version_is_written_at_the_top() -> None:
    check("models: {}\n", upgraded, "version: '1.1'\nmodels: {}\n")


def test_empty_sections_are_filled_where_they_stand() -> None:
    entry = ModelEntry(
        entrypoint=Entrypoint("m:A"), path=BundlePath("m.py"), class_name="A", declared=None
    )
    for written, left in (
        ("", ""), (" {}", ""), (" null", ""), (" ~  # none", "  # none"), ("  # none", "  # none"),
    ):  # fmt: skip
        check(
            f"version: '1.1'\nmodels:{written}\ntargets: {{}}\n",
            lambda r: replace(r, models={"a": entry}),
            f"version: '1.1'\nmodels:{left}\n  a:\n    entrypoint: m:A\n    path: m.py\n"
            "    class_name: A\ntargets: {}\n",
        )


def test_a_section_that_empties_is_not_left_null() -> None:
    check(
        """
        version: '1.1'
        models:  # ours
          # gone
          a: {entrypoint: 'm:A', path: m.py}
        excluded: &x
        - a:b
        source_roots: [src]  # where
        """,
        both(without("a"), excluding(), lambda r: replace(r, source_roots=(ROOT,))),
        """
        version: '1.1'
        models: {}  # ours
        excluded: &x []
        source_roots: [.]  # where
        """,
    )


def test_missing_sections_take_their_place_in_the_order_of_the_format() -> None:
    check(
        """
        version: '1.1'
        environment: {}
        models: {}
        """,
        lambda r: replace(
            excluding("a:b")(r),
            target_sets={"s": TargetSet()},
            environment={BundlePath("uv.lock"): A},
        ),
        """
        version: '1.1'
        environment:
          uv.lock: $A
        models: {}
        target_sets:
          s:
            targets: []
        excluded:
          - a:b
        """,
    )


@pytest.mark.parametrize(
    ("before", "outputs", "after"),
    [
        ("[a, b, c]", "ac", "[a, c]"),
        ("[a, b, c]", "c", "[c]"),
        ("[a, b, c]", "a", "[a]"),
        ("[a, b, c,]", "ab", "[a, b,]"),
        ("[a, b, c,]", "abcd", "[a, b, c, d,]"),
        ("[a, b]", "", "[]"),
        ("[ a , b ]", "bd", "[ b, d ]"),
        ("['a', 'b']", "abc", "['a', 'b', 'c']"),
        ('["a"]', "ab", '["a", "b"]'),
        ("[a, b]", "ba", "[b, a]"),
        ("[a, c]", "abc", "[a, b, c]"),
        ("[b]", "ab", "[a, b]"),
        ("[a]", "b", "[b]"),
        ("!!seq [a]", "ab", "!!seq [a, b]"),
        ("&x [a]", "ab", "&x [a, b]"),
        ("[a, null, b]", "b", "[null, b]"),
    ],
)
def test_flow_lists_stay_flow_lists(before: str, outputs: str, after: str) -> None:
    head = ONE.rstrip() + "\n        outputs: "
    check(f"{head}{before}  # note\n", model(outputs=tuple(outputs)), f"{head}{after}  # note\n")


def test_a_long_flow_list_keeps_its_comments() -> None:
    before = """
        excluded: [
          # about a
          m:a,  # a
          m:b,
          # about c
          m:c  # c
        ]
        """
    check(
        f"version: '1.1'\n{dedent(before).lstrip()}",
        excluding("m:b", "m:c", "m:d"),
        """
        version: '1.1'
        excluded: [
          m:b,
          # about c
          m:c,  # c
          'm:d'
        ]
        """,
    )


def test_a_flow_list_that_outgrows_its_line_goes_to_block_style() -> None:
    names = tuple(f"output_number_{n}" for n in range(6))
    head = ONE.rstrip() + "\n        outputs:"
    block = "".join(f"\n          - {name}" for name in names)
    check(
        f"{head} [{', '.join(names[:4])}]  # all\n",
        model(outputs=names),
        f"{head}  # all{block}\n",
    )


def test_json_stays_readable() -> None:
    check(
        """
        {
          "version": "1.1",
          "models": {
            "a": {
              "entrypoint": "m:A",
              "path": "m.py",
              "class_name": "A",
              "outputs": [
                "x"
              ]
            }
          }
        }
        """,
        both(model(outputs=("x", "y")), excluding("m:B")),
        """
        {
          "version": "1.1",
          "models": {
            "a": {
              "entrypoint": "m:A",
              "path": "m.py",
              "class_name": "A",
              "outputs": [
                "x",
                "y"
              ]
            }
          },
          "excluded": ['m:B']
        }
        """,
    )


def test_scalars_over_several_lines_become_one() -> None:
    check(
        """
        models:
          a:
            entrypoint: >-
              m:A
            path: |-
              m.py
            class_name: 'A'
            note: |+
              two


          # about b
          b: {entrypoint: 'm:B', path: b.py}
        """,
        both(
            model(path=BundlePath("z.py"), entrypoint=Entrypoint("z:A"), source_digest=A),
            excluding("m:Z"),
        ),
        """
        models:
          a:
            entrypoint: z:A
            path: z.py
            class_name: 'A'
            model_digest: $A
            note: |+
              two


          # about b
          b: {entrypoint: 'm:B', path: b.py}
        excluded:
          - m:Z
        """,
    )


def test_explicit_keys_as_long_paths_have_them() -> None:
    long = "data/" + "x" * 200 + ".csv"
    check(
        f"""
        models:
          ? a
          : entrypoint: m:A
            path: m.py
            class_name: A
            data_digests:
              ? {long}
              : $A
              # gone
              ? gone.csv
              : $A
        """,
        model(data_digests={BundlePath(long): B, BundlePath("new.csv"): A}),
        f"""
        models:
          ? a
          : entrypoint: m:A
            path: m.py
            class_name: A
            data_digests:
              ? {long}
              : $B
              new.csv: $A
        """,
    )


def test_digest_that_is_no_longer_known_leaves_its_comment() -> None:
    head = ONE.rstrip()
    check(
        f"{head}\n        model_digest: $A  # note\n",
        model(source_digest=None),
        f"{head}\n        model_digest: null  # note\n",
    )


def test_unset_weights_are_not_filled_in_and_odd_ones_stay() -> None:
    check(
        """
        target_sets:
          s: {targets: [a, b], weights: {a: 1, b: .nan}, color: red}
        """,
        lambda r: replace(
            r, target_sets={"s": TargetSet(("a", "b", "c"), {"a": 1.0, "b": float("nan")})}
        ),
        """
        target_sets:
          s: {targets: [a, b, c], weights: {a: 1, b: .nan}, color: red}
        """,
    )


# Anchors, aliases, merge keys


def test_an_alias_that_must_differ_is_written_out() -> None:
    check(
        f"version: '1.1'\nshared: &c [x.py, y.py]\n{text(ONE).partition(chr(10))[2]}    code: *c\n",
        model(code=paths("x.py")),
        f"version: '1.1'\nshared: &c [x.py, y.py]\n{text(ONE).partition(chr(10))[2]}"
        "    code:\n      - x.py\n",
    )


def test_what_an_anchor_says_may_change_without_its_aliases() -> None:
    check(
        """
        models:
          a: {entrypoint: 'm:A', path: m.py, class_name: A, code: &c [x.py, y.py]}
          b: {entrypoint: 'm:B', path: m.py, class_name: B, code: *c}
        """,
        model(code=paths("x.py", "z.py")),
        """
        models:
          a: {entrypoint: 'm:A', path: m.py, class_name: A, code: &c [x.py, z.py]}
          b: {entrypoint: 'm:B', path: m.py, class_name: B, code: [x.py, y.py]}
        """,
    )


def test_an_alias_outlives_the_entry_with_its_anchor() -> None:
    check(
        """
        models:
          a: {entrypoint: 'm:A', path: m.py, code: &c [x.py]}
          b: {entrypoint: 'm:B', path: m.py, code: *c}
        """,
        without("a"),
        """
        models:
          b: {entrypoint: 'm:B', path: m.py, code: [x.py]}
        """,
    )


def test_a_merged_field_is_overridden_in_the_entry() -> None:
    check(
        """
        shared: &d {class_name: A, outputs: [i], model_digest: $A}
        models:
          a:
            <<: *d
            entrypoint: m:A
            path: m.py
        """,
        model(outputs=("i", "p"), source_digest=None),
        """
        shared: &d {class_name: A, outputs: [i], model_digest: $A}
        models:
          a:
            <<: *d
            entrypoint: m:A
            path: m.py
            outputs:
              - i
              - p
            model_digest: null
        """,
    )


def test_an_entry_that_is_an_alias_becomes_a_merge() -> None:
    check(
        """
        models:
          a: &a {entrypoint: 'm:A', path: m.py, class_name: A, note: kept}
          b: *a
        """,
        lambda r: replace(r, models={**r.models, "b": replace(r.models["b"], outputs=("q",))}),
        """
        models:
          a: &a {entrypoint: 'm:A', path: m.py, class_name: A, note: kept}
          b: {<<: *a, outputs: [q]}
        """,
    )


@pytest.mark.parametrize(
    ("before", "change"),
    [
        # An unknown key would change its meaning with the anchor.
        (ONE.rstrip() + "\n        code: &c [x.py]\n    mine: *c\n", model(code=paths("y.py"))),
        # An unknown key would be lost with its anchor.
        (ONE.rstrip() + "\n        note: &c [x.py]\n    mine: *c\n", without("a")),
        # A section that stands elsewhere.
        ("x: &m {a: {entrypoint: 'm:A', path: m.py}}\nmodels: *m\n", without("a")),
        ("x: &m {a: {entrypoint: 'm:A', path: m.py}}\nmodels: {<<: *m}\n", without("a")),
        ("x: &m {models: {a: {entrypoint: 'm:A', path: m.py}}}\n<<: *m\n", without("a")),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(before: str, change: Change) -> None:
    content = text(before).encode()
    with pytest.raises(RegistryError) as caught:
        edit(content, change(decode(content)))
    assert caught.value.not_done == "registry.yaml was not written"
    assert caught.value.hint


# Encodings


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_breaks_and_byte_order_mark_survive(newline: str, bom: bytes) -> None:
    before = bom + text(ONE).replace("\n", newline).encode()
    after = edit(before, model(outputs=("x",))(decode(before)))
    added = "    outputs:\n      - x\n"
    assert after == bom + (text(ONE) + added).replace("\n", newline).encode()


def test_the_last_line_may_lack_its_break() -> None:
    check(
        ONE.rstrip() + "\n        outputs: [a]",
        model(outputs=("a", "b"), code=paths("c.py")),
        ONE.rstrip() + "\n        outputs: [a, b]\n        code:\n          - c.py\n",
    )


@pytest.mark.parametrize(
    ("before", "head", "tail"),
    [
        ("", "", ""),
        ("# only\n# this\n", "# only\n# this\n", ""),
        ("---\n# this\n...\n", "---\n# this\n", "...\n"),
        ("--- ~ # c\n", "---  # c\n", ""),
    ],
)
def test_a_document_without_content_keeps_its_comments(before: str, head: str, tail: str) -> None:
    body = new_document(SAMPLE).decode()
    assert edit(before.encode(), SAMPLE).decode() == head + body + tail


def test_a_merge_in_a_digest_map_is_given_up_where_it_brings_too_much() -> None:
    check(
        """
        shared: &d {a.csv: '$A', b.csv: '$A'}
        environment: {<<: *d, c.csv: '$A'}  # note
        """,
        lambda r: replace(r, environment={BundlePath("a.csv"): A, BundlePath("c.csv"): B}),
        """
        shared: &d {a.csv: '$A', b.csv: '$A'}
        environment:  # note
          a.csv: $A
          c.csv: $B
        """,
    )


def test_a_merge_in_a_digest_map_stays_where_it_can() -> None:
    check(
        """
        shared: &d {a.csv: '$A', b.csv: '$A'}
        environment: {<<: *d, c.csv: '$A'}
        """,
        lambda r: replace(
            r, environment={BundlePath("a.csv"): A, BundlePath("b.csv"): B, BundlePath("c.csv"): B}
        ),
        """
        shared: &d {a.csv: '$A', b.csv: '$A'}
        environment: {<<: *d, c.csv: '$B', b.csv: '$B'}
        """,
    )
