"""A cache for people."""

from __future__ import annotations

from modelops_bundle.cli.render.cache import (
    render_cache_info,
    render_cache_prune,
    render_cache_verify,
)
from modelops_bundle.core.cache import KeptBlob, KeptBundle
from modelops_bundle.core.digest import Digest
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.operations.cache_care import Holdings, Pruned, Verified
from modelops_bundle.operations.cache_documents import (
    cache_info_document,
    cache_prune_document,
    cache_verify_document,
)
from support.golden import assert_golden


def bundle(name: str, size_bytes: int, idle_s: float, *, in_use: bool = False) -> KeptBundle:
    return KeptBundle(
        digest=Digest.of_bytes(name.encode()),
        size_bytes=size_bytes,
        files=1 if size_bytes < 100 else 2000,
        idle_s=idle_s,
        in_use=in_use,
        blobs=frozenset(),
    )


OLD = bundle("old", 3_000_000_000, 9 * 86_400.0)
USED = bundle("used", 1_500_000, 7_300.0, in_use=True)
NEW = bundle("new", 42, 5.0)
BLOBS = tuple(KeptBlob(Digest.of_bytes(bytes([n])), 1_000_000, 10.0) for n in range(3))
HOLDINGS = Holdings(
    folder="/var/cache/worker",
    bundles=(OLD, USED, NEW),
    blobs=BLOBS,
    unfinished=(Digest.of_bytes(b"half"),),
)
EMPTY = Holdings(folder="/var/cache/worker", bundles=(), blobs=(), unfinished=())


def text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def test_what_a_cache_holds() -> None:
    shown = text(render_cache_info(cache_info_document(HOLDINGS), 80))
    assert_golden("cache-info-80.txt", shown)
    assert render_cache_info(cache_info_document(EMPTY), 80) == [
        "/var/cache/worker",
        "",
        "0 bundles, 0 blobs of 0 B: 0 B in all.",
    ]


def test_what_was_freed() -> None:
    pruned = Pruned(before=HOLDINGS, removed=(OLD,), dropped=BLOBS[:1], freed_bytes=3_001_000_000)
    shown = text(render_cache_prune(cache_prune_document(pruned, dry_run=False), 80))
    assert_golden("cache-prune-80.txt", shown)
    nothing = Pruned(before=EMPTY, removed=(), dropped=(), freed_bytes=0)
    document = cache_prune_document(nothing, dry_run=True)
    assert render_cache_prune(document, 80) == ["Would free 0 B; 0 B left."]


def test_what_reading_back_has_shown() -> None:
    sound = Verified(folder="/c", bundles=2, blobs=5, damaged=(), dropped=())
    assert render_cache_verify(cache_verify_document(sound), 80) == [
        "2 bundles and 5 blobs read back; all are sound."
    ]
    damaged = Verified(
        folder="/c",
        bundles=1,
        blobs=5,
        damaged=((OLD.digest, (BundlePath("models/sir.py"), BundlePath("wire.py"))),),
        dropped=(BLOBS[0].digest,),
        strangers=((OLD.digest, ("models/random.py",)),),
    )
    shown = text(render_cache_verify(cache_verify_document(damaged), 80))
    assert_golden("cache-verify-80.txt", shown)
