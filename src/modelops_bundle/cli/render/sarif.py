"""Findings as a SARIF log, which code scanning and editors read.

Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS Standard with
Errata 01; section numbers below are its.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from modelops_bundle import __version__
from modelops_bundle.cli.render.github import in_repository
from modelops_bundle.core.portability import REGISTRY_PATH
from modelops_bundle.preflight.catalog import coded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelops_bundle.core.paths import BundlePath
    from modelops_bundle.operations.documents import CheckDocument, FindingDocument

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: What paths are relative to. Its own place is not told: no two machines share it (3.14.14).
_BASE = "%SRCROOT%"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_FINGERPRINT = "mopsBundleFinding/v1"


def sarif_log(document: CheckDocument, place: BundlePath) -> Mapping[str, object]:
    """The log of a check.

    Args:
        document: `mops-bundle.check/1`.
        place: The project relative to its repository.
    """
    registry = document["project"]["registry"]
    results = _results(document["findings"], registry, place)
    return _log(document["findings"], results, {"executionSuccessful": True}, place)


def sarif_error_log(finding: FindingDocument, place: BundlePath) -> Mapping[str, object]:
    """The log of a check that an error ended.

    The error is a notification of the tool (3.20.21) and a result too: a log without results
    would tell code scanning that all earlier findings are mended.

    Args:
        finding: The error, at the place that it is about.
        place: The project relative to its repository.
    """
    results = _results([finding], REGISTRY_PATH, place)
    notification = {
        "descriptor": {"id": finding["code"]},
        "level": "error",
        "message": {"text": _text(finding)},
        "locations": results[0]["locations"],
    }
    invocation = {"executionSuccessful": False, "toolExecutionNotifications": [notification]}
    return _log([finding], results, invocation, place, notifies=True)


def _log(
    findings: Sequence[FindingDocument],
    results: Sequence[Mapping[str, object]],
    invocation: Mapping[str, object],
    place: BundlePath,
    *,
    notifies: bool = False,
) -> Mapping[str, object]:
    rules = _rules(findings)
    driver: dict[str, object] = {"name": "mops-bundle", "version": __version__, "rules": rules}
    if notifies:
        driver["notifications"] = [
            {"id": rule["id"], "shortDescription": rule["shortDescription"]} for rule in rules
        ]
    prefix = "" if place == "." else f"{place}/"
    run = {
        "tool": {"driver": driver},
        # Runs of several projects of one repository stand beside each other (3.17.3).
        "automationDetails": {"id": f"mops-bundle/{prefix}"},
        "invocations": [invocation],
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _codes(findings: Iterable[FindingDocument]) -> list[str]:
    return sorted({finding["code"] for finding in findings})


def _rules(findings: Iterable[FindingDocument]) -> list[Mapping[str, object]]:
    """What is found, explained (3.49)."""
    known = coded()
    return [
        {
            "id": code,
            "name": "".join(word[:1].upper() + word[1:] for word in known[code].title.split()),
            "shortDescription": {"text": f"{known[code].title}."},
            "fullDescription": {"text": known[code].explanation},
            "help": {"text": known[code].explanation, "markdown": known[code].explanation},
            "defaultConfiguration": {"level": _LEVELS[known[code].severity or "error"]},
        }
        for code in _codes(findings)
    ]


def _results(
    findings: Sequence[FindingDocument], registry: str, place: BundlePath
) -> list[dict[str, object]]:
    index = {code: at for at, code in enumerate(_codes(findings))}
    seen: dict[str, int] = {}
    results: list[dict[str, object]] = []
    for finding in findings:
        result: dict[str, object] = {
            "ruleId": finding["code"],
            "ruleIndex": index[finding["code"]],
            "level": _LEVELS[finding["severity"]],
            "message": {"text": _text(finding)},
            "locations": [_location(finding, registry, place)],
        }
        same = _identity(finding)
        seen[same] = seen.get(same, 0) + 1
        result["partialFingerprints"] = {_FINGERPRINT: _fingerprint(f"{same}\0{seen[same]}")}
        results.append(result)
    return results


def _text(finding: FindingDocument) -> str:
    sentences = (part.rstrip(".") for part in (finding["message"], finding["hint"]) if part)
    return "".join(f"{sentence}. " for sentence in sentences).rstrip()


def _location(finding: FindingDocument, registry: str, place: BundlePath) -> Mapping[str, object]:
    artifact = _artifact(in_repository(finding["path"] or registry, place))
    # GitHub shows nothing that has no line: a finding of a whole file is at its first.
    region = {"startLine": finding["line"] or 1}
    if finding["line"] and finding["column"]:
        region["startColumn"] = finding["column"]
    physical = {"artifactLocation": artifact, "region": region}
    location: dict[str, object] = {"physicalLocation": physical}
    if finding["entity"]:
        location["logicalLocations"] = [{"fullyQualifiedName": finding["entity"]}]
    return location


def _artifact(path: str) -> Mapping[str, str]:
    # A name that is not UTF-8 comes as surrogates, and goes as the bytes that it is (PEP 383).
    uri = quote(path, safe="/", errors="surrogateescape")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": _BASE}


def _identity(finding: FindingDocument) -> str:
    """What makes it the same finding after an edit elsewhere: no line, and no wording."""
    parts = (finding["code"], finding["entity"], finding["path"] or "")
    # Findings of a file, or of the project, have nothing but their words to be told apart by.
    return "\0".join(parts if finding["entity"] else (*parts, finding["message"]))


def _fingerprint(identity: str) -> str:
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:32]
