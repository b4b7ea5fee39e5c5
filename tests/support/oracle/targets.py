"""Random modules of target functions, and of what looks like some."""

from __future__ import annotations

import random

from support.oracle.accents import accent
from support.oracle.classes import indented

_OUTPUTS = ("'a'", "'b'", "ONE", "TWO", "consts.THREE", "'a' if RANDOM else 'b'", "f'{ONE}_o'")
_DATA = (
    "{{'x': 'x.csv'}}",
    "{{'x': DIR + '/x.csv', 'y': f'{{DIR}}/y.csv'}}",
    "DATA",
    "['one.csv', *DATA]",
    "'single.csv'",
    "dict(x='x.csv')",
    "{{n: n + '.csv' for n in ('p', 'q')}}",
    "{{'x': str(Path(DIR) / 'x.csv')}}",
    "TABLE_OF_PATHS",
)
_MARKS = (
    *["@{ct}(model_output={output}, data={data})"] * 6,
    *["@{ct}(model_output={output})"] * 2,
    "@{ct}(name='shown', model_output={output}, data={data})",
    "@{ct}(**{{'model_output': {output}}})",
    "@{ct}(**META)",
    "@{ct}(**{{**META, 'model_output': {other}}})",
    "@{ct}(**dict(META, model_output={other}))",
    "@keep\n@{ct}(model_output={output})",
    "@{ct}(model_output={output})\n@keep",
    "@observed({output})",
    "@for_output",
    "@keep",
    "@{ct}(data=DATA)",
)
_BODIES = (
    "return LossTarget('n', {output})",
    "return LossTarget(name='n', model_output={other})",
    "t = LossTarget('n', {output})\nu = t\nreturn u",
    "t = LossTarget('n', {output})\nt.model_output = {other}\nreturn t",
    "if RANDOM:\n    return LossTarget('n', {output})\nreturn LossTarget('n', {other})",
    "k = {{'name': 'n'}}\nk['model_output'] = {other}\nreturn LossTarget(**k)",
    "k = dict(name='n', model_output={output})\nreturn LossTarget(**k)",
    "for o in ({output}, {other}):\n    return LossTarget('n', o)",
    "try:\n    return LossTarget('n', {output})\nfinally:\n    pass",
    "with contextlib.suppress(ValueError):\n    raise ValueError\nreturn LossTarget('n', {output})",
    "def inner(): return LossTarget('n', {output})\nreturn inner()",
    "ONE = 'local'\nreturn LossTarget('n', ONE + {other})",
    "return built({output})",
    "import consts as c\nreturn LossTarget('n', c.TWO)",
    "return None",
    "pass",
)
_FRAMES = (
    *["{marked}"] * 6,
    "if consts.FLAG:\n{inside}",
    "if RANDOM:\n{inside}\nelse:\n{inside_other}",
    "try:\n{inside}\nexcept ValueError:\n    {name} = None",
    "{marked}\n{name} = None",
    "{marked}\ndel {name}",
    "{marked}\n{name}_alias = {name}",
)
_GENERATED = (
    *[""] * 4,
    "def _of(o):\n    @{ct}(model_output=o, data={{'x': o + '.csv'}})\n"
    "    def inner(paths): return None\n"
    "    return inner\nfourth = _of({output})",
    "fourth = {ct}(model_output={output})(lambda paths: None)",
    "for _o in ('a', 'b'):\n"
    "    globals()[f'{{_o}}_target'] = {ct}(model_output=_o)(lambda paths: None)",
    "for _o in ('a', 'b'):\n    @{ct}(model_output=_o)\n    def fourth(paths): return None\n"
    "    globals()['t_' + _o] = fourth",
    "def plain(paths): return LossTarget('n', {output})\n"
    "fourth = {ct}(model_output={output})(plain)",
)


def target_module(dice: random.Random) -> str:
    """Three functions, each a target or not, and sometimes some that are made by code."""
    here = accent(dice)
    lines = [
        here.lines,
        "import contextlib",
        "from pathlib import Path",
        dice.choice(
            (
                "from modelops_calabaria.core.target import LossTarget",
                "import modelops_calabaria.core.target as core\nLossTarget = core.LossTarget",
            )
        ),
        "import consts",
        "from consts import *",
        "DIR = 'data'",
        "DATA = ['one.csv', 'two.csv']",
        "TABLE_OF_PATHS = {'x': 'x.csv', 'n': None}",
        "META = {'model_output': ONE, 'data': DATA}",
        "def keep(fn): return fn",
        f"def observed(output): return {here.target}(model_output=output, data=DATA)",
        f"for_output = {here.target}(model_output=TWO)",
        "def built(output): return LossTarget('n', output)",
        dice.choice(("", "", "", "META['model_output'] = TWO", "DATA.append('three.csv')")),
    ]
    for name in ("first", "second", "third"):
        lines.append(_target(dice, here.target, name))
    generated = dice.choice(_GENERATED)
    lines.append(generated.format(ct=here.target, output=dice.choice(_OUTPUTS)))
    return "\n".join(lines) + "\n"


def _target(dice: random.Random, decorator: str, name: str) -> str:
    output, other = dice.choice(_OUTPUTS), dice.choice(_OUTPUTS)
    data = dice.choice(_DATA).format()
    mark = dice.choice(_MARKS).format(ct=decorator, output=output, other=other, data=data)
    body = dice.choice(_BODIES).format(output=output, other=other)
    start = "async def" if dice.random() < 0.04 else "def"
    define = f"{start} {name}(data_paths=None):\n{indented(body)}"
    marked = f"{mark}\n{define}" if dice.random() < 0.75 else define
    return dice.choice(_FRAMES).format(
        marked=marked,
        inside=indented(marked),
        inside_other=indented(marked.replace(output, other)),
        name=name,
    )
