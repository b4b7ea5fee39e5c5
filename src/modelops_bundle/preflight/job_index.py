"""Which entries the names that job specifications use stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from modelops_bundle.core.paths import BundlePath, Entrypoint
from modelops_bundle.core.plan import SyncPlan
from modelops_bundle.core.registry import (
    BundleRegistry,
    Entry,
    EntryKey,
    Kind,
    ModelEntry,
    TargetEntry,
)
from modelops_bundle.preflight.closest import Closest


class JobIndex:
    """All forms in which a job may name an entry of one registry.

    A registry id; `module:symbol`; `module.symbol`, as the contracts of the platform have it;
    `file.py:symbol`, as its tools let people type it. A model also by its module or file alone,
    of which workers run the first class, and a target also by `module/symbol`.
    """

    def __init__(self, registry: BundleRegistry, plan: SyncPlan) -> None:
        """Take the registry as it would be after the sync, and the plan that leads there."""
        self._registry = registry
        self._plan = plan
        self._models = _index(
            (EntryKey(Kind.MODEL, id_), _model_forms(entry))
            for id_, entry in registry.models.items()
        )
        self._targets = _index(
            (EntryKey(Kind.TARGET, id_), _target_forms(entry))
            for id_, entry in registry.targets.items()
        )
        self._closest: dict[Kind | str, Closest] = {}

    def models(self, text: str, class_name: str = "") -> tuple[EntryKey, ...]:
        """The models that a name may mean, in the registry's order.

        Args:
            text: Any form; "" for all models.
            class_name: A class, or an entrypoint with it, that the model has to be.
        """
        keys = self._models.get(text, ()) if text else tuple(self._keys(Kind.MODEL))
        if not class_name:
            return keys
        named = self._models.get(class_name, ())
        return tuple(
            key
            for key in keys
            if key in named or self._registry.models[key.id].class_name == class_name
        )

    def targets(self, text: str) -> tuple[EntryKey, ...]:
        """The target that a name means, or none."""
        return self._targets.get(text, ())

    def importable(self, key: EntryKey) -> tuple[str, ...]:
        """The names under which workers import an entry, the usual one first.

        A model by its module, of which they run the first class, or by its dotted path; a target
        by its entrypoint (modelops-contracts, `format_entrypoint`; modelops, `subprocess_runner`).
        """
        known = self._registry.models if key.kind is Kind.MODEL else self._registry.targets
        entry = known[key.id]
        module, symbol = entry.entrypoint.module, entry.entrypoint.symbol
        if key.kind is Kind.MODEL:
            return (module, f"{module}.{symbol}")
        return (str(entry.entrypoint), f"{module}/{symbol}")

    def successor(self, kind: Kind, text: str) -> str:
        """What the sync makes of an old name, in the same form; "" where it is none."""
        forms = _model_forms if kind is Kind.MODEL else _target_forms
        for change in self._plan.changes:
            before, after = change.before, change.after
            if (
                isinstance(change.key, EntryKey)
                and change.key.kind is kind
                and isinstance(before, Entry)
                and isinstance(after, Entry)
            ):
                for old, new in zip(forms(before), forms(after), strict=True):
                    if old == text != new:
                        return new
        return ""

    def unregistered(self, kind: Kind, text: str) -> str:
        """`file.py:symbol` of a definition that is not registered and that the name means."""
        for found in self._plan.unregistered:
            if found.kind is kind and text in _forms(found.entrypoint, found.path):
                return f"{found.path}:{found.symbol}"
        return ""

    def nearest(self, kind: Kind, text: str) -> tuple[str, ...]:
        """Names of such entries that look like this one, in its form where it has a colon."""
        known = self._models if kind is Kind.MODEL else self._targets
        form = "entrypoints" if ":" in text else "others"
        key = f"{kind.value} {form}"
        if key not in self._closest:
            self._closest[key] = Closest(n for n in known if (":" in n) == (form == "entrypoints"))
        return self._closest[key].to(text)

    def _keys(self, kind: Kind) -> Iterator[EntryKey]:
        entries = self._registry.models if kind is Kind.MODEL else self._registry.targets
        return (EntryKey(kind, id_) for id_ in entries)


def _index(
    entries: Iterable[tuple[EntryKey, tuple[str, ...]]],
) -> Mapping[str, tuple[EntryKey, ...]]:
    found: dict[str, tuple[EntryKey, ...]] = {}
    for key, forms in entries:
        for form in (key.id, *forms):
            if key not in found.get(form, ()):
                found[form] = (*found.get(form, ()), key)
    return found


def _forms(entrypoint: Entrypoint, path: BundlePath) -> tuple[str, ...]:
    module, symbol = entrypoint.module, entrypoint.symbol
    return (str(entrypoint), f"{module}.{symbol}", f"{path}:{symbol}")


def _model_forms(entry: ModelEntry | Entry) -> tuple[str, ...]:
    return (*_forms(entry.entrypoint, entry.path), entry.entrypoint.module, str(entry.path))


def _target_forms(entry: TargetEntry | Entry) -> tuple[str, ...]:
    module, symbol = entry.entrypoint.module, entry.entrypoint.symbol
    return (*_forms(entry.entrypoint, entry.path), f"{module}/{symbol}")
