// The drawings: size, place, and closing the gaps where the rest is hidden.
const drawings = Object.entries(layout.drawings).map(([prefix, plan]) => {
  const svg = byId(prefix);
  const boxOf = new Map();
  plan.boxes.forEach((box, at) => box.members.forEach((member) => boxOf.set(member, at)));
  const columnOf = [];
  plan.columns.forEach((column, at) => column.forEach((item) => {
    if (item >= 0) columnOf[item] = at;
  }));
  const boxes = plan.boxes.map((box, at) => ({ ...box, element: byId(prefix + at), now: box }));
  const links = plan.links.map(([start, end, turned, quiet], at) => {
    const element = byId(prefix + "l" + at);
    return { start, end, turned, quiet, element, path: element.getAttribute("d") };
  });
  return { prefix, plan, svg, boxOf, columnOf, boxes, links, size: svg.getAttribute("viewBox") };
});
let drawing = drawings[0];
const everything = drawings[drawings.length - 1];
let scale = 1;
let only = nodes.length > HIDE_ABOVE;
let focus = [];
const past = [];

function use(other) {
  if (other === drawing) return;
  drawing = other;
  byId("every").setAttribute("aria-pressed", String(other === everything));
  for (const one of drawings) one.svg.toggleAttribute("hidden", one !== drawing);
}

function zoom(wanted, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const [, , width, height] = drawing.svg.getAttribute("viewBox").split(" ").map(Number);
  const next = Math.min(3, Math.max(0.04, wanted));
  const ratio = next / scale;
  const left = (canvas.scrollLeft + x) * ratio - x;
  const top = (canvas.scrollTop + y) * ratio - y;
  scale = next;
  drawing.svg.setAttribute("width", width * scale);
  drawing.svg.setAttribute("height", height * scale);
  canvas.scrollTo(left, top);
  byId("scale").textContent = Math.round(scale * 100) + "%";
}

function fit(least = 0) {
  const [, , width, height] = drawing.svg.getAttribute("viewBox").split(" ").map(Number);
  const whole = Math.min(canvas.clientWidth / width, canvas.clientHeight / height);
  zoom(Math.max(Math.min(whole, 1.25), least));
}

function show(element, atOnce = false) {
  const box = element.getBoundingClientRect();
  const view = canvas.getBoundingClientRect();
  canvas.scrollBy({
    left: box.left + box.width / 2 - view.left - view.width / 2,
    top: box.top + box.height / 2 - view.top - view.height / 2,
    behavior: atOnce || still.matches ? "auto" : "smooth",
  });
}

// Of what does not fit the window, files stand at its left: what they concern is on their right.
function frame(boxes, atLeft) {
  const view = canvas.getBoundingClientRect();
  const sides = boxes.map((box) => box.element.getBoundingClientRect());
  const left = Math.min(...sides.map((side) => side.left));
  const right = Math.max(...sides.map((side) => side.right));
  if (right - left <= view.width) canvas.scrollBy((left + right - view.left - view.right) / 2, 0);
  else if (atLeft) canvas.scrollBy(left - view.left - 24, 0);
}

// ---- hiding the rest ------------------------------------------------------------------------

function curve(points) {
  let [x, y] = points[0];
  let path = `M${x},${y}`;
  for (const [toX, toY] of points.slice(1)) {
    const half = Math.round((x + toX) / 2);
    path += toY === y ? `H${toX}` : `C${half},${y} ${half},${toY} ${toX},${toY}`;
    [x, y] = [toX, toY];
  }
  return path;
}

// Heights as near to those of the neighbours as order and distances allow (as in Python).
function spread(column, wishes) {
  const pools = [];
  let offset = 0;
  column.forEach((item, at) => {
    if (at) offset += (item.height + column[at - 1].height) / 2 + room.gap;
    item.offset = offset;
    pools.push([wishes(item) - offset, 1]);
    while (pools.length > 1 && pools.at(-2)[0] > pools.at(-1)[0]) {
      const [[a, m], [b, n]] = pools.splice(-2);
      pools.push([(a * m + b * n) / (m + n), m + n]);
    }
  });
  let at = 0;
  for (const [level, count] of pools) {
    for (let i = 0; i < count; i += 1, at += 1) column[at].y = level + column[at].offset;
  }
}

