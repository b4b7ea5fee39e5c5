"""The shape of a convention: which names of a framework mean what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """Fully qualified names, as a project would import them.

    Attributes:
        name: Shown to people, and recorded in what is discovered.
        model_bases: Classes whose subclasses are models.
        output_decorators: `@decorator("name")` on a method: the model has that output.
        scenario_decorators: Likewise for scenarios.
        implicit_scenarios: Scenarios that every model has.
        scenario_hooks: Methods whose override makes the scenarios unknowable.
        parameter_constructors: Calls in the class body whose first argument names a parameter.
        parameters_attribute: The class attribute that holds those calls, or "" for any.
        parameter_methods: Methods that define parameters in code: unresolved where they stand
            in place of the attribute.
        target_decorators: Functions under them are targets.
        target_constructors: A function that returns a call of one, with an output named, is a
            target.
        output_argument: Keyword that names the model output in decorators and constructors.
        data_argument: Keyword of the decorator that names data files (a mapping, a list or one
            path).
    """

    name: str
    model_bases: tuple[str, ...] = ()
    output_decorators: tuple[str, ...] = ()
    scenario_decorators: tuple[str, ...] = ()
    implicit_scenarios: tuple[str, ...] = ()
    scenario_hooks: tuple[str, ...] = ()
    parameter_constructors: tuple[str, ...] = ()
    parameters_attribute: str = ""
    parameter_methods: tuple[str, ...] = ()
    target_decorators: tuple[str, ...] = ()
    target_constructors: tuple[str, ...] = ()
    output_argument: str = "model_output"
    data_argument: str = "data"
