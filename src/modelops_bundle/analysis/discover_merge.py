"""Facts put together: from several sources, or from several definitions of one symbol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import ListFact, ModelFacts, TargetFacts, Unresolved

_REASON = "it depends on which definition is in force"


def fact_of(names_and_doubts: Iterable[str | Unresolved]) -> ListFact:
    """A list of names, with the reasons why there may be more."""
    names: dict[str, None] = {}
    unresolved: dict[Unresolved, None] = {}
    for mark in names_and_doubts:
        if isinstance(mark, str):
            names[mark] = None
        else:
            unresolved[mark] = None
    return ListFact(tuple(names), tuple(unresolved))


def joined(*facts: ListFact) -> ListFact:
    """Everything that is in any of these lists."""
    return ListFact(
        tuple(dict.fromkeys(name for fact in facts for name in fact.values)),
        tuple(dict.fromkeys(one for fact in facts for one in fact.unresolved)),
    )


def merged_models(facts: Sequence[ModelFacts], symbol: str, location: Location) -> ModelFacts:
    """What all definitions of a model agree on; what they do not is unresolved."""
    return ModelFacts(
        outputs=_lists([one.outputs for one in facts], symbol, location),
        scenarios=_lists([one.scenarios for one in facts], symbol, location),
        parameters=_lists([one.parameters for one in facts], symbol, location),
    )


def merged_targets(facts: Sequence[TargetFacts], symbol: str, location: Location) -> TargetFacts:
    """What all definitions of a target agree on; what they do not is unresolved."""
    data: ListFact | None = None
    if any(one.data is not None for one in facts):
        data = _lists([one.data or ListFact() for one in facts], symbol, location)
    bodies = {one.body_output for one in facts}
    return TargetFacts(
        model_output=_outputs([one.model_output for one in facts], symbol, location),
        data=data,
        body_output=bodies.pop() if len(bodies) == 1 else None,
    )


def _outputs(
    outputs: Sequence[str | Unresolved | None], symbol: str, location: Location
) -> str | Unresolved | None:
    if len(set(outputs)) == 1:
        return outputs[0]
    candidates: set[str] = set()
    for output in outputs:
        if isinstance(output, str):
            candidates.add(output)
        elif output is not None:
            candidates.update(output.candidates)
    return Unresolved(
        expression=symbol, reason=_REASON, location=location, candidates=tuple(sorted(candidates))
    )


def _lists(facts: Sequence[ListFact], symbol: str, location: Location) -> ListFact:
    everything = dict.fromkeys(name for fact in facts for name in fact.values)
    sure = tuple(name for name in everything if all(name in fact.values for fact in facts))
    unresolved = dict.fromkeys(one for fact in facts for one in fact.unresolved)
    if len(sure) != len(everything):
        doubt = Unresolved(
            expression=symbol,
            reason=_REASON,
            location=location,
            candidates=tuple(sorted(everything)),
        )
        unresolved[doubt] = None
    return ListFact(sure, tuple(unresolved))
