"""Templates from memory and from a package, in a sandbox, with extensions and errors."""

# packages: jinja2
import asyncio
import contextlib

from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import SandboxedEnvironment

templates = DictLoader(
    {
        "base": "{% block x %}{% endblock %}",
        "page": "{% extends 'base' %}{% block x %}{{ items | join(', ') | upper }}{% endblock %}",
    }
)
env = Environment(loader=templates, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
assert env.get_template("page").render(items=["a", "b"]) == "A, B"
env.from_string(
    "{% for x in y %}{% if loop.first %}{% continue %}{% endif %}{{ x }}{% endfor %}"
).render(y="abc")
NativeEnvironment().from_string("{{ 1 + 2 }}").render()
SandboxedEnvironment().from_string("{{ x.y }}").render(x={"y": 1})
with contextlib.suppress(UndefinedError):
    Environment(undefined=StrictUndefined).from_string("{{ gone.x }}").render()
asyncio.run(Environment(enable_async=True).from_string("{{ x }}").render_async(x=1))
