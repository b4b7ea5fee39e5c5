"""What happens to the example after its last sync: the edits that make its registry stale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change to one file of the example.

    Attributes:
        path: Relative to the project root, POSIX.
        told: What somebody did, for people to read.
        old: Text that stands in the file exactly once.
        new: What stands there afterwards.
    """

    path: str
    told: str
    old: str
    new: str

    def applied_to(self, text: str) -> str:
        """Return the edited text.

        Raises:
            ValueError: `old` does not stand in the text exactly once.
        """
        if text.count(self.old) != 1:
            raise ValueError(f"{self.path}: the text to edit stands there {text.count(self.old)}x")
        return text.replace(self.old, self.new)


#: Boys in convalescence on days 1 to 14, from the same report as the boys in bed.
_CONVALESCENT = (0, 0, 0, 0, 9, 17, 105, 162, 176, 166, 150, 85, 47, 20)
_IN_BED = (3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4)
_DAYS = tuple(range(1, 15))


def _table(header: str, *columns: tuple[int, ...]) -> str:
    rows = (",".join(map(str, row)) for row in zip(*columns, strict=True))
    return "\n".join((header, *rows, ""))


EDITS = (
    Edit(
        path="targets/incidence.py",
        told="the target function incidence_target is renamed to incidence_replicate_mean_target",
        old="def incidence_target(",
        new="def incidence_replicate_mean_target(",
    ),
    Edit(
        path=".modelops-bundle/registry.yaml",
        told="its registered output is called BAD_OUTPUT_NAME, which the code knows as incidence",
        old="entrypoint: targets.incidence:incidence_target\n    model_output: incidence\n",
        new="entrypoint: targets.incidence:incidence_target\n    model_output: BAD_OUTPUT_NAME\n",
    ),
    Edit(
        path="data/observed_incidence.csv",
        told="the observations gain a column: the boys in convalescence",
        old=_table("day,in_bed", _DAYS, _IN_BED),
        new=_table("day,in_bed,convalescent", _DAYS, _IN_BED, _CONVALESCENT),
    ),
    Edit(
        path="sirlib/timetable.py",
        told="the timetable, three imports away from the model, loses an hour of class",
        old="CLASS: 6.0",
        new="CLASS: 5.0",
    ),
)
