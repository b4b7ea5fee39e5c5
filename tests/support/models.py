"""Random model code that imports and runs: constants, decorators, hierarchies and their twists."""

from __future__ import annotations

from hypothesis import strategies as st

_TEXTS = ("alpha", "beta", "gamma", "delta")
_CONSTANTS = ("ONE", "TWO", "THREE")


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """File name -> source: constants, a library of mixins and bases, and models."""
    return {
        "consts.py": draw(_constants_module()),
        "lib.py": draw(_library()),
        "models.py": draw(_models()),
    }


def _text(draw: st.DrawFn) -> str:
    return repr(draw(st.sampled_from(_TEXTS)))


def _binding(draw: st.DrawFn, name: str) -> list[str]:
    """Statements that bind a name to a text, in one of many ways."""
    one, other = _text(draw), _text(draw)
    return draw(
        st.sampled_from(
            [
                [f"{name} = {one}"],
                [f"{name} = {one}"],
                [f"{name} = {one}", f"{name} = {other}"],
                [f"{name} = {one}", f"{name} += '_x'"],
                [f"{name} = 'p_' + {one}"],
                [f"{name} = f'{{{one}}}_{{1 + 1}}'"],
                [f"{name} = '%s_y' % {one}"],
                [f"{name} = '-'.join([{one}, {other}])"],
                [f"{name} = {one}.upper()"],
                [f"{name}, _ = {one}, {other}"],
                [f"_t = ({one}, {other})", f"{name} = _t[1]"],
                [f"_d = {{'k': {one}, 'j': {other}}}", f"{name} = _d['k']"],
                [f"_e = {{'k': {one}}}", f"_e['k'] = {other}", f"{name} = _e['k']"],
                [f"_l = [{one}]", f"_l.append({other})", f"{name} = _l[-1]"],
                [f"_l = [{one}]", "_m = _l", f"_m[0] = {other}", f"{name} = _l[0]"],
                [f"def _f(x): x[0] = {other}", f"_l = [{one}]", "_f(_l)", f"{name} = _l[0]"],
                [f"if FLAG: {name} = {one}", f"else: {name} = {other}"],
                [f"if not FLAG: {name} = {one}", f"else: {name} = {other}"],
                [f"{name} = {one}", f"if RANDOM: {name} = {other}"],
                [f"{name} = {one} if FLAG else {other}"],
                [f"{name} = {one} if RANDOM else {other}"],
                [f"{name} = FLAG and {one} or {other}"],
                [f"for {name} in [{one}, {other}]: pass"],
                [f"{name} = {one}", "for _i in range(2):", f"    {name} += '_' + str(_i)"],
                [f"{name} = {one}", "while True:", f"    {name} = {other}", "    break"],
                [
                    "try:",
                    f"    {name} = {one}",
                    "    raise ValueError",
                    "except ValueError:",
                    f"    {name} = {other}",
                ],
                ["try:", f"    {name} = {one}", "finally:", f"    {name} = {other}"],
                [
                    "try:",
                    f"    {name} = {one}",
                    "    1 / 0",
                    f"    {name} = {other}",
                    "except ZeroDivisionError:",
                    "    pass",
                ],
                [
                    "import contextlib",
                    f"{name} = {one}",
                    "with contextlib.suppress(Exception):",
                    "    1 / 0",
                    f"    {name} = {other}",
                ],
                [f"{name} = {one}", f"def _g():\n    global {name}\n    {name} = {other}", "_g()"],
                [f"{name} = {one}", f"({name} := {other})"],
                [f"{name} = {one}", f"globals()['{name}'] = {other}"],
                [f"class _C:\n    x = {one}", f"{name} = _C.x"],
                [f"class _C:\n    x = {one}", f"_C.x = {other}", f"{name} = _C.x"],
                [f"class _C:\n    x = {one}", f"setattr(_C, 'x', {other})", f"{name} = _C.x"],
                [f"class _A:\n    x = {one}", "class _B(_A): pass", f"{name} = _B.x"],
                ["import enum", f"class _E(enum.Enum):\n    M = {one}", f"{name} = _E.M.value"],
                ["import enum", f"class _E(enum.StrEnum):\n    M = {one}", f"{name} = f'{{_E.M}}'"],
                [f"def _h(): return {one}", f"{name} = _h()"],
                [f"def _h(a, b={other}): return a + b", f"{name} = _h({one})"],
                [f"{name} = (lambda v: v + '_z')({one})"],
                [f"match FLAG:\n    case True: {name} = {one}\n    case _: {name} = {other}"],
                [f"{name} = {one}", f"del {name}", f"{name} = {other}"],
                [f"_q = [{one}, {other}]", f"{name} = [q for q in _q if q == q][-1]"],
                [f"_q = {{{one}: {other}}}", f"{name} = _q.get({one}, 'none')"],
            ]
        )
    )


