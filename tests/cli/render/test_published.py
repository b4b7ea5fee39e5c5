"""What is published, as people see it."""

from __future__ import annotations

from pathlib import Path

from modelops_bundle.cli.render.published import (
    render_copy,
    render_delete,
    render_ensure,
    render_ensure_conflicts,
    render_inspect,
    render_tag,
    render_versions,
)
from modelops_bundle.codec.registry_yaml import new_document
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.core.provenance import Provenance
from modelops_bundle.core.transfer import Clash, Conflict, PullPlan, PullStep, immutable_tag
from modelops_bundle.operations.copying import Copied
from modelops_bundle.operations.inspection import inspect_bundle
from modelops_bundle.operations.materialise import Ensured
from modelops_bundle.operations.publish import Volume
from modelops_bundle.operations.published_documents import (
    copy_document,
    delete_document,
    ensure_document,
    inspect_document,
    tag_document,
    versions_document,
)
from modelops_bundle.operations.tagging import Deleted, Tagged
from modelops_bundle.operations.versions import Version
from modelops_bundle.storage.memory import MemoryRemote
from support.bundles import digest_of, put_bundle, state_of
from support.golden import assert_golden
from support.registries import model, registry, target, target_set

ONE, TWO = digest_of(b"1"), digest_of(b"2")
URL = "oci://registry.example/team/flu"


def text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def test_versions() -> None:
    versions = (
        Version(
            digest=ONE,
            tags=("latest", "v2", immutable_tag(ONE)),
            provenance=Provenance(
                created="2026-11-30T12:34:56Z",
                author="Ada Lovelace <ada@example.org>",
                commit="1a2b3c4d" * 5,
                dirty=True,
                tool="modelops-bundle 0",
            ),
        ),
        Version(digest=TWO, tags=(immutable_tag(TWO),)),
    )
    shown = text(render_versions(versions_document(URL, versions), 80))
    assert_golden("versions-80.txt", shown)


def test_a_bundle_in_full() -> None:
    record = registry(
        {"sir_starsimsir": model("StarsimSIR", outputs=("incidence",))},
        {"incidence_target": target("incidence_target")},
        target_sets={"fit": target_set("incidence_target")},
    )
    remote = MemoryRemote()
    contents = {
        ".modelops-bundle/registry.yaml": new_document(record),
        "models/sir.py": b"code\n",
        "data/observed.csv": b"1,2\n" * 5000,
    }
    put_bundle(remote, contents, "v1")
    document = inspect_document(inspect_bundle(remote, "v1"))
    for columns in (80, 120):
        assert_golden(f"inspect-{columns}.txt", text(render_inspect(document, columns)))


def test_a_bundle_without_entries() -> None:
    remote = MemoryRemote()
    put_bundle(remote, {"a.txt": b"1"}, "v1")
    shown = render_inspect(inspect_document(inspect_bundle(remote, "v1")), 80)
    assert shown[3] == "  no entries"
    assert shown[-1] == "1 file, 1 B (one blob each)."


def test_what_was_done() -> None:
    tagged = Tagged(url=URL, tag="prod", digest=TWO, before=ONE)
    copied = Copied(
        source_url="layout:store",
        url=URL,
        digest=ONE,
        tags=(immutable_tag(ONE), "v1"),
        copied=Volume(3, 4096),
        mounted=Volume(2, 10),
        reused=Volume(1, 2),
        external=Volume(1, 4000),
        containers=("s3://our-bundles",),
    )
    deleted = Deleted(url=URL, digest=ONE, tags=("v1", immutable_tag(ONE)))
    plan = PullPlan(
        write=(PullStep(path=BundlePath("a.py"), old=None, new=state_of("a.py", b"1")),),
        delete=(PullStep(path=BundlePath("old.py"), old=ONE, new=None),),
    )
    ensured = Ensured(
        url=URL, reference="v1", digest=ONE, folder=Path("run"), files=3, plan=plan,
        removed=("link",), backup=Path("run/backup"),
    )  # fmt: skip
    lines = [
        *render_tag(tag_document(tagged), 80),
        "",
        *render_copy(copy_document(copied), 80),
        "",
        *render_delete(delete_document(deleted), 80),
        "",
        *render_ensure(ensure_document(ensured), 80),
    ]
    assert_golden("published-80.txt", text(lines))


def test_what_stands_in_the_way() -> None:
    clashes = (
        Conflict(BundlePath("a.py"), Clash.UNTRACKED),
        Conflict(BundlePath("notes.txt"), Clash.EXTRA),
    )
    ensured = Ensured(
        url=URL, reference="v1", digest=ONE, folder=Path("run"), files=3,
        plan=PullPlan(conflicts=clashes),
    )  # fmt: skip
    assert_golden(
        "ensure-conflicts-80.txt", text(render_ensure_conflicts(ensure_document(ensured)))
    )
