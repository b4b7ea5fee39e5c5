"""Changing the remote in `config.yaml` by splicing: comments, order and other keys stay."""

from __future__ import annotations

import re
from dataclasses import replace

from modelops_bundle.codec.collection_edit import PairEdits, Slot, edit_pairs, set_value
from modelops_bundle.codec.config import decode_config, encode_config
from modelops_bundle.codec.registry_fields import as_mapping, fields_of, is_null
from modelops_bundle.codec.splice import Splicer
from modelops_bundle.codec.yaml_emit import NotWritable
from modelops_bundle.codec.yaml_layout import layout_of
from modelops_bundle.codec.yaml_nodes import YamlProblem, parse_document
from modelops_bundle.core.settings import BundleConfig
from modelops_bundle.errors import ConfigError

_BREAK = re.compile(r"\r\n|\n|\r")
#: The existing tool's name for `remote`: written where it is written already.
_OLD = "registry_ref"


def edit_remote(
    content: bytes,
    *,
    remote: str,
    store_id: str,
    insecure: bool,
    name: str = ".modelops-bundle/config.yaml",
) -> bytes:
    """The configuration with another remote, changing only the lines that must change.

    Args:
        store_id: Of `remote: local`; "" takes the id out.
        insecure: Written where it is true; taken out where it is not.

    Raises:
        ConfigError: the file cannot be read, or not be edited safely.
    """
    before = decode_config(content, name=name)
    wanted = replace(before, remote=remote, store_id=store_id, insecure=insecure)
    if before == wanted:
        return content
    try:
        edited = _edited(content.decode("utf-8-sig"), wanted)
    except (YamlProblem, NotWritable) as problem:
        raise _unsafe(name, str(problem)) from None
    if decode_config(edited, name=name) != wanted:
        raise _unsafe(name, "the edit would change something else")
    return edited


def _edited(text: str, wanted: BundleConfig) -> bytes:
    found = _BREAK.search(text)
    newline = found.group() if found else "\n"
    if text and not text.endswith(("\n", "\r")):
        text += newline
    document = parse_document(text)
    root = document.root
    if root is None or is_null(root):
        lines = encode_config(wanted).decode().splitlines()
        return (text + "".join(line + newline for line in lines)).encode()
    mapping = as_mapping(root)
    splicer = Splicer(text, layout_of(root, newline))
    fields = fields_of(mapping)
    at = {id(key): index for index, (key, _) in enumerate(mapping.pairs)}
    edits = PairEdits()
    values: dict[str, str] = {"store": wanted.store_id}
    values |= {key: wanted.remote or "" for key in ("remote", _OLD) if key in fields}
    if "remote" not in fields and _OLD not in fields:
        values["remote"] = wanted.remote or ""
    for key, value in values.items():
        pair = fields.get(key)
        if pair is None:
            edits.tail += [(key, value)] if value else []
        elif value:
            set_value(splicer, Slot(mapping, *pair), value)
        else:
            edits.drop.add(at[id(pair[0])])
    if "insecure" in fields and not wanted.insecure:
        edits.drop.add(at[id(fields["insecure"][0])])
    edit_pairs(splicer, None, mapping, edits)
    edited = splicer.result()
    if wanted.insecure and "insecure" not in fields:
        edited += f"insecure: true{newline}"
    return edited.encode()


def _unsafe(name: str, why: str) -> ConfigError:
    return ConfigError(
        f"{name} cannot be edited safely: {why}",
        not_done="it was not changed",
        hint="set `remote` in it by hand",
    )