@st.composite
def _constants_module(draw: st.DrawFn) -> str:
    lines = ["FLAG = " + draw(st.sampled_from(["True", "False", "1", "not True"]))]
    lines.append("import os")
    lines.append("RANDOM = bool(os.getpid() % 2)")
    for name in _CONSTANTS:
        lines += _binding(draw, name)
    if draw(st.booleans()):
        lines.append(f"__all__ = {[*_CONSTANTS, 'FLAG', 'RANDOM']!r}")
    return "\n".join(lines) + "\n"


_HEADER = """\
import modelops_calabaria as cb
from modelops_calabaria import BaseModel, model_output as mo, model_scenario
import consts
from consts import *
from consts import {first} as FIRST
import functools
out = cb.model_output
class Names:
    A = {text}
    B = TWO
TABLE = {{"k": {text}, "j": THREE}}
def keep(fn):
    return fn
def wrap(fn):
    @functools.wraps(fn)
    def inner(*args):
        return fn(*args)
    return inner
def swallow(fn):
    return lambda self: None
def named(name):
    return cb.model_output(name)
def tagged(name):
    def apply(fn):
        return cb.model_output("t_" + name)(fn)
    return apply
SPECS = [cb.ParameterSpec("s1", 0, 1), cb.ParameterSpec(name="s2", lower=0, upper=1)]
{twist}
"""


def _header(draw: st.DrawFn) -> str:
    return _HEADER.format(
        first=draw(st.sampled_from(_CONSTANTS)),
        text=_text(draw),
        twist=draw(
            st.sampled_from(
                [
                    "",
                    "",
                    "",
                    "SPECS.append(cb.ParameterSpec('s3', 0, 1))",
                    "mo = named",
                    "consts.ONE = 'patched'",
                    "Names.A = 'patched'",
                    "TABLE['k'] = 'patched'",
                    "def mo(name): return lambda fn: fn",
                    "TABLE.update(k='patched')",
                ]
            )
        ),
    )


def _name(draw: st.DrawFn) -> str:
    return draw(
        st.one_of(
            st.sampled_from([repr(text) for text in _TEXTS]),
            st.sampled_from(
                [
                    "ONE",
                    "TWO",
                    "THREE",
                    "FIRST",
                    "consts.ONE",
                    "consts.TWO",
                    "Names.A",
                    "Names.B",
                    "TABLE['k']",
                    "TABLE['j']",
                    "f'{FIRST}_f'",
                    "'c_' + consts.THREE",
                    "'x' if consts.FLAG else 'y'",
                    "'x' if RANDOM else 'y'",
                    "[ONE, TWO][0]",
                    "*(ONE,)",
                    "name=TWO",
                    "**{'name': ONE}",
                    "name='kw'",
                ]
            ),
        )
    )


