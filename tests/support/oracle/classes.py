"""Random classes: marked methods, parameters, hierarchies and their twists."""

from __future__ import annotations

import random

from support.oracle.accents import Accent
from support.oracle.texts import name as name_of
from support.oracle.texts import text

#: What every module with classes has at its top; `{twist}` may change some of it.
_HEADER = """\
import abc, enum, functools, typing
from typing import Generic, Protocol, TypeVar
import consts
from consts import *
from consts import {first} as FIRST
T = TypeVar("T")
class Names:
    A = {text}
    B = TWO
    class Inner:
        C = {text}
class KIND(enum.Enum):
    M = {text}
TABLE = {{"k": {text}, "j": THREE}}
PAIR = ({text}, ONE)
def prefixed(name): return "pre_" + name
def keep(fn):
    return fn
def wrap(fn):
    @functools.wraps(fn)
    def inner(*args):
        return fn(*args)
    return inner
def wrap3(fn):
    @functools.wraps(fn)
    def inner(self, raw, seed):
        return fn(self, raw, seed)
    return inner
def swallow(fn):
    return lambda self: None
def option(flag=True):
    def apply(fn):
        return fn
    return apply
def named(name):
    return {output}(name)
def tagged(name):
    def apply(fn):
        return {output}("t_" + name)(fn)
    return apply
partly = functools.partial({output}, metadata={{}})
def classy(cls):
    return cls
def register(*args, **kwargs):
    def apply(cls):
        return cls
    return apply
SPECS = [{spec}("s1", 0, 1), {spec}(name="s2", lower=0, upper=1)]
BOUNDS = {{"g1": (0, 1), "g2": (0, 2)}}
def spec_of(name, upper=1): return {spec}(name, 0, upper)
{twist}
"""

_TWISTS = (
    *[""] * 8,
    "SPECS.append({spec}('s3', 0, 1))",
    "SPECS += [{spec}('s3', 0, 1)]",
    "consts.ONE = 'patched'",
    "Names.A = 'patched'",
    "TABLE['k'] = 'patched'",
    "TABLE.update(k='patched')",
    "def tagged(name): return lambda fn: fn",
    "for _q in ('l1', 'l2'): TABLE[_q] = _q",
)


def header(dice: random.Random, accent: Accent) -> str:
    """The top of a module that defines classes."""
    twist = dice.choice(_TWISTS).format(spec=accent.spec)
    return (
        accent.lines
        + "\n"
        + _HEADER.format(
            first=dice.choice(("ONE", "TWO", "THREE")),
            text=text(dice),
            output=accent.output,
            spec=accent.spec,
            twist=twist,
        )
    )


_ARGUMENTS = ("{0}", "{0}", "{0}", "{0}", "name={0}", "*({0},)", "**{{'name': {0}}}", "{0}, {{}}")
_ABOVE = (
    "@keep",
    "@wrap",
    "@wrap3",
    "@swallow",
    "@functools.cache",
    "@functools.lru_cache(maxsize=None)",
    "@option(flag=False)",
    "@option()",
    "@staticmethod",
    "@property",
    "@typing.no_type_check",
    "@abc.abstractmethod",
    "@classmethod",
)
_BELOW = ("@keep", "@wrap3", "@functools.cache", "@option()", "@typing.no_type_check")

