"""Registry documents as people write them, every line and comment with its owner; and edits.

An owner is a path of keys, such as `("models", "sir", "code", "a.py")`. A comment on an item's
line, directly above it in its column, or deeper below it, belongs to the item; any other belongs
to nobody (`FREE`). Comments are numbered, so that each can be found again.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

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

Owner = tuple[str, ...]
FREE: Owner = ("",)
COMMENT = re.compile(r"# note (\d+)")

_WORDS = ("beta", "dur_inf", "incidence", "prevalence", "R0", "n_agents", "deaths", "tests")
_ODD = (
    "yes",
    "1.5",
    "a: b",
    "it's",
    "#1",
    " lead",
    "trail ",
    "é",
    "null",
    "-",
    "🦠",
    'q"q',
    "~",
    "a,b",
)
_WRITTEN_ODD = (
    *_ODD,
    "",
    "x\ny",
    "\t",
    "\u2028",
    "\\",
    "\x00",
    "2020-01-01",
    "<<",
    "=",
    "[x",
    "a" * 1100,
)
_FOLDERS = ("models", "data", "src/pkg", "targets", "weird dir", "Ünï")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*([/.:][A-Za-z0-9_]+)*")
_RESERVED = {"yes", "no", "null", "true", "false", "on", "off", "y", "n"}


@dataclass(frozen=True)
class Line:
    """One line of a document, without its line break."""

    text: str
    owner: Owner


@dataclass(frozen=True)
class Written:
    """A document, and what it means."""

    content: bytes
    registry: BundleRegistry
    lines: tuple[Line, ...]
    comments: Mapping[int, Owner]
    newline: str


class Author:
    """Makes up registries, documents and edits from one source of chance."""

    def __init__(self, seed: int, size: int) -> None:
        self.chance = random.Random(seed)
        self.size = size
        self._notes = 0
        self._comments: dict[int, Owner] = {}

    # Registries

    def registry(self) -> BundleRegistry:
        targets = {self.name("t"): self.target() for _ in range(self.count())}
        return BundleRegistry(
            models={self.name("m"): self.model() for _ in range(self.count())},
            targets=targets,
            target_sets={
                self.name("s"): self.target_set(list(targets)) for _ in range(self.count())
            },
            excluded=tuple({self.entrypoint(): None for _ in range(self.count())}),
            source_roots=self.pick(((ROOT,), (BundlePath("src"), ROOT))),
            environment=self.digests(self.paths()),
        )

    def model(self) -> ModelEntry:
        entrypoint = self.entrypoint()
        return ModelEntry(
            **self.common(entrypoint),
            class_name=self.pick((entrypoint.symbol, "Other")),
            scenarios=self.names(),
            parameters=self.names(),
            outputs=self.names(),
        )

    def target(self) -> TargetEntry:
        common = self.common(self.entrypoint())
        return TargetEntry(**common, model_output=self.pick(("", *_WORDS, *_ODD)))

    def common(self, entrypoint: Entrypoint) -> dict[str, object]:
        data, code = self.paths(), self.paths()
        recorded = self.chance.random() < 0.7
        return {
            "entrypoint": entrypoint,
            "path": self.path(),
            "data": data,
            "data_digests": self.digests(data),
            "code": code,
            "code_digests": self.digests(code),
            "source_digest": self.pick((None, self.digest())),
            "symbol_digest": self.semantic() if recorded else None,
            "behavior_digest": self.semantic() if recorded else None,
            "declared": self.declared() if recorded else None,
        }

    def declared(self) -> Declared:
        return Declared(
            data=self.paths(),
            code=self.paths() if self.chance.random() < 0.3 else (),
            outputs=self.names() if self.chance.random() < 0.3 else (),
            model_output=self.pick((None, None, "incidence")),
        )

    def target_set(self, targets: Sequence[str]) -> TargetSet:
        members = tuple(self.some(targets))
        return TargetSet(members, {name: self.weight() for name in self.some(members)})

    def weight(self) -> float:
        return self.pick((1.0, 0.5, 2.0, 1e-7, 1e22, 0.1))

    def count(self) -> int:
        return self.chance.randrange(self.size + 1)

    def pick(self, options):  # type: ignore[no-untyped-def]
        return self.chance.choice(options)

    def some(self, items: Iterable[str]) -> list[str]:
        return [item for item in items if self.chance.random() < 0.6]

    def names(self) -> tuple[str, ...]:
        pool = _WORDS if self.chance.random() < 0.7 else (*_WORDS, *_ODD)
        return tuple(self.chance.sample(pool, min(self.count(), len(pool))))

    def name(self, prefix: str) -> str:
        odd = self.pick(_ODD) if self.chance.random() < 0.1 else ""
        return f"{odd}{prefix}_{self.chance.randrange(10_000)}"

    def entrypoint(self) -> Entrypoint:
        return Entrypoint.of(f"m{self.chance.randrange(100)}.x", self.pick(("SIR", "f", "A.b")))

    def path(self) -> BundlePath:
        return BundlePath.parse(f"{self.pick(_FOLDERS)}/f{self.chance.randrange(10_000)}.py")

    def paths(self) -> tuple[BundlePath, ...]:
        return tuple(dict.fromkeys(self.path() for _ in range(self.count())))

    def digest(self) -> Digest:
        return Digest.of_bytes(self.chance.randbytes(4))

    def semantic(self) -> SemanticDigest:
        return SemanticDigest(f"v1:{self.digest()}")

    def digests(self, paths: Iterable[BundlePath]) -> dict[BundlePath, Digest]:
        return {path: self.digest() for path in paths if self.chance.random() < 0.9}

    # Documents

    def document(self) -> Written:
        registry = self.registry()
        self._step = self.pick((2, 2, 2, 4, 3))
        self._dash = self.pick((0, 2, self._step))
        self._calm = self.chance.random() < 0.15
        self._notes, self._comments = 0, {}
        root = {
            "version": registry.version,
            "models": {k: self._entry(v) for k, v in registry.models.items()},
            "targets": {k: self._entry(v) for k, v in registry.targets.items()},
            "target_sets": {
                k: {"targets": v.targets, "weights": v.weights}
                for k, v in registry.target_sets.items()
            },
            "excluded": registry.excluded,
            "source_roots": registry.source_roots,
            "environment": registry.environment,
        }
        for name in ("models", "targets", "target_sets", "excluded", "environment"):
            if not root[name] and self.chance.random() < 0.4:
                del root[name]
        lines = [Line("---", FREE)] if self.chance.random() < 0.2 else []
        if self.chance.random() < 0.1:
            text = self._flow(root)
            lines += [Line(text, ("root",))]
        else:
            lines += self._mapping(root, (), 0)
        if not self._calm:
            lines += [Line(f"# {self._note(FREE)}", FREE)]
        newline = self.pick(("\n", "\n", "\n", "\r\n"))
        text = "".join(line.text + newline for line in lines)
        if self.chance.random() < 0.2:
            text = text.removesuffix(newline)
        bom = "\ufeff" if self.chance.random() < 0.1 else ""
        return Written((bom + text).encode(), registry, tuple(lines), dict(self._comments), newline)

    def _entry(self, entry: ModelEntry | TargetEntry) -> dict[str, object]:
        fields: dict[str, object] = {
            "entrypoint": entry.entrypoint,
            "path": entry.path,
            "data": entry.data,
            "data_digests": entry.data_digests,
            "code": entry.code,
            "code_digests": entry.code_digests,
            "symbol_digest": entry.symbol_digest,
            "behavior_digest": entry.behavior_digest,
        }
        if isinstance(entry, ModelEntry):
            fields |= {
                "class_name": entry.class_name,
                "scenarios": entry.scenarios,
                "parameters": entry.parameters,
                "outputs": entry.outputs,
                "model_digest": entry.source_digest,
            }
        else:
            fields |= {"model_output": entry.model_output, "target_digest": entry.source_digest}
        if entry.declared is not None:
            declared = entry.declared
            fields["declared"] = {
                "data": declared.data,
                "code": declared.code,
                "outputs": declared.outputs,
                "model_output": declared.model_output,
            }
        items = list(fields.items())
        self.chance.shuffle(items)
        dropped = self.chance.random()
        return {
            key: self._trimmed(value) if isinstance(value, dict) and key == "declared" else value
            for key, value in items
            if value or key in ("entrypoint", "path", "declared") or dropped < 0.5
        }

    def _trimmed(self, value: dict[str, object]) -> dict[str, object]:
        return {key: item for key, item in value.items() if item or self.chance.random() < 0.3}

    def _note(self, owner: Owner) -> str:
        self._notes += 1
        self._comments[self._notes] = owner
        return f"note {self._notes}"

    def _trailing(self, owner: Owner) -> str:
        if self._calm or self.chance.random() > 0.2:
            return ""
        return f"{self.pick((' ', '   '))}# {self._note(owner)}"

    def _above(self, owner: Owner, column: int) -> list[Line]:
        """Comments and blank lines before an item."""
        lines: list[Line] = []
        if self._calm:
            return lines
        if self.chance.random() < 0.1:
            around = owner[:-1] or FREE
            if self.chance.random() < 0.5:
                lines.append(Line(f"{' ' * column}# {self._note(around)}", around))
            lines.append(Line(self.pick(("", "  ")), around))
        if self.chance.random() < 0.2:
            lines += [
                Line(f"{' ' * column}# {self._note(owner)}", owner)
                for _ in range(self.chance.randrange(1, 3))
            ]
        return lines

    def _below(self, owner: Owner, column: int) -> list[Line]:
        if self._calm or self.chance.random() > 0.07:
            return []
        return [Line(f"{' ' * (column + 1)}# {self._note(owner)}", owner)]

    def _unknown(self, values: Mapping[str, object]) -> dict[str, object]:
        items = list(values.items())
        if self.chance.random() < 0.3:
            key = f"x-{self.chance.randrange(1000)}"
            value = self.pick(("kept", 3, None, ["a", "b"], {"deep": ["y", {"er": "z"}]}, ""))
            items.insert(self.chance.randrange(len(items) + 1), (key, value))
        return dict(items)

    def _mapping(self, values: Mapping[str, object], owner: Owner, column: int) -> list[Line]:
        lines: list[Line] = []
        pad = " " * column
        known = len(owner) in (0, 2) or owner[-1:] == ("declared",)
        if known:
            values = self._unknown(values)
        for key, value in values.items():
            inner = (*owner, key)
            lines += self._above(inner, column)
            head = f"{pad}{self._scalar(key)}:"
            if isinstance(value, Mapping | list | tuple) and value and self.chance.random() < 0.75:
                lines.append(Line(head + self._trailing(inner), inner))
                if isinstance(value, Mapping):
                    lines += self._mapping(value, inner, column + self._step)
                else:
                    lines += self._list(value, inner, column + self._dash)
            elif isinstance(value, list | tuple) and len(value) > 1 and self.chance.random() < 0.3:
                lines += self._long_flow(head, value, inner, column)
            else:
                written = self._flow(value)
                lines.append(Line(f"{head} {written}".rstrip(" ") + self._trailing(inner), inner))
            # Below a list whose dashes are in its key's column, it would be the last item's.
            if not isinstance(value, list | tuple) or self._dash:
                lines += self._below(inner, column)
        return lines

    def _list(self, values: Sequence[object], owner: Owner, column: int) -> list[Line]:
        lines: list[Line] = []
        for value in values:
            inner = (*owner, str(value))
            lines += self._above(inner, column)
            text = f"{' ' * column}-{self.pick((' ', ' ', '   '))}{self._flow(value)}"
            lines.append(Line(text + self._trailing(inner), inner))
            lines += self._below(inner, column)
        return lines

    def _long_flow(
        self, head: str, values: Sequence[object], owner: Owner, column: int
    ) -> list[Line]:
        lines = [Line(f"{head} [{self._trailing(owner)}", owner)]
        pad = " " * (column + self._step + 2)
        last_comma = self.pick((",", ""))
        for index, value in enumerate(values):
            inner = (*owner, str(value))
            lines += self._above(inner, len(pad))
            comma = "," if index + 1 < len(values) else last_comma
            # The comma may come or go with the neighbour: the line is the list's, not the item's.
            lines.append(Line(f"{pad}{self._flow(value)}{comma}{self._trailing(inner)}", inner))
        return [*lines, Line(" " * (column + 1) + "]", owner)]

    def _flow(self, value: object) -> str:
        if value is None:
            return self.pick(("null", "~", "null"))
        if isinstance(value, Mapping):
            inner = ", ".join(
                f"{self._scalar(k, flow=True)}: {self._flow(v)}" for k, v in value.items()
            )
            return self.pick(("{%s}", "{ %s }")) % inner
        if isinstance(value, list | tuple):
            inner = self.pick((", ", ",", " , ")).join(self._flow(item) for item in value)
            return self.pick(("[%s]", "[ %s ]", "[%s]")) % inner
        if isinstance(value, float | int):
            text = repr(value)
            return text if "e" not in text or "." in text else text.replace("e", ".0e")
        return self._scalar(str(value), flow=True)

    def _scalar(self, text: str, flow: bool = False) -> str:
        plain = _PLAIN.fullmatch(text) and text.lower() not in _RESERVED
        style = self.chance.random()
        if plain and style < 0.7 and not (flow and ":" in text):
            return text
        if style < 0.9 and text.isprintable():
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=False)

    # Edits

    def edited(self, registry: BundleRegistry) -> tuple[BundleRegistry, dict[EntryKey, str]]:
        """Another registry, and which ids were renamed."""
        renamed: dict[EntryKey, str] = {}
        models = self._edited_section(Kind.MODEL, registry.models, renamed, self.model)
        targets = self._edited_section(Kind.TARGET, registry.targets, renamed, self.target)
        names = {key.id: new for key, new in renamed.items() if key.kind is Kind.TARGET}
        sets: dict[str, TargetSet] = {}
        for name, group in registry.target_sets.items():
            if self.chance.random() < 0.85:
                sets[name] = self._edited_set(group, names)
        if self.chance.random() < 0.2:
            sets[self.name("s")] = self.target_set(list(targets))
        return replace(
            registry,
            models=models,
            targets=targets,
            target_sets=sets,
            excluded=self._edited_items(registry.excluded, self.entrypoint),
            environment=self._edited_digests(registry.environment),
        ), renamed

    def _edited_section(self, kind, entries, renamed, make):  # type: ignore[no-untyped-def]
        result = {}
        for key, entry in entries.items():
            chance = self.chance.random()
            if chance < 0.15:
                continue
            new_key = key
            if chance < 0.3:
                new_key = self.pick((self.name("r"), *(f"r{odd}" for odd in _WRITTEN_ODD)))
                if new_key in entries or new_key in result:
                    new_key = key
                else:
                    renamed[EntryKey(kind, key)] = new_key
            result[new_key] = self._edited_entry(entry) if self.chance.random() < 0.5 else entry
        if self.chance.random() < 0.3:
            result[self.pick((self.name("n"), *_WRITTEN_ODD))] = make()
        return result

    def _edited_entry(self, entry: ModelEntry | TargetEntry) -> ModelEntry | TargetEntry:
        def maybe(change, value):  # type: ignore[no-untyped-def]
            return change(value) if self.chance.random() < 0.3 else value

        fields: dict[str, object] = {
            "path": maybe(lambda _: self.path(), entry.path),
            "entrypoint": maybe(lambda _: self.entrypoint(), entry.entrypoint),
            "data": maybe(lambda v: self._edited_items(v, self.path), entry.data),
            "code": maybe(lambda v: self._edited_items(v, self.path), entry.code),
            "data_digests": maybe(self._edited_digests, entry.data_digests),
            "code_digests": maybe(self._edited_digests, entry.code_digests),
            "source_digest": maybe(lambda _: self.digest(), entry.source_digest),
            "symbol_digest": maybe(lambda _: self.semantic(), entry.symbol_digest),
            "behavior_digest": maybe(lambda _: self.semantic(), entry.behavior_digest),
            "declared": maybe(lambda _: self.declared(), entry.declared),
        }
        if isinstance(entry, ModelEntry):
            for name in ("scenarios", "parameters", "outputs"):
                change = lambda v: self._edited_items(v, self._new_name)  # noqa: E731
                fields[name] = maybe(change, getattr(entry, name))
        else:
            fields["model_output"] = maybe(lambda _: self._new_name(), entry.model_output)
        return replace(entry, **fields)

    def _new_name(self) -> str:
        return self.pick((*_WORDS, *_WRITTEN_ODD))

    def _edited_items(self, items, make):  # type: ignore[no-untyped-def]
        kept = [item for item in items if self.chance.random() < 0.7]
        added = [make() for _ in range(self.chance.randrange(3))]
        return tuple(dict.fromkeys((*kept, *(item for item in added if item not in items))))

    def _edited_digests(self, digests: Mapping[BundlePath, Digest]) -> dict[BundlePath, Digest]:
        kept = {path: digest for path, digest in digests.items() if self.chance.random() < 0.8}
        changed = {path: self.digest() for path in kept if self.chance.random() < 0.3}
        added = {self.path(): self.digest() for _ in range(self.chance.randrange(3))}
        return {**kept, **changed, **added}

    def _edited_set(self, group: TargetSet, names: Mapping[str, str]) -> TargetSet:
        members = tuple(names.get(member, member) for member in group.targets)
        weights = {names.get(member, member): weight for member, weight in group.weights.items()}
        if self.chance.random() < 0.4:
            members = self._edited_items(members, self._new_name)
            weights = {name: self.weight() for name in members if self.chance.random() < 0.5}
        return TargetSet(members, weights)


def gone_and_touched(
    before: BundleRegistry, after: BundleRegistry, renamed: Mapping[EntryKey, str]
) -> tuple[set[Owner], set[Owner]]:
    """What an edit removes (with all below it), and what it rewrites (itself only)."""
    gone: set[Owner] = set()
    touched: set[Owner] = set()
    for section, kind in (("models", Kind.MODEL), ("targets", Kind.TARGET)):
        old_entries, new_entries = getattr(before, section), getattr(after, section)
        if {*old_entries} != {*new_entries}:
            touched.add((section,))
        for entry_id, entry in old_entries.items():
            owner = (section, entry_id)
            new_id = renamed.get(EntryKey(kind, entry_id), entry_id)
            if new_id != entry_id:
                touched.add(owner)
            if new_id not in new_entries:
                gone.add(owner)
                continue
            new = new_entries[new_id]
            _compare_fields(owner, entry, new, gone, touched)
    _compare_sets(before, after, renamed, gone, touched)
    for name in ("excluded", "environment", "source_roots"):
        _compare((name,), getattr(before, name), getattr(after, name), {}, gone, touched)
    return gone, touched


def _compare_fields(owner, old, new, gone, touched):  # type: ignore[no-untyped-def]
    for name in old.__dataclass_fields__:
        one, other = getattr(old, name), getattr(new, name)
        written = {
            "source_digest": "model_digest" if owner[0] == "models" else "target_digest"
        }.get(name, name)
        if one == other:
            continue
        touched.add(owner)
        if name == "declared":
            touched.add((*owner, name))
            if one is None or other is None:
                gone.add((*owner, name))
            else:
                _compare_fields((*owner, name), one, other, gone, touched)
        else:
            _compare((*owner, written), one, other, {}, gone, touched)


def _compare_sets(before, after, renamed, gone, touched):  # type: ignore[no-untyped-def]
    names = {key.id: new for key, new in renamed.items() if key.kind is Kind.TARGET}
    if {*before.target_sets} != {*after.target_sets}:
        touched.add(("target_sets",))
    for name, group in before.target_sets.items():
        owner = ("target_sets", name)
        if name not in after.target_sets:
            gone.add(owner)
        elif after.target_sets[name] != group:
            new = after.target_sets[name]
            touched.add(owner)
            _compare((*owner, "targets"), group.targets, new.targets, names, gone, touched)
            _compare((*owner, "weights"), group.weights, new.weights, names, gone, touched)


def _compare(owner, one, other, names, gone, touched):  # type: ignore[no-untyped-def]
    if one == other:
        return
    # In flow style the value stands on the lines of what holds it.
    touched |= {owner[:depth] for depth in range(1, len(owner) + 1)}
    if isinstance(one, Mapping | tuple):
        for item in one:
            new = names.get(item, item)
            if new not in other:
                gone.add((*owner, item))
            elif new != item or (isinstance(one, Mapping) and one[item] != other[new]):
                touched.add((*owner, item))
    if isinstance(one, tuple):
        kept = [names.get(item, item) for item in one if names.get(item, item) in other]
        if kept != [item for item in other if item in kept]:
            # A list in another order: any of its items may be the one that was moved.
            gone |= {(*owner, item) for item in one}
