"""The schemas of `docs/schemas/` say what the program reads and writes, no more and no less."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_bundle.codec.config import decode_config, decode_environment, encode_config
from modelops_bundle.codec.job_document import decode_job
from modelops_bundle.codec.registry_yaml import decode as decode_registry
from modelops_bundle.codec.registry_yaml import new_document
from modelops_bundle.conventions.user import KEYS, conventions_from
from modelops_bundle.core.settings import BundleConfig, Layout, StorageMode, StoragePolicy
from modelops_bundle.errors import BundleError
from support import jobs
from support.registry_documents import Author
from support.schemas import FILES, FOLDER, SCHEMAS, assert_documented, closed, schema_of

ROOT = FOLDER.parents[1]
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def accepts(name: str, document: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema_of(name)).is_valid(document))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_and_says_what_it_is_of(name: str) -> None:
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:mops-bundle:{name}:1"
    assert schema["title"]
    assert schema["description"].endswith(".")


def test_every_document_that_the_program_prints_has_a_schema() -> None:
    printed: set[str] = set()
    for source in (ROOT / "src").rglob("*.py"):
        printed.update(re.findall(r'"(mops-bundle\.[a-z-]+/\d+)"', source.read_text("utf-8")))
    written_to_files = {"mops-bundle.state/1"}
    assert printed - written_to_files <= set(SCHEMAS)
    assert set(SCHEMAS) - printed <= {"mops-bundle.add/1", "mops-bundle.remove/1"}


def test_a_reader_may_meet_keys_that_a_later_version_adds_and_the_tests_may_not() -> None:
    document = {"schema": "mops-bundle.logout/1", "host": "h", "known": True}
    assert_documented(document)
    assert accepts("logout", {**document, "new": 1})
    with pytest.raises(AssertionError, match="'new'"):
        assert_documented({**document, "new": 1})
    with pytest.raises(AssertionError, match="'host'"):
        assert_documented({"schema": "mops-bundle.logout/1", "known": True})
    inner = closed(schema_of("push"))["$defs"]["volume"]
    assert inner["additionalProperties"] is False


# registry.yaml

seeds, sizes = st.integers(min_value=0), st.integers(min_value=0, max_value=4)


@settings(max_examples=60)
@given(seeds, sizes)
def test_what_the_encoder_writes_is_accepted(seed: int, size: int) -> None:
    content = new_document(Author(seed, size).registry())
    assert accepts("registry", yaml.safe_load(content))


@pytest.mark.parametrize(
    "path",
    sorted(ROOT.glob("examples/*/.modelops-bundle/registry.yaml")),
    ids=lambda path: path.parts[-3],
)
def test_the_registries_of_the_examples_are_accepted(path: Path) -> None:
    assert accepts("registry", yaml.safe_load(path.read_bytes()))
    assert accepts("config", yaml.safe_load((path.parent / "config.yaml").read_bytes()))


ENTRY = "{entrypoint: 'm:A', path: m.py"
READ = [
    "",
    "version: '1.0'",
    "version: 1.1",
    "models:\ntargets:\ntarget_sets: {}",
    "owner: me\nmodels: {a: " + ENTRY + ", note: [1, 2]}}",
    "models: {a: " + ENTRY + ", data: , outputs: [x, null], model_digest: broken}}",
    "models: {a: " + ENTRY + ", declared: null}}",
    "targets: {t: " + ENTRY + ", code: ['lib\\x.py']}}",
    "target_sets: {s: {targets: [t], weights: {t: 1, u: 0.5, v: null}}}",
    "target_sets: {s: null}",
]
REFUSED = [
    "[]",
    "version: '2.0'",
    "version: new",
    "models: []",
    "models: {a: {entrypoint: 'm:A'}}",
    "models: {a: {path: m.py}}",
    "models: {a: null}",
    "models: {a: {entrypoint: m.A, path: m.py}}",
    "models: {a: {entrypoint: 'm:A', path: /m.py}}",
    "models: {a: {entrypoint: 'm:A', path: ../m.py}}",
    "models: {a: {entrypoint: 'm:A', path: 'C:/m.py'}}",
    "models: {a: " + ENTRY + ", outputs: x}}",
    "models: {a: " + ENTRY + ", outputs: [1]}}",
    "models: {a: " + ENTRY + ", class_name: 1}}",
    "models: {a: " + ENTRY + ", declared: []}}",
    "targets: {t: " + ENTRY + ", data_digests: []}}",
    "targets: {t: " + ENTRY + ", data_digests: {../x: null}}}",
    "target_sets: {s: []}",
    "target_sets: {s: {weights: {t: heavy}}}",
    "excluded: [m.A]",
    "source_roots: [/src]",
]


def reads(read: Callable[[bytes], object], text: str) -> bool:
    try:
        read(text.encode())
    except BundleError:
        return False
    return True


@pytest.mark.parametrize("text", READ)
def test_a_registry_that_is_read_is_accepted(text: str) -> None:
    assert reads(decode_registry, text)
    assert accepts("registry", yaml.safe_load(text))


@pytest.mark.parametrize("text", REFUSED)
def test_a_registry_that_is_refused_is_not_accepted(text: str) -> None:
    assert not reads(decode_registry, text)
    assert not accepts("registry", yaml.safe_load(text))


# config.yaml and environment files

FULL = BundleConfig(
    remote="oci://registry.example/team/flu",
    store_id="flu-1c5e2f3a",
    tag="v1",
    name="flu",
    layout=Layout.PACKED,
    insecure=True,
    storage=StoragePolicy(
        mode=StorageMode.BLOB,
        threshold_bytes=1,
        blob_patterns=("*.h5",),
        oci_patterns=("small/*",),
        provider="s3",
        container="ours",
        prefix="flu",
    ),
)


def test_every_setting_that_is_written_is_described() -> None:
    written = yaml.safe_load(encode_config(FULL))
    schema = schema_of("config")["properties"]
    assert accepts("config", written)
    assert set(written) <= set(schema)
    assert set(written["storage"]) <= set(schema["storage"]["properties"])


CONFIG = [
    (True, ""),
    (True, "tag: 1.0\nunknown: x"),
    (True, "registry_ref: h.example/r\ndefault_tag: v1\nstorage: {mode: oci-only}"),
    (True, "storage: {threshold_bytes: '50_000', blob_patterns: ['*.h5']}"),
    (False, "[]"),
    (False, "tag: 'not a tag'"),
    (False, "layout: loose"),
    (False, "insecure: maybe"),
    (False, "storage: {mode: some}"),
    (False, "storage: {threshold_bytes: -1}"),
    (False, "storage: {threshold_bytes: many}"),
    (False, "storage: {blob_patterns: '*.h5'}"),
    (False, "remote: [a]"),
]


@pytest.mark.parametrize(("fine", "text"), CONFIG)
def test_the_schema_of_the_configuration_agrees_with_the_reader(fine: bool, text: str) -> None:
    assert reads(decode_config, text) is fine
    assert accepts("config", yaml.safe_load(text)) is fine


def test_an_editor_names_the_providers_that_there_are() -> None:
    assert not accepts("config", {"storage": {"provider": "nobody"}})


ENVIRONMENTS = [
    (True, ""),
    (True, "registry: {login_server: 'h.example:5000', username: u, password: 1234}"),
    (True, "storage: {provider: s3, container: c, access_key: a, secret_key: b}\nregistry:"),
    (False, "registry: {username: u}"),
    (False, "registry: {login_server: ''}"),
    (False, "storage: {provider: s3}"),
    (False, "storage: {provider: nobody, container: c}"),
    (False, "registry: h.example"),
]


@pytest.mark.parametrize(("fine", "text"), ENVIRONMENTS)
def test_the_schema_of_environment_files_agrees_with_the_reader(fine: bool, text: str) -> None:
    assert reads(lambda content: decode_environment(content, name="e"), text) is fine
    assert accepts("environment-file", yaml.safe_load(text)) is fine


# [tool.modelops-bundle]


def test_the_table_of_the_example_is_accepted() -> None:
    document = tomllib.loads((ROOT / "examples/plain-decay/pyproject.toml").read_text("utf-8"))
    assert accepts("pyproject", document["tool"]["modelops-bundle"])


def test_every_key_of_a_convention_is_described() -> None:
    table = schema_of("pyproject")["properties"]["conventions"]["additionalProperties"]
    assert set(table["properties"]) == set(KEYS)


CONVENTIONS = [
    (True, {"model-bases": ["simkit.Model"], "inheritance": "first-model"}),
    (True, {"target-decorators": ["simkit.target"], "output-position": 0}),
    (True, {"model-bases": ["simkit.Model"], "outputs-attribute": ""}),
    (False, {}),
    (False, {"model-bases": []}),
    (False, {"model_bases": ["simkit.Model"]}),
    (False, {"model-bases": "simkit.Model"}),
    (False, {"model-bases": ["Model"]}),
    (False, {"model-bases": ["simkit.Model"], "required-methods": ["a.b"]}),
    (False, {"model-bases": ["simkit.Model"], "inheritance": "all"}),
    (False, {"model-bases": ["simkit.Model"], "output-position": -2}),
    (False, {"model-bases": ["simkit.Model"], "output-argument": ""}),
    (False, {"model-bases": ["simkit.Model"], "implicit-scenarios": [""]}),
]


@pytest.mark.parametrize(("fine", "table"), CONVENTIONS)
def test_the_schema_of_conventions_agrees_with_the_reader(
    fine: bool, table: dict[str, object]
) -> None:
    def read(_: bytes) -> object:
        return conventions_from({"simkit": table})

    assert reads(read, "") is fine
    assert accepts("pyproject", {"conventions": {"simkit": table}}) is fine


# Job specifications


@pytest.mark.parametrize("form", jobs.FORMS)
def test_every_form_of_a_job_is_accepted(form: str) -> None:
    assert accepts("job", jobs.FORMS[form])
    assert accepts("job", [jobs.FORMS[form]])


JOBS = [
    (True, "model: sir\nparameters: [beta]\noutputs: incidence\nx-note: 1\ncolour: red"),
    (True, "model: sir\nparameters: {beta: {lower: 0, upper: 1}, gamma: [1, 2]}\nseed:"),
    (True, "model: sir\nparameter_sets: [{beta: 1}, {params: {beta: 1}, seed: 3}]"),
    (True, "tasks: [{entrypoint: 'm:A', params: {beta: 1}}]"),
    (False, "[]"),
    (False, "3"),
    (False, "model: 3"),
    (False, "model: ''"),
    (False, "model: a\nscenario: 3"),
    (False, "model: a\noutputs: [a, 3]"),
    (False, "model: a\nn_replicates: many"),
    (False, "model: a\nmetadata: []"),
    (False, "model: a\nparameters: 3"),
    (False, "model: a\nparameter_sets: {}"),
    (False, "model: a\nparameter_sets: [{b: [1]}]"),
    (False, "model: a\nparameter_specs: {b: {lower: 3}}"),
    (False, "model: a\nparameter_specs: {b: {lower: x, upper: 3}}"),
    (False, "tasks: [{params: {beta: 1}}]"),
]


@pytest.mark.parametrize(("fine", "text"), JOBS)
def test_the_schema_of_jobs_agrees_with_the_reader(fine: bool, text: str) -> None:
    assert reads(lambda content: decode_job(content, name="job.yaml"), text) is fine
    assert accepts("job", yaml.safe_load(text)) is fine


def test_every_file_that_people_write_has_a_schema() -> None:
    assert set(FILES) <= set(NAMES)
