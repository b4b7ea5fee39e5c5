"""The page in a real browser: what is seen, clicked, typed and read out, and nothing loaded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from modelops_bundle.cli.render.picture.page import html_page
from modelops_bundle.core.plan import State
from modelops_bundle.core.registry import Kind
from modelops_bundle.operations.graph import picture
from modelops_bundle.operations.graph_documents import GraphDocument, graph_document
from modelops_bundle.operations.register import RegisterRequest, register
from modelops_bundle.operations.status import status
from modelops_bundle.operations.sync import SyncRequest, sync
from modelops_bundle.workspace.project import Project
from support.disk import make_project, settle, write
from support.pictures import UNREADABLE, document, node, project_of
from support.project import FILES

Open = Callable[..., Page]

#: Names of the boxes that are seen, and not dimmed.
SHOWN = """() => [...document.querySelectorAll("svg.drawing:not([hidden]) .box")]
  .filter((box) => box.getBoundingClientRect().width && getComputedStyle(box).opacity === "1")
  .map((box) => box.getAttribute("aria-label").split(",")[0])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a document from disk; anything that is loaded or complained of fails."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(whole: GraphDocument, *, width: int = 1280, **options: object) -> Page:
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(html_page(whole), encoding="ascii")
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        context.set_offline(True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: request.url == file.as_uri() or complaints.append(request.url),
        )
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