function compact(shown) {
  const links = drawing.links.filter((link) => link.on);
  const farthest = new Map();
  const ends = (link) => (link.turned ? [link.end, link.start] : [link.start, link.end]);
  for (const link of links.filter((one) => !one.quiet)) {
    const [left, right] = ends(link);
    farthest.set(left, Math.max(farthest.get(left) || 0, drawing.columnOf[right]));
  }
  let x = 0;
  const columns = drawing.plan.columns.map((column, number) => {
    const items = column.filter((item) => (item >= 0
      ? shown.has(item) : farthest.has(-1 - item) && farthest.get(-1 - item) > number));
    const box = items.find((item) => item >= 0);
    const made = items.map((item) => ({
      item, x, width: box === undefined ? 0 : drawing.boxes[box].w,
      height: item < 0 ? room.bend : room.box, left: [], right: [], y: 0,
    }));
    if (box !== undefined) x += drawing.boxes[box].w + room.column;
    return made;
  });
  const at = columns.map((column) => new Map(column.map((one) => [one.item, one])));
  for (const link of links.filter((one) => !one.quiet)) {
    const [left, right] = ends(link);
    const first = drawing.columnOf[left];
    link.bends = [];
    let last = at[first].get(left);
    for (let number = first + 1; number <= drawing.columnOf[right]; number += 1) {
      const next = at[number].get(number < drawing.columnOf[right] ? -1 - left : right);
      if (next.item < 0) link.bends.push(next);
      if (!last.right.includes(next)) {
        last.right.push(next);
        next.left.push(last);
      }
      last = next;
    }
  }
  const mean = (others, y) => (others.length
    ? others.reduce((sum, other) => sum + other.y, 0) / others.length : y);
  for (const column of columns) {
    spread(column, () => 0);
    const half = column.length ? column.at(-1).offset / 2 : 0;
    for (const one of column) one.y = one.offset - half;
  }
  for (let sweep = 0; sweep < 12; sweep += 1) {
    const side = sweep % 2 ? "right" : "left";
    const order = sweep % 2 ? [...columns].reverse() : columns;
    for (const column of order) spread(column, (one) => mean(one[side], one.y));
  }
  const all = columns.flat();
  const top = Math.min(...all.map((one) => one.y - one.height / 2));
  for (const one of all) one.y = Math.round(one.y - top);
  const low = Math.max(...all.map((one) => one.y + one.height / 2));
  for (const one of all.filter((item) => item.item >= 0)) {
    drawing.boxes[one.item].now = { x: one.x, y: one.y, w: one.width };
  }
  for (const link of links) {
    const [left, right] = ends(link).map((box) => drawing.boxes[box].now);
    const points = [[left.x + left.w, left.y]];
    if (!link.quiet) {
      for (const bend of link.bends) points.push([bend.x, bend.y], [bend.x + bend.width, bend.y]);
    }
    points.push([right.x, right.y]);
    link.element.setAttribute("d", curve(link.turned ? points.reverse() : points));
  }
  const margin = room.margin;
  return `${-margin} ${-margin} ${x - room.column + 2 * margin} ${low + 2 * margin}`;
}

function arrange() {
  const hidden = only && focus.length > 0;
  const shown = new Set(drawing.boxes.keys());
  drawing.boxes.forEach((box, at) => {
    box.now = box;
    box.element.classList.toggle("gone", hidden && !box.on);
    if (hidden && !box.on) shown.delete(at);
  });
  for (const link of drawing.links) {
    link.element.classList.toggle("gone", hidden && !link.on);
    link.element.setAttribute("d", link.path);
  }
  drawing.svg.setAttribute("viewBox", hidden ? compact(shown) : drawing.size);
  for (const box of drawing.boxes) {
    const place = `translate(${box.now.x},${box.now.y - room.box / 2})`;
    box.element.setAttribute("transform", place);
  }
}
