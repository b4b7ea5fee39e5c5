"""What a job specification asks of a bundle: names, each with its place in the document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple


class Mark(NamedTuple):
    """A place in the document; 1-based, 0 for a job that comes from no file."""

    line: int = 0
    column: int = 0


class JobName(NamedTuple):
    """A name that the job gives, as it is written."""

    text: str
    mark: Mark = Mark()


class Coverage(Enum):
    """How much of a model's parameters a list of names has to cover."""

    #: A simulation is run with these values and no others.
    ALL = auto()
    #: An algorithm varies these; what it leaves alone has to come from somewhere.
    VARIED = auto()
    #: Names that are merely mentioned.
    SOME = auto()


@dataclass(frozen=True, slots=True)
class ParameterNames:
    """The parameters that one part of a job gives values to, or ranges."""

    names: tuple[JobName, ...]
    coverage: Coverage
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Runs of one model in one scenario.

    Attributes:
        model: A module, an entrypoint, a file or a registry id, as the platform's tools write it.
        class_name: The class that is meant, alone or as an entrypoint.
        noted_class: The same where it is a note only, which no worker reads.
        parameters: Each different list of names once.
    """

    model: JobName | None = None
    class_name: JobName | None = None
    noted_class: JobName | None = None
    scenarios: tuple[JobName, ...] = ()
    parameters: tuple[ParameterNames, ...] = ()
    outputs: tuple[JobName, ...] = ()


class Remark(NamedTuple):
    """Something odd that the job can be read in spite of."""

    name: JobName
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpecification:
    """Everything of a job that can be compared with a registry, each name once.

    Attributes:
        noted_sets: Target sets that were asked for when the job was made; no worker reads them.
        bundles: References of the bundle that the job runs.
        imported_models: Models of studies; the platform hands them to workers as they stand.
        imported_targets: Targets that workers get as they stand.
    """

    simulations: tuple[Simulation, ...] = ()
    targets: tuple[JobName, ...] = ()
    target_sets: tuple[JobName, ...] = ()
    noted_sets: tuple[JobName, ...] = ()
    bundles: tuple[JobName, ...] = ()
    imported_models: tuple[JobName, ...] = ()
    imported_targets: tuple[JobName, ...] = ()
    remarks: tuple[Remark, ...] = ()
