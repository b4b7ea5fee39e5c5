"""Differences, as people see them."""

from __future__ import annotations

from dataclasses import replace

from modelops_bundle.cli.render.diff import render_diff
from modelops_bundle.core.digest import SemanticDigest
from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.operations.diff import Side, diff
from modelops_bundle.operations.transfer_documents import diff_document
from support.bundles import digest_of
from support.golden import assert_golden
from support.registries import model, registry, target, target_set


def behaving(number: int) -> SemanticDigest:
    return SemanticDigest("v1:sha256:" + str(number) * 64)


def test_entries_then_files_then_what_it_means() -> None:
    sir = replace(model("StarsimSIR", outputs=("incidence",)), behavior_digest=behaving(1))
    curve = replace(target("incidence_target"), behavior_digest=behaving(2))
    annealed = replace(target("annealed"), symbol_digest=behaving(7), behavior_digest=behaving(3))
    old = registry(
        {"sir": sir},
        {"incidence": curve, "annealed": annealed, "gone": target("gone")},
        target_sets={"fit": target_set("incidence")},
    )
    new = registry(
        {"sir": replace(sir, outputs=("incidence", "deaths"), behavior_digest=behaving(4))},
        {
            "incidence": replace(curve, entrypoint=Entrypoint("targets.incidence:by_week")),
            "smooth": annealed,
            "fresh": replace(target("fresh"), behavior_digest=None),
        },
        target_sets={"fit": target_set("incidence", "fresh")},
    )
    new = replace(new, environment={BundlePath("uv.lock"): digest_of(b"1")})
    files = {BundlePath("a.py"): digest_of(b"1"), BundlePath("old.py"): digest_of(b"2")}
    now = {BundlePath("a.py"): digest_of(b"3"), BundlePath("new.py"): digest_of(b"4")}
    difference = diff(
        Side(label="v1", digest=digest_of(b"v1"), registry=old, files=files),
        Side(label="working tree", digest=None, registry=new, files=now),
    )
    shown = render_diff(diff_document(difference), 80)
    assert_golden("diff-80.txt", "".join(line + "\n" for line in shown))


def test_equal_sides() -> None:
    side = Side(label="v1", digest=digest_of(b"v1"), registry=registry({}, {}), files={})
    assert render_diff(diff_document(diff(side, side)), 80)[-1] == "No difference."
