"""What user code writes into the reports is never taken for more than it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_bundle.codec.probe_json import decode_report, decode_survey
from modelops_bundle.core.probing import RunFact

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("event", "id", "failure", "facts", "call", "frames", "values", "outputs", "found")
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def test_a_report_is_read() -> None:
    report = decode_report(
        b'{"event": "facts", "id": "model:a", "failure": null, "facts": {"found": true, '
        b'"class": true, "is": "A", "outputs": {"values": ["x"]}, "scenarios": {"reason": "no"}}}'
    )
    assert report is not None
    assert report.facts is not None
    assert report.facts.found
    assert report.facts.facts["outputs"] == RunFact(("x",))
    assert report.facts.facts["scenarios"] == RunFact(None, "no")


@pytest.mark.parametrize(
    "line", [b"", b"x", b"[]", b"{}", b'{"event": "gone"}', b"\xff", b"[" * 99999]
)
def test_what_the_probe_did_not_write_is_no_report(line: bytes) -> None:
    assert decode_report(line) is None
    assert decode_survey(line) is None


@given(
    st.sampled_from(("ready", "imported", "facts", "called", "done", "survey")),
    st.dictionaries(
        st.sampled_from(("id", "failure", "facts", "call", "reads", "providers")), JSON
    ),
)
def test_any_other_shape_is_read_without_an_error(event: str, rest: dict[str, object]) -> None:
    line = json.dumps({"event": event, **rest}).encode()
    decode_report(line)
    decode_survey(line)
