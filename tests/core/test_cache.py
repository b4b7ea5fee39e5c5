"""What may go from a cache, and what never does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.core.cache import CacheLimits, KeptBlob, KeptBundle, plan_prune
from modelops_bundle.core.digest import Digest


def digest(name: str) -> Digest:
    return Digest.of_bytes(name.encode())


def bundle(name: str, *blobs: str, idle_s: float = 0, in_use: bool = False) -> KeptBundle:
    return KeptBundle(
        digest=digest(name),
        size_bytes=10 * len(blobs),
        files=len(blobs),
        idle_s=idle_s,
        in_use=in_use,
        blobs=frozenset(map(digest, blobs)),
    )


def blobs(**idle_s: float) -> list[KeptBlob]:
    return [KeptBlob(digest(name), 10, idle) for name, idle in idle_s.items()]


def test_without_limits_nothing_goes() -> None:
    plan = plan_prune([bundle("one", "a", idle_s=99)], blobs(a=99, b=99), CacheLimits())
    assert plan.bundles == plan.blobs == ()


def test_what_nobody_used_for_long_goes_and_what_it_was_made_of() -> None:
    old, new = bundle("old", "a", "b", idle_s=9), bundle("new", "b", "c", idle_s=1)
    plan = plan_prune([new, old], blobs(a=9, b=9, c=9), CacheLimits(max_idle_s=5))
    assert plan.bundles == (old,)
    assert [blob.digest for blob in plan.blobs] == [digest("a")]
    assert plan.size_bytes == 30


def test_a_content_that_was_just_stored_stays_for_the_bundle_that_is_being_made() -> None:
    assert plan_prune([], blobs(a=1), CacheLimits(max_idle_s=5)).blobs == ()


def test_what_is_in_use_stays_whatever_the_limits_are() -> None:
    used = bundle("used", "a", idle_s=99, in_use=True)
    plan = plan_prune([used], blobs(a=99), CacheLimits(max_idle_s=1, max_size_bytes=0))
    assert plan.bundles == plan.blobs == ()


def test_the_longest_unused_goes_first_and_no_more_than_it_takes() -> None:
    bundles = [bundle(name, name, idle_s=age) for name, age in (("a", 1), ("b", 3), ("c", 2))]
    plan = plan_prune(bundles, blobs(a=1, b=3, c=2, loose=0), CacheLimits(max_size_bytes=45))
    # 70 bytes: the content that no bundle needs, then b with its content.
    assert [found.digest for found in plan.blobs] == [digest("loose"), digest("b")]
    assert [found.digest for found in plan.bundles] == [digest("b")]


@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from("abcd"), min_size=1), st.integers(0, 9), st.booleans()),
        max_size=5,
    ),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9)),
    st.none() | st.integers(0, 150),
    st.none() | st.integers(0, 9),
)
def test_no_bundle_that_stays_loses_anything(
    made: list[tuple[set[str], int, bool]],
    stored: dict[str, int],
    max_size_bytes: int | None,
    max_idle_s: int | None,
) -> None:
    bundles = [
        bundle(str(number), *names, idle_s=idle_s, in_use=in_use)
        for number, (names, idle_s, in_use) in enumerate(made)
    ]
    kept_blobs = blobs(**stored)
    limits = CacheLimits(max_size_bytes=max_size_bytes, max_idle_s=max_idle_s)
    plan = plan_prune(bundles, kept_blobs, limits)
    assert len(set(plan.bundles)) == len(plan.bundles)
    assert len(set(plan.blobs)) == len(plan.blobs)
    left = [found for found in bundles if found not in plan.bundles]
    dropped = {blob.digest for blob in plan.blobs}
    assert not any(found.blobs & dropped for found in left)
    assert not any(found.in_use for found in plan.bundles)
    if max_idle_s is not None:
        assert not any(found.idle_s > max_idle_s and not found.in_use for found in left)
    size_bytes = sum(item.size_bytes for item in (*bundles, *kept_blobs)) - plan.size_bytes
    if max_size_bytes is not None and size_bytes > max_size_bytes:
        needed = {name for found in left for name in found.blobs}
        assert all(found.in_use for found in left)
        assert all(blob.digest in needed | dropped for blob in kept_blobs)
