"""Conventions that a project states in its `pyproject.toml`."""

from __future__ import annotations

import tomllib

import pytest

from modelops_bundle.conventions.base import Inheritance
from modelops_bundle.conventions.user import KEYS, conventions_from
from modelops_bundle.errors import ConfigError

WHOLE = """
[simkit]
model-bases = ["simkit.Model"]
required-methods = ["run"]
output-decorators = ["simkit.output", "simkit.core.output"]
outputs-attribute = "OUTPUTS"
output-hooks = ["extract"]
scenario-decorators = []
implicit-scenarios = ["default"]
scenario-hooks = ["scenarios"]
inheritance = "first-model"
parameter-constructors = ["simkit.Param"]
parameter-containers = ["simkit.Space"]
parameters-field = "specs"
parameters-attribute = "PARAMS"
parameter-methods = ["space"]
target-decorators = ["simkit.target"]
target-constructors = ["simkit.Target"]
output-position = 1
output-argument = "output"
data-argument = "files"
[second]
target-decorators = ["second.target"]
"""


def test_every_key_is_read() -> None:
    table = tomllib.loads(WHOLE)
    assert set(table["simkit"]) == set(KEYS)
    first, second = conventions_from(table)
    assert first.name == "simkit"
    assert first.model_bases == ("simkit.Model",)
    assert first.required_methods == ("run",)
    assert first.output_decorators == ("simkit.output", "simkit.core.output")
    assert first.outputs_attribute == "OUTPUTS"
    assert first.output_hooks == ("extract",)
    assert first.scenario_decorators == ()
    assert first.implicit_scenarios == ("default",)
    assert first.scenario_hooks == ("scenarios",)
    assert first.inheritance is Inheritance.FIRST_MODEL
    assert first.parameter_constructors == ("simkit.Param",)
    assert first.parameter_containers == ("simkit.Space",)
    assert first.parameters_field == "specs"
    assert first.parameters_attribute == "PARAMS"
    assert first.parameter_methods == ("space",)
    assert first.target_decorators == ("simkit.target",)
    assert first.target_constructors == ("simkit.Target",)
    assert first.output_position == 1
    assert first.output_argument == "output"
    assert first.data_argument == "files"
    assert (second.name, second.target_decorators) == ("second", ("second.target",))


def test_no_table_gives_no_conventions() -> None:
    assert conventions_from({}) == ()


def test_an_unknown_key_names_the_closest_one() -> None:
    with pytest.raises(ConfigError, match="unknown key 'model-base'") as caught:
        conventions_from({"simkit": {"model-base": ["simkit.Model"]}})
    assert caught.value.hint == "did you mean 'model-bases'?"
    assert "not analysed" in caught.value.not_done


def test_an_underscore_is_recognised_as_a_hyphen_meant() -> None:
    with pytest.raises(ConfigError) as caught:
        conventions_from({"simkit": {"target_decorators": ["simkit.target"]}})
    assert caught.value.hint == "did you mean 'target-decorators'?"


def test_a_key_like_none_lists_them_all() -> None:
    with pytest.raises(ConfigError) as caught:
        conventions_from({"simkit": {"zzz": []}})
    assert "model-bases" in caught.value.hint


WRONG: dict[str, tuple[object, str]] = {
    "not a table": (["simkit.Model"], "a list, not a table"),
    "a text for a list": ({"model-bases": "simkit.Model"}, "a string, not a list"),
    "a number in a list": ({"model-bases": ["a.B", 3]}, "an integer, not only strings"),
    "an empty name": ({"model-bases": [""]}, "empty name"),
    "a blank name": ({"model-bases": [" "]}, "empty name"),
    "no module": ({"model-bases": ["Model"]}, "has no module"),
    "not a name": ({"model-bases": ["sim kit.Model"]}, "no Python name"),
    "a stray dot": ({"model-bases": ["simkit."]}, "no Python name"),
    "a call": ({"output-decorators": ["simkit.output()"]}, "no Python name"),
    "a dotted method": ({"scenario-hooks": ["a.b"]}, "without dots"),
    "a list for a text": ({"output-argument": ["a"]}, "a list, not a string"),
    "an empty argument": ({"output-argument": ""}, "no Python name"),
    "another inheritance": ({"inheritance": "mro"}, "'first-model' or 'attributes'"),
    "a text for a position": ({"output-position": "1"}, "index"),
    "a truth for a position": ({"output-position": True}, "index"),
    "nothing named": ({}, "names nothing"),
    "only empty lists": ({"model-bases": []}, "names nothing"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values_are_refused_with_their_place(case: str) -> None:
    value, message = WRONG[case]
    with pytest.raises(ConfigError) as caught:
        conventions_from({"simkit": value})
    assert message in caught.value.message
    assert caught.value.message.startswith(
        "pyproject.toml: [tool.modelops-bundle.conventions.simkit]"
    )


def test_a_convention_needs_a_name() -> None:
    with pytest.raises(ConfigError, match="without a name"):
        conventions_from({" ": {"model-bases": ["a.B"]}})


def test_attributes_may_be_switched_off() -> None:
    table = {"simkit": {"model-bases": ["a.B"], "outputs-attribute": ""}}
    assert conventions_from(table)[0].outputs_attribute == ""


TEXT = """\
[project]
name = "x"

[tool.modelops-bundle.conventions.simkit]
model-bases = ["simkit.Model"]
# output-decorators = []
output-decorator = ["simkit.output"]

[tool.modelops-bundle.conventions."other kit"]
target-decorators = "kit.target"
[tool.modelops-bundle]
conventions.inline = { model-bases = [1] }
"""


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("simkit", {"output-decorator": ["simkit.output"]}, 7),
        ("simkit", {}, 4),
        ("simkit", {"not-there": 1}, 4),
        ("other kit", {"target-decorators": "kit.target"}, 10),
        ("inline", {"model-bases": [1]}, 12),
    ],
)
def test_an_error_names_the_line(name: str, value: dict[str, object], line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        conventions_from({name: value}, lambda: TEXT)
    assert caught.value.message.startswith(f"pyproject.toml:{line}: [tool.modelops-bundle.")
    assert caught.value.not_done


def test_an_error_whose_line_is_not_found_names_the_file() -> None:
    with pytest.raises(ConfigError) as caught:
        conventions_from({"kit": {}}, lambda: "[tool]")
    assert caught.value.message.startswith("pyproject.toml: [")