def _method(draw: st.DrawFn) -> list[str]:
    attribute = draw(st.sampled_from(["m1", "m2", "m3", "_m4"]))
    decorator = draw(st.sampled_from(["cb.model_output", "mo", "out", "named", "tagged"]))
    marker = f"@{decorator}({_name(draw)})"
    scenario = f"@{draw(st.sampled_from(['cb.model_scenario', 'model_scenario']))}({_name(draw)})"
    define = f"def {attribute}(self, raw=None, seed=None): return None"
    over = draw(
        st.sampled_from(["@keep", "@wrap", "@swallow", "@functools.cache", "@staticmethod"])
    )
    return draw(
        st.sampled_from(
            [
                [marker, define],
                [marker, define],
                [marker, define],
                [scenario, define],
                [define],
                [marker, f"async {define}"],
                [marker, marker.replace("(", "('in_' + ", 1), define]
                if "*" not in marker and "name=" not in marker
                else [marker, define],
                [over, marker, define],
                [marker, over, define],
                [marker, define, f"alias_{attribute} = {attribute}"],
                [marker, define, f"del {attribute}"],
                [marker, define, f"{attribute} = None"],
                [f"if consts.FLAG:\n    {marker}\n    {define}"],
                [f"if RANDOM:\n    {marker}\n    {define}"],
                [f"if RANDOM:\n    {marker}\n    {define}\nelse:\n    {define}"],
                [f"for _n in ('l1', 'l2'):\n    @out(_n)\n    {define}"],
                [f"{attribute} = {decorator}({_name(draw)})(lambda self, raw, seed: None)"],
                [f"LOCAL = {_text(draw)}", "@out(LOCAL)", define],
                ["ONE = 'inner'", "@out(ONE)", define],
                [f"try:\n    {marker}\n    {define}\nexcept NameError:\n    pass"],
                [f"@property\n{define.replace(', raw=None, seed=None', '')}"],
                ["pass"],
            ]
        )
    )


def _parameters(draw: st.DrawFn, bases: list[str]) -> list[str]:
    choices = [
        ["PARAMS = cb.ParameterSpace((cb.ParameterSpec('a', 0, 1),))"],
        ["PARAMS = cb.ParameterSpace([cb.ParameterSpec(ONE, 0, 1)])"],
        ["PARAMS = cb.ParameterSpace(SPECS)"],
        ["PARAMS = cb.ParameterSpace(SPECS + [cb.ParameterSpec('b', 0, 1)])"],
        ["PARAMS = cb.ParameterSpace(tuple(cb.ParameterSpec(n, 0, 1) for n in ('c', 'd')))"],
        ["PARAMS = cb.ParameterSpace([cb.ParameterSpec(f'p{i}', 0, 1) for i in range(2)])"],
        ["PARAMS = cb.ParameterSpace(specs=[*SPECS])"],
        [
            "if RANDOM:\n    PARAMS = cb.ParameterSpace(SPECS)",
            "else:\n    PARAMS = cb.ParameterSpace(SPECS[:1])",
        ],
    ]
    models = [base for base in bases if base not in ("BaseModel", "Mixin", "Plain", "cb.BaseModel")]
    if models:
        more = "cb.ParameterSpec('more', 0, 1)"
        choices += [[], [], []]
        choices.append([f"PARAMS = cb.ParameterSpace([*{models[0]}.PARAMS.specs, {more}])"])
    return draw(st.sampled_from(choices))


def _class(draw: st.DrawFn, name: str, earlier: list[str]) -> list[str]:
    chosen = draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=3, unique=True))
    # Mostly an order that Python accepts: later classes first, the framework's base last.
    bases = sorted(chosen, key=earlier.index, reverse=True)
    if {"BaseModel", "cb.BaseModel"} <= set(bases):
        bases.remove("BaseModel")
    body = _parameters(draw, bases)
    for _ in range(draw(st.integers(1, 3))):
        body = body + _method(draw)
    lines = [f"class {name}({', '.join(bases)}):"]
    for chunk in body:
        lines += ["    " + line for line in chunk.split("\n")]
    return lines


@st.composite
def _library(draw: st.DrawFn) -> str:
    lines = [_header(draw)]
    for name, base in (("Mixin", ""), ("Plain", "(Mixin)")):
        lines.append(f"class {name}{base}:")
        lines.append("    pass")
        for _ in range(draw(st.integers(0, 2))):
            for chunk in _method(draw):
                lines += ["    " + line for line in chunk.split("\n")]
    lines += _class(draw, "LibA", ["BaseModel", "cb.BaseModel", "Mixin"])
    lines += _class(draw, "LibB", ["BaseModel", "LibA"])
    return "\n".join(lines) + "\n"