#: {mark} and {mark2} are output decorators, {scenario} a scenario's; {def} defines {attribute}.
_MEMBERS = (
    *["{mark}\n{def}"] * 8,
    *["{scenario}\n{define_scenario}"] * 3,
    "{def}",
    "{def}",
    "{mark}\nasync {def}",
    "{mark}\n{mark2}\n{def}",
    "{above}\n{mark}\n{def}",
    "{above}\n{mark}\n{def}",
    "{above}\n{scenario}\n{define_scenario}",
    "{mark}\n{below}\n{def}",
    "{mark}\n{def}\nalias_{attribute} = {attribute}",
    "{mark}\n{def}\ndel {attribute}",
    "{mark}\n{def}\n{attribute} = None",
    "{mark}\n{def}\n{mark2}\n{def}",
    "if consts.FLAG:\n    {mark}\n    {def}",
    "if not consts.FLAG:\n    {mark}\n    {def}",
    "if RANDOM:\n    {mark}\n    {def}",
    "if RANDOM:\n    {mark}\n    {def}\nelse:\n    {def}",
    "if RANDOM:\n    {mark}\n    {def}\nelse:\n    {mark}\n    {def}",
    "for _n in ('l1', 'l2'):\n    @{output}(_n)\n    {def}",
    "for _n in ('l1', 'l2'):\n    locals()[_n] = {output}(_n)(lambda self, raw, seed: None)",
    "for _n in (ONE, TWO):\n    @{output}('v_' + _n)\n    {def}\n"
    "    locals()['m_' + _n] = {attribute}",
    "{attribute} = {output}({name})(lambda self, raw, seed: None)",
    "def _hidden(self, raw, seed): return None\n{attribute} = {output}({name})(_hidden)",
    "LOCAL = {text}\n@{output}(LOCAL)\n{def}",
    "ONE = 'inner'\n@{output}(ONE)\n{def}",
    "try:\n    {mark}\n    {def}\nexcept NameError:\n    pass",
    "with __import__('contextlib').nullcontext():\n    {mark}\n    {def}",
    "@property\n{define_plain}",
    "pass",
    "'''Docstring.'''",
    "class Nested:\n    {mark}\n    {def}",
    "x: int = 3",
    "{mark}\n{def}\n{mark2}\ndef other_{attribute}(self, raw, seed): return None",
    "_mark = {output}({name})\n@_mark\n{def}",
    "@partly({name})\n{def}",
    "@named({name})\n{def}",
    "@tagged({name})\n{def}",
    "@(lambda fn: {output}({name})(fn))\n{def}",
)


def member(dice: random.Random, accent: Accent, parents: list[str]) -> str:
    """Statements of a class body."""
    attribute = dice.choice(("m1", "m2", "m3", "_m4"))
    if parents and dice.random() < 0.12:
        parent = dice.choice(parents)
        again = (
            f"{attribute} = {accent.output}({name_of(dice)})({parent}.build_sim3)",
            f"def {attribute}(self, raw, seed): return super().{attribute}(raw, seed)",
            f"{attribute} = getattr({parent}, '{attribute}', None)",
            f"{attribute} = {parent}.common",
        )
        return dice.choice(again)
    given = name_of(dice)
    mark = "@" + accent.output + "(" + dice.choice(_ARGUMENTS).format(given) + ")"
    scenario_name = name_of(dice)
    values = {
        "mark": mark,
        "mark2": f"@{accent.output}({name_of(dice)})",
        "def": f"def {attribute}(self, raw=None, seed=None): return None",
        "scenario": f"@{accent.scenario}({scenario_name})",
        "define_scenario": f"def {attribute}(self): return {accent.made}({scenario_name})",
        "define_plain": f"def {attribute}(self): return None",
        "attribute": attribute,
        "above": dice.choice(_ABOVE),
        "below": dice.choice(_BELOW),
        "output": accent.output,
        "name": name_of(dice),
        "text": text(dice),
    }
    return dice.choice(_MEMBERS).format(**values)


