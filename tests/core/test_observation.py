"""The chain of imports that leads to a file of a closure."""

from __future__ import annotations

from modelops_bundle.core.observation import LEFT_OUT, LONGEST_CHAIN, Closure
from modelops_bundle.core.paths import BundlePath


def row(length: int) -> tuple[Closure, list[BundlePath]]:
    """Files that import one another in a row."""
    files = [BundlePath(f"m{number:05}.py") for number in range(length)]
    via = dict(zip(files[1:], files, strict=False))
    return Closure(path=files[0], files=tuple(files[1:]), via=via), files


def test_a_chain_leads_from_the_modules_own_file() -> None:
    closure, files = row(5)
    assert closure.chain(files[3]) == tuple(files[:4])
    assert closure.chain(files[0]) == (files[0],)


def test_the_middle_of_a_very_long_chain_is_left_out() -> None:
    closure, files = row(10_000)
    chain = closure.chain(files[-1])
    assert len(chain) == LONGEST_CHAIN
    assert chain[:2] == (files[0], LEFT_OUT)
    assert chain[2:] == tuple(files[-(LONGEST_CHAIN - 2) :])
    # What all chains of a closure hold grows with the number of files, not with its square.
    assert sum(len(closure.chain(file)) for file in files) <= LONGEST_CHAIN * len(files)


def test_a_chain_that_just_fits_is_whole() -> None:
    closure, files = row(LONGEST_CHAIN + 1)
    assert closure.chain(files[-2]) == tuple(files[:-1])
    assert closure.chain(files[-1]) == (files[0], LEFT_OUT, *files[3:])
