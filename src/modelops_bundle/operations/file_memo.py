"""What earlier analyses found out about single files, kept together in one cached document."""

from __future__ import annotations

import json

from modelops_bundle.workspace.result_cache import ResultCache

_NAME = "memo"
#: The form of the document; keys carry everything that their values depend on.
_FORM = "1"


class FileMemo:
    """An `AnalysisMemo` over the cache folder.

    It is read when something is first asked for, and what one analysis neither asked for nor
    found out is forgotten: the document grows with the project, not with its history.
    """

    def __init__(self, cache: ResultCache, name: str = _NAME) -> None:
        self._cache = cache
        self._name = name
        self._earlier: dict[str, str] | None = None
        self._used: dict[str, str] = {}

    def get(self, key: str) -> bytes | None:
        """What was put under the key, in this analysis or an earlier one."""
        if self._earlier is None:
            self._earlier = self._load()
        value = self._used.get(key) or self._earlier.get(key)
        if value is None:
            return None
        self._used[key] = value
        return value.encode()

    def put(self, key: str, value: bytes) -> None:
        """Remember."""
        self._used[key] = value.decode()

    def save(self) -> None:
        """Write down what this analysis used, if that is not what is written already."""
        if self._used != self._earlier:
            payload = json.dumps(self._used, separators=(",", ":")).encode()
            self._cache.put(self._name, _FORM, payload)

    def _load(self) -> dict[str, str]:
        content = self._cache.get(self._name, _FORM)
        if content is None:
            return {}
        try:
            document = json.loads(content)
        except ValueError:
            return {}
        if not isinstance(document, dict):
            return {}
        return {key: value for key, value in document.items() if isinstance(value, str)}
