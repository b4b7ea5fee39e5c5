"""`reference/configuration.md`: settings, environment variables and files."""

from __future__ import annotations

from collections.abc import Mapping

from docpages.json_index import shape
from docpages.markdown import generated_from, table
from docpages.schema_files import CONFIG, ENVIRONMENT, STORAGE_POLICY, pyproject_table
from docpages.schema_parts import Schema

_INTRODUCTION = f"""\
# Configuration

{generated_from("tools/docpages/configuration.py and the tables of the program")}

Settings of a project are in two files that everybody shares. What is set for one command by an
option goes before the pinned environment, and that before `config.yaml`.
"""
_CONVENTIONS = """\
A convention, `[tool.modelops-bundle.conventions.NAME]`, has at least one of the keys that end in
`-bases`, `-decorators`, `-constructors` or `-containers`. Names are written as they are imported,
`package.Name`. The platform's own framework, Calabaria, is known without any."""

#: Name -> what it does. The tests hold the names against the program's source.
VARIABLES: Mapping[str, Mapping[str, str]] = {
    "Terminal": {
        "NO_COLOR": "Not empty: no colour, as `--no-color`.",
        "TERM": "`dumb`: no colour, no bars, and `watch` prints instead of drawing.",
        "COLUMNS": "How wide the output is; the terminal's width where it is not said.",
    },
    "Python": {
        "VIRTUAL_ENV": "The active environment: `verify` runs the code in it.",
        "CONDA_PREFIX": "The same of conda, where the one before is not set.",
    },
    "Watching": {
        "WATCHFILES_FORCE_POLLING": "Not empty, `0` or `false`: `watch` looks again and again "
        "instead of being told of changes.",
    },
    "Folders": {
        "GITHUB_WORKSPACE": "Set by a GitHub runner: `check` tells GitHub and code scanning paths "
        "that are relative to it, where the project lies in it.",
        "HOME": "Where `~` is: environment files, logins, this user's bundles.",
        "XDG_DATA_HOME": "This user's own store of bundles is `modelops-bundle` below it; "
        "`~/.local/share` where it is not set.",
        "XDG_CACHE_HOME": "The cache of bundles is `modelops-bundle` below it; `~/.cache` where it "
        "is not set.",
    },
    "Registries": {
        "DOCKER_CONFIG": "The folder of Docker's `config.json`; `~/.docker` where it is not set.",
        "REGISTRY_USERNAME": "With `REGISTRY_PASSWORD`: the login of workers "
        "(`ModelOpsBundleRepository`, `BundlePlugin`).",
        "REGISTRY_PASSWORD": "See `REGISTRY_USERNAME`.",
        "REQUESTS_CA_BUNDLE": "Certificates of authorities of one's own.",
        "CURL_CA_BUNDLE": "The same, where the one before is not set.",
        "SSL_CERT_FILE": "The same, where those before are not set.",
        "HTTPS_PROXY": "The proxy for registries with TLS; also `https_proxy`.",
        "HTTP_PROXY": "The proxy for those without; also `http_proxy`.",
        "ALL_PROXY": "The proxy for both; also `all_proxy`.",
        "NO_PROXY": "Hosts that are asked without a proxy; also `no_proxy`.",
    },
    "Object storage": {
        "AWS_ACCESS_KEY_ID": "With `AWS_SECRET_ACCESS_KEY`: the key for S3.",
        "AWS_SECRET_ACCESS_KEY": "See `AWS_ACCESS_KEY_ID`.",
        "AWS_PROFILE": "The section of `~/.aws/credentials`; `default` where it is not set.",
        "AWS_SHARED_CREDENTIALS_FILE": "Another file than `~/.aws/credentials`.",
        "AWS_CONFIG_FILE": "Another file than `~/.aws/config`.",
        "AWS_REGION": "The region.",
        "AWS_DEFAULT_REGION": "The region, where the one before is not set.",
        "AWS_ENDPOINT_URL_S3": "A server of one's own.",
        "AWS_ENDPOINT_URL": "The same, where the one before is not set.",
        "AZURE_STORAGE_CONNECTION_STRING": "The account and its key.",
        "AZURE_STORAGE_ACCOUNT_NAME": "The account; with `AZURE_STORAGE_ACCOUNT_KEY`, or a service "
        "principal or managed identity.",
        "GOOGLE_APPLICATION_CREDENTIALS": "The file with a service account's key.",
    },
}