@st.composite
def _models(draw: st.DrawFn) -> str:
    how = draw(st.sampled_from(["from lib import *", "from lib import Mixin, Plain, LibA, LibB"]))
    lines = [_header(draw), how]
    earlier = ["BaseModel", "Mixin", "Plain", "LibA", "LibB"]
    for name in ("First", "Second", "Third"):
        lines += _class(draw, name, earlier)
        earlier.append(name)
        if draw(st.integers(0, 5)) == 0:
            lines.append(f"{name}Alias = {name}")
            earlier.append(f"{name}Alias")
    lines.append(draw(st.sampled_from(["", "", "del Third", "Third = Second", "ONE = 'late'"])))
    return "\n".join(lines) + "\n"


_OUTPUTS = ("'a'", "'b'", "ONE", "TWO", "consts.THREE", "'a' if RANDOM else 'b'", "f'{ONE}_o'")


def _target(draw: st.DrawFn, name: str) -> list[str]:
    """One top-level function that is, looks like, or is not a target."""
    output, other = (draw(st.sampled_from(_OUTPUTS)) for _ in range(2))
    mark = draw(
        st.sampled_from(
            (
                f"@cb.calibration_target(model_output={output}, data={{'x': 'x.csv'}})",
                f"@ct(model_output={output})",
                f"@ct(**{{'model_output': {output}}})",
                f"@ct(**META)\n@ct(model_output={other})",
                f"@keep\n@ct(model_output={output})",
                "@keep",
                "@ct(data=DATA)",
            )
        )
    )
    body = draw(
        st.sampled_from(
            (
                f"return LossTarget('n', {output})",
                f"return LossTarget(name='n', model_output={other})",
                f"t = LossTarget('n', {output})\n    u = t\n    return u",
                f"t = LossTarget('n', {output})\n    t.model_output = {other}\n    return t",
                f"if RANDOM:\n        return LossTarget('n', {output})\n"
                f"    return LossTarget('n', {other})",
                f"k = {{'name': 'n'}}\n    k['model_output'] = {other}\n    return LossTarget(**k)",
                f"k = dict(name='n', model_output={output})\n    return LossTarget(**k)",
                f"for o in ({output}, {other}):\n        return LossTarget('n', o)",
                f"try:\n        return LossTarget('n', {output})\n    finally:\n        pass",
                f"with contextlib.suppress(ValueError):\n        raise ValueError\n"
                f"    return LossTarget('n', {output})",
                f"def inner(): return LossTarget('n', {output})\n    return inner()",
                f"ONE = 'local'\n    return LossTarget('n', ONE + {other})",
                "return None",
            )
        )
    )
    define = f"def {name}(data_paths=None):\n    {body}"
    marked = draw(st.sampled_from((f"{mark}\n{define}", f"{mark}\n{define}", define)))
    indented = "\n".join("    " + line for line in marked.split("\n"))
    return draw(
        st.sampled_from(
            (
                [marked],
                [marked],
                [marked],
                [f"if consts.FLAG:\n{indented}"],
                [f"if RANDOM:\n{indented}\nelse:\n{indented.replace(output, other)}"],
                [f"try:\n{indented}\nexcept ValueError:\n    {name} = None"],
                [marked, f"{name} = None"],
                [marked, f"del {name}"],
            )
        )
    )


@st.composite
def target_projects(draw: st.DrawFn) -> dict[str, str]:
    """File name -> source: constants, and targets that use them."""
    lines = [
        "import contextlib",
        "import modelops_calabaria as cb",
        "from modelops_calabaria.core.target import LossTarget",
        "import consts",
        "from consts import *",
        "ct = cb.calibration_target",
        "DATA = ['one.csv', 'two.csv']",
        "META = {'model_output': ONE, 'data': DATA}",
        "def keep(fn): return fn",
        draw(st.sampled_from(("", "", "META['model_output'] = TWO", "DATA.append('three.csv')"))),
    ]
    for name in ("first", "second", "third"):
        lines += _target(draw, name)
    return {"consts.py": draw(_constants_module()), "targets.py": "\n".join(lines) + "\n"}
