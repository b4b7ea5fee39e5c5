// The page: focus, details, keys and search.
const isFile = (at) => FILES.includes(nodes[at].kind);

// Of files only what a change of them concerns, of all else what it depends on as well.
const above = (places) => (places.every(isFile) ? new Map() : upstream(places));
const related = (places) => new Set([...downstream(places).keys(), ...above(places).keys()]);

function mark() {
  const [down, up] = [downstream(focus), above(focus)];
  const own = new Set(focus);
  const has = (members, places) => members.some((member) => places.has(member));
  for (const box of drawing.boxes) {
    box.on = focus.length > 0 && (has(box.members, down) || has(box.members, up));
    const focused = has(box.members, own);
    box.element.classList.toggle("on", box.on);
    box.element.classList.toggle("focused", focused);
    box.element.setAttribute("aria-pressed", String(focused));
  }
  for (const link of drawing.links) {
    const [start, end] = [drawing.boxes[link.start].members, drawing.boxes[link.end].members];
    const along = (has(start, down) && has(end, down)) || (has(start, up) && has(end, up));
    link.on = focus.length > 0 && along && (!link.quiet || has(start, own) || has(end, own));
    link.element.classList.toggle("on", link.on);
  }
  drawing.svg.classList.toggle("dimmed", focus.length > 0);
  arrange();
  const count = drawing.boxes.filter((box) => box.on).length;
  return focus.length
    ? `Focus on ${subject(focus)}: ${count} of ${drawing.boxes.length} are shown.`
    : "The whole picture is shown.";
}

function setFocus(places, { remember = true, keyboard = false } = {}) {
  if (remember) past.push({ focus, drawing });
  focus = places;
  const inFolder = (at) => drawing.boxes[drawing.boxOf.get(at)].members.length > 1;
  if (places.length === 1 && (inFolder(places[0]) || few(places))) use(everything);
  redraw();
  if (keyboard && places.length) select(drawing.boxOf.get(places[0]));
}

// Whether each file can be shown by itself, because the rest is hidden.
const few = (places) => only && related(places).size <= SINGLY;

function redraw() {
  byId("said").textContent = mark();
  byId("back").disabled = past.length === 0;
  byId("only").disabled = focus.length === 0;
  byId("only").setAttribute("aria-pressed", String(only && focus.length > 0));
  describe();
  fit(LEGIBLE);
  const start = focus.length ? focus[0] : worst();
  if (start === undefined) return;
  show(drawing.boxes[drawing.boxOf.get(start)].element, true);
  if (focus.length) frame(drawing.boxes.filter((box) => box.on), focus.every(isFile));
}

// Where to look first: at what is stale, else at the models.
function worst() {
  const entries = [...nodes.keys()].filter((at) => ENTRIES.includes(nodes[at].kind));
  return entries.find((at) => texts[at].look === "stale") ?? entries[0];
}

function back() {
  const last = past.pop();
  if (!last) return;
  const left = focus[0];
  use(last.drawing);
  setFocus(last.focus, { remember: false });
  select(drawing.boxOf.get(last.focus.length ? last.focus[0] : left));
}

// ---- details --------------------------------------------------------------------------------

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const called = (at) => `${texts[at].kind} ${texts[at].name}`;
const subject = (places) => (places.length === 1 ? called(places[0]) : `${places.length} files`);
const sign = (at) => el(
  "span", { class: `sign ${texts[at].look}`, "aria-hidden": "true" }, texts[at].mark);
const state = (at) => el("span", { class: `state ${texts[at].look}` }, texts[at].state);

function line(at, relation = "") {
  const kind = isFile(at) ? "" : texts[at].kind + " ";
  const item = el("li", {}, el("a", { href: "#" + drawing.prefix, "data-node": at },
    sign(at), kind, el("bdi", {}, texts[at].name)));
  if (relation) item.append(" ", el("span", { class: "relation" }, relation));
  if (texts[at].look !== "fresh") item.append(" ", state(at));
  return item;
}

function section(title, items) {
  if (!items.length) return [];
  return [el("h2", {}, title), el("ul", { class: "nodes" }, ...items)];
}

function chained(at, chain) {
  const item = line(at);
  const steps = chain.map((step) => el("li", {}, texts[step].name));
  item.append(el("ol", { class: "chain" }, ...steps));
  return item;
}