#: In `.modelops-bundle/` -> (in version control, what it holds).
FILES: Mapping[str, tuple[str, str]] = {
    "registry.yaml": ("yes", "What the bundle contains: [its format](../registry-format.md)."),
    "config.yaml": ("yes", "Where bundles go: [above](#modelops-bundleconfigyaml)."),
    "tracked.txt": (
        "yes",
        "Further files that travel (`add`, `remove`): one path a line, `#` comments, blank lines. "
        "A name that starts with `#` is written `./#name`.",
    ),
    "env": ("yes", "The name of the pinned environment (`env switch`)."),
    ".gitignore": ("yes", "Keeps the rest out of version control; made by `init`."),
    "state.json": ("no", "What was last pushed or pulled, by remote and tag."),
    "cache/": (
        "no",
        "Digests, results of reading the code, sources as of the last sync. Safe to delete.",
    ),
}
ELSEWHERE: Mapping[str, str] = {
    "pyproject.toml": "[`[tool.modelops-bundle]`](#toolmodelops-bundle-in-pyprojecttoml), and what "
    "there is to install. It travels.",
    ".modelopsignore": "Patterns, as in `.gitignore`, of files that are not looked at and never "
    "travel.",
    "~/.modelops/bundle-env/NAME.yaml": "An environment: [below](#modelopsbundle-envnameyaml).",
    "~/.docker/config.json": "Logins and credential helpers, as Docker keeps them.",
    "~/.local/share/modelops-bundle/": "Bundles of projects whose remote is `local`.",
    "~/.cache/modelops-bundle/": "Bundles that `api.ensure` has fetched; `cache prune` frees it.",
}


def configuration_page() -> str:
    """The text of the page."""
    table_of_project = pyproject_table()["properties"]
    convention = table_of_project["conventions"]["additionalProperties"]["properties"]
    parts = [_INTRODUCTION, "## .modelops-bundle/config.yaml", ""]
    parts += ["[Schema](../schemas/config.json). What is not said has its default.", ""]
    parts += _settings(CONFIG)
    parts += ["", "Below `storage` ([object storage](../object-storage.md)):", ""]
    parts += _settings(STORAGE_POLICY)
    parts += ["", "## [tool.modelops-bundle] in pyproject.toml", ""]
    parts += ["[Schema](../schemas/pyproject.json)", "", *_settings(table_of_project)]
    parts += ["", _CONVENTIONS, ""]
    parts += _settings(convention)
    parts += ["", "## ~/.modelops/bundle-env/NAME.yaml", ""]
    parts += [
        "[Schema](../schemas/environment-file.json). The platform writes it; "
        "`mops-bundle env` lists and pins such environments.",
        "",
    ]
    for name in ("registry", "storage"):
        fields = ENVIRONMENT[f"{name}_"]["anyOf"][0]["properties"]
        parts += [f"Below `{name}`:", "", *_settings(fields), ""]
    parts += ["## Environment variables", ""]
    rows = [
        [group if at == 0 else "", f"`{name}`", words]
        for group, names in VARIABLES.items()
        for at, (name, words) in enumerate(names.items())
    ]
    parts += [*table(["", "variable", "what it does"], rows), ""]
    parts += [
        "Object storage reads further variables of its providers: "
        "[where keys are looked for](../object-storage.md#keys).",
        "",
    ]
    parts += ["## Files", "", "In `.modelops-bundle/`:", ""]
    rows = [[f"`{name}`", kept, words] for name, (kept, words) in FILES.items()]
    parts += [*table(["file", "in version control", "holds"], rows), "", "Elsewhere:", ""]
    parts += table(["file", "holds"], [[f"`{name}`", words] for name, words in ELSEWHERE.items()])
    return "\n".join(parts).rstrip("\n") + "\n"


def _settings(fields: Mapping[str, Schema]) -> list[str]:
    rows = [
        [f"`{name}`", _value(field), field.get("description", "")] for name, field in fields.items()
    ]
    return table(["key", "value", "meaning"], rows)


def _value(schema: Schema) -> str:
    """The shape without what every setting may be: absent, or a number that is read as text."""
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"] if one is not None)
    kind = schema.get("type")
    if isinstance(kind, list):
        first = next(one for one in kind if one != "null")
        return _value({**schema, "type": first})
    if kind == "array":
        item = schema["items"]
        return "list of dotted names" if r"\." in item.get("pattern", "") else "list of texts"
    if kind == "object":
        return "table"
    if "anyOf" in schema:
        return _value(schema["anyOf"][0])
    if kind == "boolean":
        return "`true` or `false`"
    return shape(schema)
