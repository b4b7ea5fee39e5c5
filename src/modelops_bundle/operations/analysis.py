"""The analysis of a project: from the cache, or worked out on all processors."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from modelops_bundle import __version__
from modelops_bundle.analysis.memo import decode_analysis, encode_analysis
from modelops_bundle.analysis.opaque import holds_for
from modelops_bundle.analysis.outcome import Analysis, AnalysisRequest
from modelops_bundle.core.digest import digest_of_fields
from modelops_bundle.core.paths import BundlePath
from modelops_bundle.operations.file_memo import FileMemo
from modelops_bundle.workspace.project import Project
from modelops_bundle.workspace.result_cache import ResultCache
from modelops_bundle.workspace.scan import Scan

#: How many objects may come into being before Python looks for circles among them: the syntax
#: trees of a few megabytes of source. By default it looks hundreds of times for each.
_COLLECTED_OBJECTS = 1_000_000


def analysed(project: Project, looked: Scan, request: AnalysisRequest) -> Analysis:
    """The analysis, from the cache if neither code nor names nor the question have changed.

    Nor any other file that a closure holds: which those are, only the analysis says.
    """
    cache = ResultCache(project)
    key = digest_of_fields(
        "analysis",
        __version__,
        sys.version,
        looked.code_key(),
        looked.names_key(),
        repr(request),
    )
    cached = cache.get("analysis", key)
    if cached is not None:
        known = decode_analysis(cached)
        if known is not None and holds_for(known.closures.values(), looked):
            return known
    # What is remembered is used without loading what analyses: a quarter of a command's start.
    from modelops_bundle.analysis.project import analyse

    memo = FileMemo(cache)
    with _COLLECTOR.seldom():
        analysis = analyse(looked, request, memo, _extract)
    memo.save()
    cache.put("analysis", key, encode_analysis(analysis))
    return analysis


def _extract(
    sources: Sequence[tuple[BundlePath, bytes]],
    here: Callable[[tuple[BundlePath, bytes]], bytes | None],
    kept: Sequence[int],
) -> list[bytes | None]:
    """The encoded facts of many files; none where that would only lose their syntax trees."""
    from modelops_bundle.workspace.workers import in_processes, processes_for

    sizes = [len(content) for _, content in sources]
    if processes_for(sizes) < 2:
        return [None] * len(sources)
    return in_processes(_encoded, sources, sizes, here, kept)


def _encoded(source: tuple[BundlePath, bytes]) -> bytes | None:
    from modelops_bundle.analysis.facts_memo import encoded_facts

    return encoded_facts(*source)


class _Collector:
    """How often Python looks for circles: one setting of the process, whatever its threads do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._before = (0, 0, 0)

    @contextmanager
    def seldom(self) -> Iterator[None]:
        """Syntax trees hold no circles: looking for some costs a quarter of the time for nothing.

        What is left of them at the end is not looked at as if it were new either, but when all is.
        """
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._before = gc.get_threshold()
                if self._before[0]:
                    most = max(self._before[0], _COLLECTED_OBJECTS)
                    gc.set_threshold(most, *self._before[1:])
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    if self._before[0] and not gc.get_freeze_count():
                        gc.freeze()
                        gc.unfreeze()
                    gc.set_threshold(*self._before)


_COLLECTOR = _Collector()