function changes(places) {
  const stale = makesStale(places);
  const others = [...downstream(places).keys()].filter((at) => (
    !places.includes(at) && !stale.has(at) && !FILES.includes(nodes[at].kind)
    && nodes[at].kind !== "output"));
  const what = places.length === 1 ? "this file" : "these files";
  const made = section(`A change of ${what} makes stale`,
    [...stale].map(([at, chain]) => chained(at, chain)));
  if (places.some((at) => after[at].filter((one) => one.kind === "defined_in").length > 1)) {
    made.push(el("p", { class: "relation" },
      "An edit within one definition leaves the other entries of its file alone."));
  }
  const unseen = places.some((at) => after[at].some((one) => one.kind === "reads_undeclared"));
  if (places.every((at) => nodes[at].kind === "environment")) {
    made.push(el("p", {}, "A change of it makes the registry's record of the environment stale."));
  } else if (unseen) {
    made.push(el("p", {}, "Where it is read and not declared, a change of it goes unseen."));
  } else if (!stale.size) {
    made.push(el("p", {}, `A change of ${what} makes nothing stale.`));
  }
  return [...made, ...section("It also concerns", others.map((at) => line(at)))];
}

function describe() {
  const pane = byId("selected");
  const nothing = graph.path && !graph.focus.length;
  pane.hidden = focus.length === 0 && !nothing;
  byId("overview").hidden = focus.length > 0;
  pane.replaceChildren();
  if (!focus.length) {
    if (nothing) pane.append(el("p", {}, `Nothing in the registry depends on ${layout.asked}.`));
    return;
  }
  if (focus.length > 1) {
    pane.append(el("h2", { class: "subject" }, subject(focus)), ...changes(focus),
      ...section("The files", focus.map((at) => line(at))));
    pane.parentElement.scrollTop = 0;
    return;
  }
  const [at] = focus;
  const { name, kind, place, reasons } = texts[at];
  pane.append(
    el("span", { class: "kind" }, kind),
    el("h2", { class: "subject" }, el("bdi", {}, name)),
    el("p", {}, sign(at), state(at)),
  );
  if (place && place !== name) pane.append(el("p", { class: "path" }, place));
  if (reasons.length) {
    pane.append(el("ul", { class: "reasons" }, ...reasons.map((reason) => el("li", {}, reason))));
  }
  if (isFile(at)) pane.append(...changes(focus));
  pane.append(...section("Affected by", causes(at).map((one) => line(one))));
  pane.append(
    ...section("Depends on", before[at].map((one) => line(one.from, relationOf(one)))),
    ...section(isFile(at) ? "Used directly by" : "Used by",
      after[at].map((one) => line(one.to, relationOf(one)))),
  );
  pane.parentElement.scrollTop = 0;
}

// Of what is as recorded and affected: what it depends on that is not as recorded itself.
function causes(at) {
  if (texts[at].look !== "affected") return [];
  return [...upstream([at]).keys()].filter((one) => (
    !["code", "data"].includes(nodes[one].kind) && texts[one].look === "stale"));
}

const relationOf = (link) => ({ reads_undeclared: "not declared" }[link.kind] || "");

// ---- boxes under the keyboard ---------------------------------------------------------------

function select(at) {
  for (const box of drawing.boxes) box.element.setAttribute("tabindex", "-1");
  const { element } = drawing.boxes[at];
  element.setAttribute("tabindex", "0");
  element.focus({ preventScroll: true });
  show(element);
}

function neighbour(at, key) {
  const free = (other) => !focus.length || drawing.boxes[other].on;
  const y = drawing.boxes[at].now.y;
  const nearest = (list) => list.filter(free).sort((a, b) => (
    Math.abs(drawing.boxes[a].now.y - y) - Math.abs(drawing.boxes[b].now.y - y)))[0];
  const column = drawing.plan.columns[drawing.columnOf[at]].filter((item) => item >= 0);
  const place = column.indexOf(at);
  if (key === "ArrowDown") return column.slice(place + 1).find(free);
  if (key === "ArrowUp") return column.slice(0, place).reverse().find(free);
  if (key === "Home" || key === "End") {
    const all = [...drawing.boxes.keys()].filter(free);
    return key === "Home" ? all[0] : all.at(-1);
  }
  const [from, to] = key === "ArrowRight" ? ["start", "end"] : ["end", "start"];
  return nearest(drawing.links.filter((link) => link[from] === at && !link.quiet)
    .map((link) => link[to]));
}

for (const one of drawings) {
  one.boxes.forEach((box, at) => {
    box.element.setAttribute("role", "button");
    box.element.setAttribute("tabindex", at ? "-1" : "0");
    box.element.addEventListener("click", () => {
      if (!dragged) setFocus(box.members.slice(), { keyboard: true });
    });
    box.element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" || event.key === " ") {
        setFocus(box.members.slice(), { keyboard: true });
      } else if (/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(event.key)) {
        const next = neighbour(at, event.key);
        if (next !== undefined) select(next);
      } else return;
      event.preventDefault();
    });
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-node]");
  if (!link) return;
  event.preventDefault();
  setFocus([Number(link.dataset.node)], { keyboard: true });
});

// ---- search ---------------------------------------------------------------------------------

const query = byId("query");
const found = byId("found");
let hits = [];
let chosen = -1;

