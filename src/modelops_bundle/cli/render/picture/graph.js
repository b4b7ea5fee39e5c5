"use strict";
// The document of `graph --json`: what a change reaches, and which entries it makes stale.
const byId = (id) => document.getElementById(id);
const graph = JSON.parse(byId("graph").textContent);
const layout = JSON.parse(byId("layout").textContent);
const { texts, room } = layout;
const nodes = graph.nodes;
const placeOf = new Map(nodes.map((node, at) => [node.id, at]));
const before = nodes.map(() => []);
const after = nodes.map(() => []);
for (const edge of graph.edges) {
  const link = { from: placeOf.get(edge.from), to: placeOf.get(edge.to), kind: edge.kind };
  after[link.from].push(link);
  before[link.to].push(link);
}
const ENTRIES = ["model", "target"];
const FILES = ["code", "data", "environment"];
// What a sync compares digests along: a change at one end is a difference at the other.
const DIGESTS = ["imports", "defined_in", "needs", "reads"];
const HIDE_ABOVE = 60;
const SINGLY = 200;
const LEGIBLE = 0.75;
const canvas = byId("canvas");
const still = matchMedia("(prefers-reduced-motion: reduce)");

// ---- the graph ------------------------------------------------------------------------------

// What is reached, each with what it was reached from. Of a file that an entry declares ("needs")
// the bytes count, and not what it imports: no way leads through it to the entry, or back.
function reach(starts, links, end, passes = () => true) {
  const found = new Map(starts.map((at) => [at, null]));
  const pending = [...starts];
  const followed = new Set(starts);
  for (const at of pending) {
    for (const link of links[at]) {
      const declared = link.kind === "needs";
      if ((declared && end === "to" && found.get(at) !== null) || !passes(link, at)) continue;
      const next = link[end];
      if (!found.has(next)) found.set(next, at);
      if ((declared && end === "from") || followed.has(next)) continue;
      followed.add(next);
      pending.push(next);
    }
  }
  return found;
}
const downstream = (starts) => reach(starts, after, "to");
const upstream = (starts) => reach(starts, before, "from");

// Entries whose digests a change of these files makes differ, each with the chain that leads
// there: entries hand nothing on but by their outputs, whose targets stay as recorded.
function makesStale(starts) {
  const found = reach(
    starts, after, "to",
    (link, at) => DIGESTS.includes(link.kind) && !ENTRIES.includes(nodes[at].kind),
  );
  const chains = new Map();
  for (const at of found.keys()) {
    if (!ENTRIES.includes(nodes[at].kind)) continue;
    const chain = [];
    for (let step = at; step !== null; step = found.get(step)) chain.unshift(step);
    chains.set(at, chain);
  }
  return chains;
}
