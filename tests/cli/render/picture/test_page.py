"""The page holds the document whole, loads nothing, and is the same each time."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from modelops_bundle.cli.output import printable
from modelops_bundle.cli.render.picture.boxes import every_node
from modelops_bundle.cli.render.picture.drawing import draw
from modelops_bundle.cli.render.picture.page import html_page
from modelops_bundle.cli.render.picture.staleness import travelled
from modelops_bundle.operations.graph_documents import GraphDocument
from support.pictures import document, node, project_of

HOSTILE = (
    "</script><script>alert(1)</script>",
    "</style><b>",
    "<!--<script>",
    "]]>[[graph]]",
    "\"'><img src=x onerror=alert(1)>",
    "&amp;&lt;",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "\u05e9\u05dc\u05d5\u05dd/\u0645\u0631\u062d\u0628\u0627.py",
    "\U0001f9a0\U0001f1e8\U0001f1ed_\u6a21\u578b",
    "line\nbreak\x1b[31m\x00",
    "n" * 5_000,
    "caf\udce9.csv",
)


class Parts(HTMLParser):
    """Elements, attributes and the raw text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.titles: list[str] = []
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag in self.raw:
            self.raw[tag].append("")
        if tag == "title":
            self.titles.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.raw:
            self.raw[self._inside][-1] += data
        if self._inside == "title":
            self.titles[-1] += data


def embedded(page: str) -> GraphDocument:
    found: GraphDocument = json.loads(Parts(page).raw["script"][0])
    return found


def hostile() -> GraphDocument:
    nodes = [node(kind, name) for kind in ("model", "output", "code", "data") for name in HOSTILE]
    for one in nodes:
        one["path"] = one["name"]
        one["reasons"] = [
            {
                "code": None,
                "message": one["name"],
                "path": None,
                "line": None,
                "via": [one["name"]],
                "cosmetic": False,
            }
        ]
        one["state"] = "stale"
    edges = [(f"code:{name}", f"model:{name}", "needs") for name in HOSTILE]
    return document(nodes, *edges, project="</title><script>alert(1)</script>[[script]]")


def test_the_page_holds_the_document_as_it_is() -> None:
    for whole in (project_of(60), hostile()):
        assert embedded(html_page(whole)) == whole


def test_the_same_document_gives_the_same_bytes() -> None:
    assert html_page(project_of(300)) == html_page(project_of(300))


def test_the_page_is_ascii() -> None:
    assert html_page(hostile()).isascii()


def test_hostile_names_make_no_elements_and_no_attributes() -> None:
    parts, plain = Parts(html_page(hostile())), Parts(html_page(project_of(60)))
    assert {tag for tag, _ in parts.elements} <= {tag for tag, _ in plain.elements}
    known = {name for _, attributes in plain.elements for name in attributes}
    assert {name for _, attributes in parts.elements for name in attributes} <= known
    assert not [name for name in known if name.startswith("on") or name == "style"]
    assert len(parts.raw["script"]) == 3
    titles = "\n".join(parts.titles)
    for name in HOSTILE:
        assert f"model {printable(name)}" in titles