_PARAMETERS = (
    "PARAMS = {space}(({spec}('a', 0, 1),))",
    "PARAMS = {space}([{spec}({name}, 0, 1)])",
    "PARAMS = {space}(SPECS)",
    "PARAMS = {space}(tuple(SPECS))",
    "PARAMS = {space}(SPECS + [{spec}('b', 0, 1)])",
    "PARAMS = {space}([*SPECS, {spec}(name='b2', lower=0, upper=1)])",
    "PARAMS = {space}(tuple({spec}(n, 0, 1) for n in ('c', 'd')))",
    "PARAMS = {space}([{spec}(f'p{{i}}', 0, 1) for i in range(2)])",
    "PARAMS = {space}(specs=[*SPECS])",
    "PARAMS = {space}([{spec}(n, lo, hi) for n, (lo, hi) in BOUNDS.items()])",
    "PARAMS = {space}([{spec}(n, *b) for n, b in BOUNDS.items()])",
    "PARAMS = {space}([spec_of('h1'), spec_of('h2', upper=3)])",
    "PARAMS = {space}(list(map(spec_of, ('i1', 'i2'))))",
    "PARAMS: typing.Any = {space}(({spec}('a', 0, 1), {spec}('b', 0, 1, kind='float')))",
    "_specs = []\nfor _n in ('j1', 'j2'):\n    _specs.append({spec}(_n, 0, 1))\n"
    "PARAMS = {space}(_specs)",
    "BETA = {spec}('beta', 0, 1)\nPARAMS = {space}((BETA,))",
    "PARAMS = {space}([s for s in SPECS if s.name != 's1'])",
    "PARAMS = {space}(SPECS[:1])",
    "if RANDOM:\n    PARAMS = {space}(SPECS)\nelse:\n    PARAMS = {space}(SPECS[:1])",
)


def parameters(dice: random.Random, accent: Accent, models: list[str]) -> str:
    """The class's parameters, or "" where a base has some."""
    if models and dice.random() < 0.6:
        first = models[0]
        more = f"{accent.spec}('more', 0, 1)"
        return dice.choice(
            (
                "",
                "",
                "",
                f"PARAMS = {accent.space}([*{first}.PARAMS.specs, {more}])",
                f"PARAMS = {accent.space}({first}.PARAMS.specs + ({more},))",
                f"PARAMS = {first}.PARAMS",
            )
        )
    return dice.choice(_PARAMETERS).format(space=accent.space, spec=accent.spec, name=name_of(dice))


_COMMON = "def common(self, raw, seed): return None\ndef build_sim3(self, raw, seed): return None"
_ABSTRACT = (
    "def build_sim(self, params, config): return None\ndef run_sim(self, state, seed): return None"
)


def mixin(dice: random.Random, accent: Accent, name: str, bases: str) -> str:
    """A class that is no model."""
    body = [_COMMON, *(member(dice, accent, []) for _ in range(dice.randint(0, 2)))]
    return f"class {name}{bases}:\n" + indented("\n".join(body))


def model(
    dice: random.Random, accent: Accent, name: str, plain: list[str], models: list[str]
) -> str:
    """A model class derived from some of these; `models` in the order they were made."""
    chosen = dice.sample(models, k=min(len(models), dice.choice((0, 1, 1, 1, 2, 2, 3))))
    chosen.sort(key=models.index, reverse=True)
    mixed = dice.sample(plain, k=min(len(plain), dice.choice((0, 0, 1, 1, 2))))
    mixed.sort(key=plain.index, reverse=True)
    parents = [*mixed, *chosen] if dice.random() < 0.7 else [*chosen, *mixed]
    bases = list(parents)
    if not chosen or dice.random() < 0.15:
        bases.append(accent.base)
    if dice.random() < 0.06:
        bases.append(dice.choice(("abc.ABC", "Generic[T]", "object")))
    keywords = ", metaclass=abc.ABCMeta" if dice.random() < 0.04 else ""
    body = [parameters(dice, accent, chosen)]
    if dice.random() < 0.5:
        body.append(_ABSTRACT)
    body += [member(dice, accent, parents) for _ in range(dice.randint(1, 3))]
    if dice.random() < 0.06:
        body.append(
            f"def setup_scenarios(self):\n    self._scenarios['late'] = {accent.made}('late')"
        )
    decorator = dice.choice(("@classy\n", "@register('x')\n")) if dice.random() < 0.06 else ""
    lines = "\n".join(one for one in body if one) or "pass"
    return f"{decorator}class {name}({', '.join(bases)}{keywords}):\n" + indented(lines)


def indented(block: str) -> str:
    """A block one step further in."""
    return "\n".join("    " + line if line else line for line in block.split("\n"))
