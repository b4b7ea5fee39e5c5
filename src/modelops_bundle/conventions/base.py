"""The shape of a convention: which names of a framework mean what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Inheritance(StrEnum):
    """Which inherited outputs and scenarios a model class registers."""

    #: Those of the class body, and those of the first model class in the method resolution
    #: order. What a plain mixin or a second model base decorates is lost.
    FIRST_MODEL = "first-model"
    #: Every decorated method that the class has as an attribute; an undecorated override hides.
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """Fully qualified names, as a project would import them.

    Names may belong to an installed framework or to the project itself.

    Attributes:
        name: Shown to people, and recorded in what is discovered.
        model_bases: Classes whose subclasses are models.
        required_methods: Methods that a model must implement before it can be used; a class
            that lacks one and has subclasses is an intermediate.
        output_decorators: `@decorator("name")` on a method: the model has that output.
        outputs_attribute: Class attribute or class keyword that lists further outputs, or "".
        output_hooks: Methods whose override makes the outputs unknowable.
        scenario_decorators: Likewise for scenarios.
        implicit_scenarios: Scenarios that every model has.
        scenario_hooks: Methods whose override makes the scenarios unknowable.
        inheritance: Which inherited outputs and scenarios count.
        live_outputs: Attribute of an instance, made without arguments, that is a mapping of its
            outputs by name; "" where `verify` must read them off the class.
        live_scenarios: Likewise for scenarios.
        parameter_constructors: Calls in the class body whose first argument names a parameter.
        parameter_containers: Calls that hold a list of such calls.
        parameters_field: Attribute of a container that gives that list back, or "".
        parameters_attribute: The class attribute that holds those calls, or "" for any.
        parameter_methods: Methods that define parameters in code: unresolved where they stand
            in place of the attribute.
        target_decorators: Functions under them are targets.
        target_constructors: A function that returns a call of one, with an output named, is a
            target.
        output_position: Index of the output's name among a constructor's positional arguments,
            or -1 where it is given by keyword only.
        output_argument: Keyword that names the model output in decorators and constructors.
        data_argument: Keyword of the decorator that names data files (a mapping, a list or one
            path).
    """

    name: str
    model_bases: tuple[str, ...] = ()
    required_methods: tuple[str, ...] = ()
    output_decorators: tuple[str, ...] = ()
    outputs_attribute: str = "outputs"
    output_hooks: tuple[str, ...] = ()
    scenario_decorators: tuple[str, ...] = ()
    implicit_scenarios: tuple[str, ...] = ()
    scenario_hooks: tuple[str, ...] = ()
    inheritance: Inheritance = Inheritance.ATTRIBUTES
    live_outputs: str = ""
    live_scenarios: str = ""
    parameter_constructors: tuple[str, ...] = ()
    parameter_containers: tuple[str, ...] = ()
    parameters_field: str = ""
    parameters_attribute: str = ""
    parameter_methods: tuple[str, ...] = ()
    target_decorators: tuple[str, ...] = ()
    target_constructors: tuple[str, ...] = ()
    output_position: int = -1
    output_argument: str = "model_output"
    data_argument: str = "data"

    def names(self) -> Iterator[str]:
        """All qualified names that mean something, in no particular order."""
        yield from self.model_bases
        yield from self.output_decorators
        yield from self.scenario_decorators
        yield from self.parameter_constructors
        yield from self.parameter_containers
        yield from self.target_decorators
        yield from self.target_constructors