function search() {
  const terms = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const lines = nodes.map((node, at) => (
    `${texts[at].kind} ${node.name} ${node.path || ""}`.toLowerCase()));
  const rank = (at) => {
    const name = nodes[at].name.toLowerCase();
    return name === terms[0] ? 0 : name.startsWith(terms[0]) ? 1 : name.includes(terms[0]) ? 2 : 3;
  };
  const all = terms.length
    ? [...nodes.keys()].filter((at) => terms.every((term) => lines[at].includes(term))) : [];
  hits = all.sort((a, b) => rank(a) - rank(b) || a - b).slice(0, 40);
  found.replaceChildren(...hits.map((at, place) => el(
    "li", { role: "option", id: "hit" + place, "data-hit": place, "aria-selected": "false" },
    sign(at), el("span", {}, texts[at].kind + " ", el("bdi", {}, texts[at].name)),
  )));
  const more = all.length - hits.length;
  if (!hits.length || more) {
    const text = more ? `and ${more} more` : "nothing found";
    found.append(el("li", { class: "none", role: "presentation" }, text));
  }
  open(terms.length > 0);
  choose(hits.length ? 0 : -1);
}

function open(shown) {
  found.hidden = !shown;
  query.setAttribute("aria-expanded", String(shown));
}

function choose(place) {
  chosen = place;
  hits.forEach((_, at) => found.children[at].setAttribute("aria-selected", String(at === place)));
  if (place < 0) query.removeAttribute("aria-activedescendant");
  else {
    query.setAttribute("aria-activedescendant", "hit" + place);
    found.children[place].scrollIntoView({ block: "nearest" });
  }
}

function take(place) {
  const at = hits[place];
  query.value = "";
  open(false);
  setFocus([at], { keyboard: true });
}

query.addEventListener("input", search);
query.addEventListener("blur", () => open(false));
query.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && hits.length) choose((chosen + step + hits.length) % hits.length);
  else if (event.key === "Enter" && chosen >= 0 && !found.hidden) take(chosen);
  else if (event.key === "Escape") {
    if (query.value) query.value = "";
    else query.blur();
    open(false);
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
found.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  const hit = event.target.closest("[data-hit]");
  if (hit) take(Number(hit.dataset.hit));
});

// ---- the window -----------------------------------------------------------------------------

function hide() {
  if (!focus.length) return;
  only = !only;
  redraw();
}

function theme() {
  const dark = byId("theme").textContent === "Dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").textContent = dark ? "Light" : "Dark";
}

const actions = {
  "/": () => query.focus(), "?": () => byId("keys").showModal(), h: hide, Escape: back,
  "+": () => zoom(scale * 1.25), "=": () => zoom(scale * 1.25), "-": () => zoom(scale / 1.25),
  0: () => fit(),
};
document.addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || byId("keys").open;
  if (busy || event.target.closest("input") || !Object.hasOwn(actions, event.key)) return;
  actions[event.key]();
  event.preventDefault();
});
byId("back").addEventListener("click", back);
byId("only").addEventListener("click", hide);
byId("every").addEventListener("click", () => {
  use(drawing === everything ? drawings[0] : everything);
  redraw();
});
byId("larger").addEventListener("click", actions["+"]);
byId("smaller").addEventListener("click", actions["-"]);
byId("fit").addEventListener("click", actions[0]);
byId("theme").addEventListener("click", theme);
byId("help").addEventListener("click", actions["?"]);

let dragged = false;
let grip = null;
canvas.addEventListener("pointerdown", (event) => {
  dragged = false;
  if (event.pointerType !== "mouse" || event.button) return;
  grip = [event.clientX, event.clientY, canvas.scrollLeft, canvas.scrollTop];
});
addEventListener("pointermove", (event) => {
  if (!grip) return;
  const [x, y] = [event.clientX - grip[0], event.clientY - grip[1]];
  if (Math.abs(x) + Math.abs(y) > 4) dragged = true;
  if (dragged) canvas.classList.add("grab");
  if (dragged) canvas.scrollTo(grip[2] - x, grip[3] - y);
});
addEventListener("pointerup", () => {
  grip = null;
  canvas.classList.remove("grab");
});
canvas.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const view = canvas.getBoundingClientRect();
  const by = Math.exp(-event.deltaY / 300);
  zoom(scale * by, event.clientX - view.left, event.clientY - view.top);
}, { passive: false });

byId("tools").hidden = false;
byId("every").hidden = drawings.length < 2;
for (const one of drawings) one.svg.toggleAttribute("hidden", one !== drawing);
if (matchMedia("(prefers-color-scheme: dark)").matches) byId("theme").textContent = "Light";
if (graph.focus.length) past.push({ focus: [], drawing });
setFocus(graph.focus.map((id) => placeOf.get(id)), { remember: false });