MODEL, FIRST, SECOND = (
    "model:sir_starsimsir",
    "target:incidence_target",
    "target:incidence_annealed_target",
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A model, two targets of one file, a target set and data; in sync."""
    made = make_project(tmp_path / "sir", FILES)
    assert sync(made, SyncRequest(discover=True)).written
    text = made.registry.read_text()
    made.registry.write_text(text + "target_sets:\n  fit:\n    targets: [incidence_target]\n")
    settle(made.root)
    return made


def drawn(project: Project, name: str = "") -> GraphDocument:
    return graph_document(picture(project, name, base=project.root, whole=True))


def find(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def listed(page: Page, title: str, whole: GraphDocument) -> set[str]:
    """The ids of the nodes in a section of the details pane."""
    links = page.locator(f'#selected h2:text-is("{title}") + ul > li > a')
    places = links.evaluate_all("links => links.map((link) => Number(link.dataset.node))")
    return {whole["nodes"][at]["id"] for at in places}


def active(page: Page) -> str:
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    return str(label).split(",")[0]


def test_a_file_makes_stale_what_the_planner_finds_stale(show: Open, project: Project) -> None:
    """Also where an entry declares a file, whose imports are no concern of its."""
    write(project.root, "tool.py", "import other\n")
    write(project.root, "other.py", "X = 1\n")
    write(project.root, "targets/incidence.py", "import tool\n" + FILES["targets/incidence.py"])
    settle(project.root)
    assert sync(project, SyncRequest()).written
    asked = RegisterRequest(
        kind=Kind.MODEL, files=("models/sir.py",), code=("tool.py",), base=project.root
    )
    assert register(project, asked).written
    settle(project.root)
    assert not status(project).plan.stale
    whole = drawn(project)
    assert any(edge["kind"] == "needs" for edge in whole["edges"])
    page = show(whole)
    for one in whole["nodes"]:
        if one["kind"] not in ("code", "data"):
            continue
        find(page, one["name"])
        told = listed(page, "A change of this file makes stale", whole)
        file = project.root / one["name"]
        before = file.read_bytes()
        write(project.root, one["name"], before + b"\nEXTRA = 1\n")
        settle(project.root)
        verdicts = status(project).plan.verdicts
        assert told == {str(v.key) for v in verdicts if v.state is State.STALE}, one["name"]
        write(project.root, one["name"], before)
        settle(project.root)


def test_the_chain_to_a_stale_entry_is_shown(show: Open, project: Project) -> None:
    page = show(drawn(project))
    find(page, "lib/rates.py")
    assert page.locator("#selected ol.chain li").all_text_contents() == [
        "lib/rates.py",
        "lib/network.py",
        "models/sir.py",
        "sir_starsimsir",
    ]
    assert "target incidence_target" in page.inner_text("#selected ul.nodes >> nth=1")


def test_an_entry_is_shown_with_all_it_needs_and_all_that_uses_it(
    show: Open, project: Project
) -> None:
    page = show(drawn(project))
    everything = page.evaluate(SHOWN)
    assert len(everything) == 14
    page.click('[aria-label^="model sir_starsimsir"]')
    assert set(page.evaluate(SHOWN)) == {
        "model sir_starsimsir",
        "target incidence_target",
        "target incidence_annealed_target",
        "output incidence",
        "target set fit",
        "code lib/__init__.py",
        "code lib/network.py",
        "code lib/rates.py",
        "code models/__init__.py",
        "code models/sir.py",
        "environment pyproject.toml",
    }
    assert page.inner_text("#said").startswith("Focus on model sir_starsimsir: 11 of 14")
    page.keyboard.press("h")
    assert len(page.evaluate(SHOWN)) == 11
    assert page.locator(".box:visible").count() == 11
    assert page.evaluate(UNREADABLE) == []
    page.keyboard.press("Escape")
    assert page.evaluate(SHOWN) == everything
    assert active(page) == "model sir_starsimsir"


def test_the_page_opens_focused_on_what_was_asked_about(show: Open, project: Project) -> None:
    page = show(drawn(project, "incidence_target"))
    assert page.inner_text("#selected h2 >> nth=0") == "incidence_target"
    page.keyboard.press("Escape")
    assert len(page.evaluate(SHOWN)) == 14
    folder = show(drawn(project, "lib"))
    assert folder.inner_text("#selected h2 >> nth=0") == "3 files"
    nothing = show(drawn(project, "lib/../pyproject.toml") | {"focus": [], "path": "notes.txt"})
    assert "Nothing in the registry depends on notes.txt." in nothing.inner_text("#details")


def test_reasons_are_those_of_status(show: Open, project: Project) -> None:
    write(project.root, "lib/rates.py", "RATE = 3.0\n")
    settle(project.root)
    whole = drawn(project)
    page = show(whole)
    assert page.inner_text("#summary") == "3 entries: 1 stale, 2 affected."
    page.click("#overview a >> nth=0")
    (reason,) = status(project).plan.verdicts[0].reasons
    assert page.inner_text("#selected .reasons") == (
        f"{reason.message} (models/sir.py -> lib/network.py -> lib/rates.py)"
    )
    assert page.locator(".link.hot:not(.quiet)").count() == 7
    find(page, "incidence_target")
    assert listed(page, "Affected by", whole) == {MODEL}
    assert page.locator("#selected .reasons").count() == 0


def test_everything_can_be_done_with_keys(show: Open, project: Project) -> None:
    page = show(drawn(project))
    page.locator("#help").focus()
    page.keyboard.press("Tab")
    assert active(page) == "model sir_starsimsir"
    page.keyboard.press("ArrowRight")
    assert active(page) == "output incidence"
    page.keyboard.press("ArrowRight")
    first = active(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert active(page) == first
    ring = page.evaluate("getComputedStyle(document.activeElement.children[1]).strokeWidth")
    assert ring == "3.5px"
    page.keyboard.press("Enter")
    assert page.locator("[aria-pressed=true].box").count() == 1
    assert page.inner_text("#selected .kind") == "target"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    assert page.inner_text("#selected .kind") != "target"
    page.keyboard.press("Escape")
    assert active(page) == first
    page.keyboard.press("Escape")
    assert page.is_disabled("#back")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert page.is_hidden("#keys")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#overview a, body')")


def test_search_finds_ids_paths_and_outputs(show: Open, project: Project) -> None:
    page = show(drawn(project))
    page.keyboard.press("/")
    page.keyboard.type("incid")
    options = page.locator("#found [role=option]")
    assert options.count() == 4
    assert page.get_attribute("#query", "aria-activedescendant") == "hit0"
    page.keyboard.press("ArrowUp")
    assert page.locator("#found [aria-selected=true]").inner_text().endswith("targets/incidence.py")
    page.keyboard.press("Escape")
    assert page.is_hidden("#found")
    page.keyboard.type("output incidence")
    page.keyboard.press("Enter")
    assert page.inner_text("#selected h2 >> nth=0") == "incidence"
    find(page, "nothing like it")
    assert page.inner_text("#found") == "nothing found"


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.strip("rgb()").split(",")[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


STATES = ("fresh", "stale", "cosmetic", "added", "undeclared", "missing")
COLOURS = """() => [...document.querySelectorAll(".box")].flatMap((box) => {
  const of = (selector, name) => getComputedStyle(box.querySelector(selector))[name];
  const fill = of(".shape", "fill");
  const texts = [".name", ".below", ".state"].filter((one) => box.querySelector(one));
  const badge = of(".badge", "fill");
  return [...texts.map((one) => [of(one, "fill"), fill, 4.5]),
    [of(".mark", "fill"), badge === "none" ? fill : badge, 4.5],
    [of(".shape", "stroke"), getComputedStyle(document.body).backgroundColor, 3]];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(show: Open, scheme: str) -> None:
    nodes = [node("data", f"d/{state}", state=state) for state in STATES]
    nodes.append(node("output", "o", affected=True))
    page = show(document(nodes), color_scheme=scheme)
    backgrounds = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(backgrounds) < 0.5) is (scheme == "dark")
    for front, back, least in page.evaluate(COLOURS):
        assert contrast(front, back) >= least, (front, back)
    for selector in ("#summary", "#overview li", "#overview .state", ".legend li", "h2"):
        for element in page.locator(selector).all():
            colour = element.evaluate("one => getComputedStyle(one).color")
            panel = page.evaluate(
                "getComputedStyle(document.querySelector('aside')).backgroundColor"
            )
            assert contrast(colour, panel) >= 4.5, (selector, colour)


def test_light_and_dark_can_be_switched(show: Open, project: Project) -> None:
    page = show(drawn(project), color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def overflow(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_is_not_wider_than_the_window(show: Open, project: Project, width: int) -> None:
    page = show(drawn(project), width=width)
    assert overflow(page) == 0
    find(page, "sir_starsimsir")
    assert overflow(page) == 0
    page.keyboard.press("/")
    page.keyboard.type("a")
    assert overflow(page) == 0


def test_two_hundred_nodes_are_readable(show: Open) -> None:
    whole = project_of(200)
    page = show(whole)
    assert page.evaluate(UNREADABLE) == []
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.name')).fontSize)")
    scale = float(page.inner_text("#scale").rstrip("%")) / 100
    assert size * scale >= 9
    find(page, whole["nodes"][0]["name"])
    assert page.locator(".box:visible").count() < 120
    assert page.evaluate(UNREADABLE) == []
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    fits = "(c => c.scrollWidth <= c.clientWidth && c.scrollHeight <= c.clientHeight)"
    assert page.evaluate(f"{fits}(document.querySelector('#canvas'))")


def test_many_nodes_begin_as_folders(show: Open) -> None:
    whole = project_of(600)
    page = show(whole)
    assert page.locator(".box:visible").count() < 200
    file = next(one["name"] for one in whole["nodes"] if one["kind"] == "code")
    find(page, file)
    assert f"code {file}" in page.evaluate(SHOWN)
    page.keyboard.press("Escape")
    assert page.locator(".folder:visible").count() > 4
    page.locator(".folder").first.dispatch_event("click")
    assert " files" in page.inner_text("#selected h2 >> nth=0")
    page.keyboard.press("Escape")
    page.click("#every")
    assert page.locator(".box:visible").count() == 600


HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "\u202egnp.exe",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f9a0\u6a21\u578b\U0001f1e8\U0001f1ed",
    "W" * 400,
    "caf\udce9\x00\n\x1b[31m",
)


def test_hostile_names_stay_names(show: Open) -> None:
    nodes = [node("model", name, path=name) for name in HOSTILE]
    nodes += [node("code", f"{name}/{name}.py") for name in HOSTILE]
    edges = [(f"code:{name}/{name}.py", f"model:{name}", "needs") for name in HOSTILE]
    page = show(document(nodes, *edges, project=HOSTILE[0]))
    assert page.evaluate(UNREADABLE) == []
    assert page.locator("img").count() == 0
    for box in page.locator(".box").all():
        words = (box.get_attribute("aria-label") or "").split(", ")[0]
        box.dispatch_event("click")
        assert page.text_content("#selected h2") == words.partition(" ")[2]
        assert overflow(page) == 0


def test_without_script_the_picture_is_there(show: Open, project: Project) -> None:
    page = show(drawn(project), java_script_enabled=False)
    assert page.locator(".box").count() == 14
    assert page.is_hidden("#tools")
    assert page.locator(".box title").first.text_content() is not None
    assert page.is_visible("noscript p")


def test_it_prints_without_its_tools(show: Open, project: Project) -> None:
    page = show(drawn(project), color_scheme="dark")
    page.emulate_media(media="print")
    assert page.is_hidden("#tools")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert luminance(background) > 0.5


def test_it_can_be_larger_and_smaller(show: Open, project: Project) -> None:
    page = show(drawn(project))
    before = page.inner_text("#scale")
    page.keyboard.press("+")
    assert page.inner_text("#scale") != before
    page.click("#smaller")
    assert page.inner_text("#scale") == before
