"""The ways in which code comes to a text: statements that bind a name, and expressions."""

from __future__ import annotations

import random

TEXTS = ("alpha", "beta", "gamma", "delta")
CONSTANTS = ("ONE", "TWO", "THREE")

#: Statements that bind {name} to a text made of {one} and {other}, which are literals.
#: `FLAG` is a constant, `RANDOM` differs from run to run.
BINDINGS = (
    "{name} = {one}",
    "{name} = {one}",
    "{name}: str = {one}",
    "from typing import Final\n{name}: Final = {one}",
    "{name} = {one}\n{name} = {other}",
    "{name} = {one}\n{name} += '_x'",
    "{name} = 'p_' + {one}",
    "{name} = {one} {other}",
    "{name} = f'{{{one}}}_{{1 + 1}}'",
    "{name} = f'{{{one}:>8}}|{{3:02d}}'",
    "{name} = '%s_y' % {one}",
    "{name} = '%s-%s' % ({one}, {other})",
    "{name} = '{{}}/{{}}'.format({one}, {other})",
    "{name} = '{{a}}'.format(a={one})",
    "{name} = '-'.join([{one}, {other}])",
    "{name} = '-'.join(sorted([{one}, {other}]))",
    "{name} = '-'.join(q for q in ({one}, {other}))",
    "{name} = {one}.upper()",
    "{name} = {one}.replace('a', 'o').title()",
    "{name} = {one}[0] + {other}[1:3]",
    "{name} = 'a,b'.split(',')[0] + {one}",
    "{name} = str(len({one})) + {other}",
    "{name}, _ = {one}, {other}",
    "{name}, *_rest = {one}, {other}",
    "(_, {name}) = [{one}, {other}]",
    "{name} = _same = {one}",
    "_t = ({one}, {other})\n{name} = _t[1]",
    "_t = ({one}, {other})\n{name} = _t[-2:][0]",
    "_d = {{'k': {one}, 'j': {other}}}\n{name} = _d['k']",
    "_d = dict(k={one}, j={other})\n{name} = _d['j']",
    "_d = {{**dict(k={one}), 'j': {other}}}\n{name} = _d['k']",
    "_d = {{'k': {one}}} | {{'k': {other}}}\n{name} = _d['k']",
    "_d = {{'k': {{'j': {one}}}}}\n{name} = _d['k']['j']",
    "_e = {{'k': {one}}}\n_e['k'] = {other}\n{name} = _e['k']",
    "_e = {{}}\n_e['k'] = {one}\n{name} = _e['k']",
    "_e = {{q: q + '_v' for q in ({one}, {other})}}\n{name} = _e[{one}]",
    "_e = dict(zip(('k', 'j'), ({one}, {other})))\n{name} = _e['j']",
    "_l = [{one}]\n_l.append({other})\n{name} = _l[-1]",
    "_l = []\nfor _q in ({one}, {other}):\n    _l.append(_q + '_i')\n{name} = _l[0]",
    "_l = [{one}]\n_m = _l\n_m[0] = {other}\n{name} = _l[0]",
    "_l = [{one}]\n_l += [{other}]\n{name} = _l[1]",
    "def _f(x): x[0] = {other}\n_l = [{one}]\n_f(_l)\n{name} = _l[0]",
    "if FLAG: {name} = {one}\nelse: {name} = {other}",
    "if not FLAG: {name} = {one}\nelse: {name} = {other}",
    "if FLAG and {one}: {name} = {one}\nelse: {name} = {other}",
    "import sys\nif sys.version_info >= (3, 8): {name} = {one}\nelse: {name} = {other}",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING: {name} = {one}\nelse: {name} = {other}",
    "{name} = {one}\nif RANDOM: {name} = {other}",
    "{name} = {one} if FLAG else {other}",
    "{name} = {one} if RANDOM else {other}",
    "{name} = FLAG and {one} or {other}",
    "{name} = None or {one}",
    "import os\n{name} = os.environ.get('NOT_THERE', {one})",
    "for {name} in [{one}, {other}]: pass",
    "for {name} in [{one}]: pass",
    "{name} = {one}\nfor _i in range(2):\n    {name} += '_' + str(_i)",
    "{name} = {one}\nwhile True:\n    {name} = {other}\n    break",
    "try:\n    {name} = {one}\n    raise ValueError\nexcept ValueError:\n    {name} = {other}",
    "try:\n    {name} = {one}\nfinally:\n    {name} = {other}",
    "try:\n    {name} = {one}\nexcept KeyError:\n    {name} = {other}",
    "try:\n    {name} = {one}\n    1 / 0\n    {name} = {other}\nexcept ZeroDivisionError:\n"
    "    pass",
    "try:\n    import nowhere_to_be_found\n    {name} = {one}\nexcept ImportError:\n"
    "    {name} = {other}",
    "import contextlib\n{name} = {one}\nwith contextlib.suppress(Exception):\n    1 / 0\n"
    "    {name} = {other}",
    "{name} = {one}\ndef _g():\n    global {name}\n    {name} = {other}\n_g()",
    "{name} = {one}\n({name} := {other})",
    "{name} = {one}\nglobals()['{name}'] = {other}",
    "{name} = {one}\nvars()['{name}'] = {other}",
    "{name} = {one}\nexec(\"{name} = 'executed'\")",
    "class _C:\n    x = {one}\n{name} = _C.x",
    "class _C:\n    x = {one}\n    y = x + '_y'\n{name} = _C.y",
    "class _C:\n    class D:\n        x = {one}\n{name} = _C.D.x",
    "class _C:\n    x = {one}\n_C.x = {other}\n{name} = _C.x",
    "class _C:\n    x = {one}\nsetattr(_C, 'x', {other})\n{name} = _C.x",
    "class _A:\n    x = {one}\nclass _B(_A): pass\n{name} = _B.x",
    "class _A:\n    x = {one}\nclass _B(_A):\n    x = _A.x + '_b'\n{name} = _B.x",
    "class _P:\n    @property\n    def x(self): return {one}\n{name} = _P().x",
    "class _P:\n    x = {one}\n{name} = _P().x",
    "class _P:\n    def __init__(self): self.x = {one}\n{name} = _P().x",
    "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass _N:\n    x: str = {one}\n"
    "    y: str = {other}\n{name} = _N().x",
    "from dataclasses import dataclass\n@dataclass\nclass _N:\n    x: str\n{name} = _N({one}).x",
    "from typing import NamedTuple\nclass _T(NamedTuple):\n    x: str = {one}\n{name} = _T().x",
    "from types import SimpleNamespace\n{name} = SimpleNamespace(x={one}).x",
    "from types import MappingProxyType\n{name} = MappingProxyType({{'k': {one}}})['k']",
    "import enum\nclass _E(enum.Enum):\n    M = {one}\n{name} = _E.M.value",
    "import enum\nclass _E(enum.Enum):\n    M = {one}\n{name} = _E['M'].value",
    "import enum\nclass _E(enum.Enum):\n    M = {one}\n{name} = _E({one}).value",
    "import enum\nclass _E(enum.Enum):\n    M = {one}\n    N = {other}\n"
    "{name} = [e.value for e in _E][0]",
    "import enum\nclass _E(enum.StrEnum):\n    M = {one}\n{name} = f'{{_E.M}}'",
    "import enum\nclass _E(enum.StrEnum):\n    M = enum.auto()\n{name} = _E.M",
    "import enum\nclass _E(str, enum.Enum):\n    M = {one}\n{name} = _E.M.value + _E.M.name",
    "def _h(): return {one}\n{name} = _h()",
    "def _h(a, b={other}): return a + b\n{name} = _h({one})",
    "def _h(a):\n    b = a + '_local'\n    return b\n{name} = _h({one})",
    "def _h(a):\n    if a: return a + '_yes'\n    return 'no'\n{name} = _h({one})",
    "import functools\n@functools.cache\ndef _h(): return {one}\n{name} = _h()",
    "import functools\ndef _h(a, b): return a + b\n{name} = functools.partial(_h, {one})({other})",
    "{name} = (lambda v: v + '_z')({one})",
    "match FLAG:\n    case True: {name} = {one}\n    case _: {name} = {other}",
    "{name} = {one}\ndel {name}\n{name} = {other}",
    "_q = [{one}, {other}]\n{name} = [q for q in _q if q == q][-1]",
    "_q = {{{one}: {other}}}\n{name} = _q.get({one}, 'none')",
    "_q = ({one}, {other})\n{name} = next(iter(_q))",
    "_q = ({one}, {other})\n{name} = min(_q) + max(_q)",
    "{name} = [*({one}, {other})][0]",
    "{name} = list(reversed([{one}, {other}]))[0]",
    "{name} = __name__.split('.')[-1] + {one}",
    "from pathlib import Path\n{name} = Path('data', {one} + '.csv').stem",
    "import os\n{name} = os.path.splitext(os.path.basename('x/' + {one} + '.csv'))[0]",
    "{name} = {one} if {one} in ({one}, {other}) else {other}",
    "{name} = ''.join(reversed({one}))",
    "assert {one}\n{name} = {one}",
)

