"""The official schema of SARIF logs, and what validates against it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

_SCHEMA = Path(__file__).parents[1] / "data" / "sarif" / "sarif-schema-2.1.0.json"


@cache
def _validator() -> Draft4Validator:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def assert_sarif(log: Any) -> None:
    """Fail where the log is not as OASIS says, or where its references lead nowhere."""
    problems = [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(log)]
    if problems:
        raise AssertionError("\n".join(problems))
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        prints = [str(result["partialFingerprints"]) for result in run["results"]]
        assert len(set(prints)) == len(prints)
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            for location in result["locations"]:
                artifact = location["physicalLocation"]["artifactLocation"]
                assert artifact.get("uriBaseId", "%SRCROOT%") in run["originalUriBaseIds"]
                assert ("uriBaseId" in artifact) == ("://" not in artifact["uri"])