def test_only_this_style_and_this_script_are_allowed() -> None:
    parts = Parts(html_page(hostile()))
    (policy,) = (
        attributes["content"] or ""
        for tag, attributes in parts.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for directive, content in (
        ("script-src", parts.raw["script"][2]),
        ("style-src", parts.raw["style"][0]),
    ):
        digest = b64encode(sha256(content.encode()).digest()).decode()
        assert rules[directive] == f"'sha256-{digest}'"


def test_nothing_is_loaded_from_anywhere() -> None:
    page = html_page(project_of(60))
    for tag, attributes in Parts(page).elements:
        assert tag not in ("link", "img", "iframe", "base", "object")
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    addresses = set(re.findall(r"https?://[^\"'\s<]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert "@import" not in page
    assert set(re.findall(r"url\((.)", page)) == {"#"}


def test_assets_are_ascii_and_build_no_markup() -> None:
    folder = files("modelops_bundle.cli.render.picture")
    scripts = [(folder / name).read_text("ascii") for name in ("graph.js", "drawing.js", "page.js")]
    for script in scripts:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)
        assert max(map(len, script.splitlines())) <= 100
        assert not re.search(r"\bvar\b|[^=!]==[^=]|[ \t]$", script, re.MULTILINE)
    assert scripts[0].startswith('"use strict";')
    assert sum(script.count("\n") for script in scripts) < 640
    (folder / "page.css").read_text("ascii")


def test_without_its_script_the_page_tells_what_is_not_as_recorded() -> None:
    whole = project_of(60)
    page = html_page(whole)
    assert '<p id="summary">9 entries: 1 stale.</p>' in page
    name = whole["nodes"][0]["name"]
    assert re.search(rf'href="#a0" data-node="0">.*<bdi>{name}</bdi></a>.*>stale</span>', page)


def test_a_project_in_sync_says_so() -> None:
    page = html_page(document([node("model", "m"), node("target", "t")]))
    assert "2 entries, all as recorded." in page
    assert "Everything is as recorded." in page


def test_an_empty_project_has_a_page() -> None:
    assert "No models or targets are registered." in html_page(document([]))


def test_every_link_has_a_title_that_reads_as_a_sentence() -> None:
    whole = document(
        [node("code", "a.py"), node("model", "m")], ("code:a.py", "model:m", "defined_in")
    )
    assert "<title>m is defined in a.py</title>" in html_page(whole)


def test_staleness_travels_from_the_file_that_changed_to_what_depends_on_it() -> None:
    nodes = [
        node("model", "m", state="stale", affected=True),
        node("output", "o", affected=True),
        node("code", "m.py"),
        node("code", "lib.py", state="stale"),
        node("code", "other.py", state="cosmetic"),
        node("data", "d.csv", state="stale"),
    ]
    nodes[0]["reasons"] = [
        {
            "code": "MB121",
            "message": "lib.py changed",
            "path": path,
            "line": None,
            "via": via,
            "cosmetic": cosmetic,
        }
        for path, via, cosmetic in (
            ("lib.py", ["m.py", "lib.py"], False),
            ("d.csv", [], False),
            ("other.py", ["m.py", "other.py"], True),
        )
    ]
    whole = document(
        nodes,
        ("code:lib.py", "code:m.py", "imports"),
        ("code:other.py", "code:m.py", "imports"),
        ("code:m.py", "model:m", "defined_in"),
        ("data:d.csv", "model:m", "reads"),
        ("model:m", "output:o", "provided_by"),
    )
    assert travelled(whole) == {
        ("code:lib.py", "code:m.py"),
        ("code:m.py", "model:m"),
        ("data:d.csv", "model:m"),
        ("model:m", "output:o"),
    }


def test_a_circle_is_drawn_with_one_link_turned_round() -> None:
    whole = document(
        [node("code", "a.py"), node("code", "b.py"), node("model", "m")],
        ("code:a.py", "code:b.py", "imports"),
        ("code:b.py", "code:a.py", "imports"),
        ("code:a.py", "model:m", "defined_in"),
    )
    drawing = draw(every_node(whole))
    (turned,) = (route for route in drawing.routes if route.turned)
    assert turned.points[0][0] > turned.points[-1][0]


@pytest.mark.parametrize("count", [40, 200])
def test_links_begin_and_end_at_their_boxes(count: int) -> None:
    drawing = draw(every_node(project_of(count)))
    for route in drawing.routes:
        start, end = drawing.boxes[route.link.start], drawing.boxes[route.link.end]
        assert route.points[0] == (start.left + start.width, start.middle)
        assert route.points[-1] == (end.left, end.middle)


def test_titles_are_escaped_once() -> None:
    page = html_page(document([node("model", "a & b")]))
    assert unescape(page).count("model a & b, as recorded") == 2
