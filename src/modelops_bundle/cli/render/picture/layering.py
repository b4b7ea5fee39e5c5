"""In which column of a layered drawing each box stands.

The drawings are made by the method of K. Sugiyama, S. Tagawa and M. Toda, "Methods for Visual
Understanding of Hierarchical System Structures", IEEE Transactions on Systems, Man, and
Cybernetics 11 (1981), in its four steps: circles are opened, boxes get layers (both here), the
order within layers is chosen so that few links cross (`ordering`, `switching`), and positions
follow from the order (`placement`). Layers are columns here, and changes travel to the right.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[int, int]


def acyclic(count: int, links: Iterable[Pair]) -> frozenset[Pair]:
    """The links that have to be turned round so that no circle is left.

    They are those that lead back to a box which a depth-first walk has not left yet.

    Args:
        count: How many boxes there are; the walk takes them in their order.
        links: Pairs of different boxes.
    """
    after: list[list[int]] = [[] for _ in range(count)]
    for start, end in links:
        after[start].append(end)
    back: set[Pair] = set()
    entered, left = [False] * count, [False] * count
    for root in range(count):
        if entered[root]:
            continue
        entered[root] = True
        walk = [(root, iter(after[root]))]
        while walk:
            box, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                left[box] = True
                walk.pop()
            elif not entered[following]:
                entered[following] = True
                walk.append((following, iter(after[following])))
            elif not left[following]:
                back.add((box, following))
    return frozenset(back)


def columns_of(count: int, links: Sequence[Pair], least: Mapping[int, int]) -> list[int]:
    """The column of each box, numbered from the left without gaps.

    Each box stands as far to the right as those that depend on it allow, so that a file is next
    to what uses it: the longest path to the right decides.

    Args:
        links: Without circles, and without links that are not to be drawn.
        least: Boxes that stand at least so many columns from the right edge.
    """
    after: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    before: list[list[int]] = [[] for _ in range(count)]
    for start, end in links:
        after[start].append(end)
        before[end].append(start)
        waiting[start] += 1
    from_right = [least.get(box, 0) for box in range(count)]
    ready = [box for box in range(count) if not waiting[box]]
    for box in ready:
        for user in after[box]:
            from_right[box] = max(from_right[box], from_right[user] + 1)
        for source in before[box]:
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    used = {distance: at for at, distance in enumerate(sorted(set(from_right), reverse=True))}
    return [used[distance] for distance in from_right]