#: Expressions for the name of an output or a parameter, where the constants are visible.
NAMES = (
    "ONE",
    "TWO",
    "THREE",
    "FIRST",
    "consts.ONE",
    "consts.TWO",
    "Names.A",
    "Names.B",
    "Names.Inner.C",
    "TABLE['k']",
    "TABLE['j']",
    "KIND.M.value",
    "PAIR[0]",
    "f'{FIRST}_f'",
    "'c_' + consts.THREE",
    "'%s_%d' % (ONE, 3)",
    "'x' if consts.FLAG else 'y'",
    "'x' if RANDOM else 'y'",
    "[ONE, TWO][0]",
    "getattr(consts, 'TWO')",
    "prefixed(TWO)",
)


def text(dice: random.Random) -> str:
    """A literal."""
    return repr(dice.choice(TEXTS))


def name(dice: random.Random) -> str:
    """An expression for a name: half of them literals."""
    return text(dice) if dice.random() < 0.5 else dice.choice(NAMES)


def constants_module(dice: random.Random) -> str:
    """A module of constants; `RANDOM` differs between the two runs of the oracle."""
    lines = ["FLAG = " + dice.choice(["True", "False", "1", "not True"])]
    lines += ["import os", "RANDOM = bool(os.environ.get('ORACLE'))"]
    for constant in CONSTANTS:
        template = dice.choice(BINDINGS)
        lines.append(template.format(name=constant, one=text(dice), other=text(dice)))
    if dice.random() < 0.4:
        lines.append(f"__all__ = {[*CONSTANTS, 'FLAG', 'RANDOM']!r}")
    return "\n".join(lines) + "\n"
