"""One set of facts for a symbol that has several definitions, of which one will be in force."""

from __future__ import annotations

from collections.abc import Sequence

from modelops_bundle.core.findings import Location
from modelops_bundle.core.observation import ListFact, ModelFacts, TargetFacts, Unresolved

_REASON = "it depends on which definition is in force"


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
