// The grid of a programme: sessions move by drag and by keyboard; every move is saved at once, and undone where it is refused.
const STEP = 15;
const grid = document.querySelector("[data-programme-grid]");
const status = document.querySelector("[data-grid-say]");
const warnings = document.querySelector("[data-grid-warnings]");
// On a telephone the grid comes first: what does not fit waits behind its number.
const fold = () => warnings?.querySelector("details");
if (fold() && matchMedia("(max-width: 40rem)").matches) fold().open = false;

const token = document.querySelector("[data-grid-form] [name=csrfmiddlewaretoken]")?.value;

const first = Number(grid?.dataset.first);
const last = Number(grid?.dataset.last);
const columns = [...(grid?.querySelectorAll("[data-room]") ?? [])];
const isRtl = document.documentElement.dir === "rtl";
const clock = (minutes) => `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

// What the server is known to hold, by block; `sending` while an answer is awaited.
const kept = new Map();
const sending = new Set();

const where = (block) => ({
  column: block.closest("[data-room]"),
  start: Number(block.dataset.start),
  end: Number(block.dataset.end),
});
const same = (one, other) => one.column === other.column && one.start === other.start && one.end === other.end;

function say(text, isRefusal = false) {
  status.textContent = text;
  status.classList.toggle("is-refusal", isRefusal);
}

// Sessions of one room at the same time stand side by side.
function layLanes(column) {
  const blocks = [...column.querySelectorAll("[data-code]")].sort((a, b) => a.dataset.start - b.dataset.start || b.dataset.end - a.dataset.end);
  let cluster = [];
  let until = -1;
  const close = () => {
    const lanes = Math.max(0, ...cluster.map((block) => Number(block.style.getPropertyValue("--lane")))) + 1;
    for (const block of cluster) block.style.setProperty("--lanes", lanes);
  };
  let ends = [];
  for (const block of blocks) {
    const { start, end } = where(block);
    if (start >= until) {
      close();
      cluster = [];
      ends = [];
    }
    let lane = ends.findIndex((at) => at <= start);
    if (lane < 0) lane = ends.length;
    ends[lane] = end;
    block.style.setProperty("--lane", lane);
    cluster.push(block);
    until = Math.max(until, end);
  }
  close();
}

function place(block, { column, start, end }) {
  const before = block.closest("[data-room]");
  if (before !== column) {
    const hadFocus = block.contains(document.activeElement);
    column.querySelector(".grid-sessions").append(block);
    if (hadFocus) block.querySelector(".grid-link").focus({ preventScroll: true });
  }
  block.dataset.start = start;
  block.dataset.end = end;
  block.style.setProperty("--at", (start - first) / STEP);
  block.style.setProperty("--long", (end - start) / STEP);
  block.querySelector("[data-time]").textContent = `${clock(start)}–${clock(end)}`;
  layLanes(column);
  if (before !== column) layLanes(before);
}

function mark(marks) {
  for (const block of grid.querySelectorAll("[data-code]")) {
    const texts = marks[block.dataset.code] ?? [];
    block.classList.toggle("is-warned", texts.length > 0);
    block.querySelector("[data-marks]").replaceChildren(
      ...texts.map((text) => {
        const line = document.createElement("span");
        line.className = "grid-mark";
        line.textContent = text;
        return line;
      }),
    );
  }
}

async function post(block, wished, day = grid.dataset.day) {
  const body = new URLSearchParams({
    csrfmiddlewaretoken: token,
    room: wished.column.dataset.room,
    day,
    start: wished.start,
    end: wished.end,
    seen: block.dataset.seen,
  });
  const answer = await fetch(block.dataset.url, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.redirected) return { refusal: grid.dataset.signedOut };
  return answer.json();
}

// One question at a time for a block: what was moved on meanwhile is asked afterwards.
async function save(block) {
  if (sending.has(block)) return;
  sending.add(block);
  block.setAttribute("aria-busy", "true");
  try {
    while (!same(where(block), kept.get(block))) {
      const wished = where(block);
      const answer = await post(block, wished);
      if (answer.refusal) {
        place(block, kept.get(block));
        say(answer.refusal, true);
        return;
      }
      block.dataset.seen = answer.seen;
      kept.set(block, wished);
      const isFolded = fold()?.open === false;
      warnings.innerHTML = answer.warnings;
      if (isFolded && fold()) fold().open = false;
      mark(answer.marks);
      say(answer.says);
    }
  } catch {
    place(block, kept.get(block));
    say(grid.dataset.failed, true);
  } finally {
    sending.delete(block);
    block.removeAttribute("aria-busy");
  }
}

// The days to choose from are links of the page, each with its day.
const dayLinks = [...document.querySelectorAll(".tabs a")];
const dayOf = (link) => new URL(link.href).searchParams.get("day");

// To another day at the same hour, in the room where the block stands now; then that day is shown with the block chosen.
async function saveOnDay(block, day) {
  clearTimeout(waiting.get(block));
  if (sending.has(block)) return;
  sending.add(block);
  block.setAttribute("aria-busy", "true");
  say(grid.dataset.going);
  try {
    const answer = await post(block, where(block), day);
    if (answer.refusal) {
      place(block, kept.get(block));
      say(answer.refusal, true);
      return;
    }
    kept.set(block, where(block));
    location.assign(`?day=${day}#${block.id}`);
  } catch {
    place(block, kept.get(block));
    say(grid.dataset.failed, true);
  } finally {
    sending.delete(block);
    block.removeAttribute("aria-busy");
  }
}

const waiting = new Map();
function saveSoon(block) {
  clearTimeout(waiting.get(block));
  waiting.set(block, setTimeout(() => save(block), 400));
}

function moved({ column, start, end }, { rooms = 0, minutes = 0, longer = 0 }) {
  const at = Math.min(Math.max(columns.indexOf(column) + rooms, 0), columns.length - 1);
  const shift = Math.min(Math.max(minutes, first - start), last - end);
  const stop = Math.min(Math.max(end + shift + longer, start + shift + STEP), Math.max(last, end + shift));
  return { column: columns[at], start: start + shift, end: longer ? stop : end + shift };
}

// ---- by keyboard: Enter follows the link of the block by itself ----

const KEYS = {
  ArrowUp: (shift) => (shift ? { longer: -STEP } : { minutes: -STEP }),
  ArrowDown: (shift) => (shift ? { longer: STEP } : { minutes: STEP }),
  ArrowLeft: (shift) => (shift ? null : { rooms: isRtl ? 1 : -1 }),
  ArrowRight: (shift) => (shift ? null : { rooms: isRtl ? -1 : 1 }),
};

function onKey(event) {
  const block = event.target.closest("[data-code]");
  if (!block || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "PageUp" || event.key === "PageDown") {
    const at = dayLinks.findIndex((link) => dayOf(link) === grid.dataset.day);
    const link = dayLinks[at + (event.key === "PageDown" ? 1 : -1)];
    event.preventDefault();
    if (at >= 0 && link) saveOnDay(block, dayOf(link));
    else say(grid.dataset.noDay, true);
    return;
  }
  const change = KEYS[event.key]?.(event.shiftKey);
  if (!change) return;
  event.preventDefault();
  const wished = moved(where(block), change);
  place(block, wished);
  say(`${clock(wished.start)}–${clock(wished.end)}, ${wished.column.dataset.name}. ${grid.dataset.going}`);
  saveSoon(block);
}

// ---- by drag ----

let drag = null;
let wasDragged = false;

const minuteHeight = () => columns[0].querySelector(".grid-sessions").getBoundingClientRect().height / (last - first);
const columnAt = (x) => columns.find((column) => {
  const box = column.getBoundingClientRect();
  return x >= box.left && x < box.right;
});
const snapped = (minutes) => Math.round(minutes / STEP) * STEP;

function onDown(event) {
  const block = event.target.closest("[data-code]");
  if (!block || event.button !== 0) return;
  const isEdge = Boolean(event.target.closest("[data-edge]"));
  // A finger on a block scrolls the page; on the lower edge it drags.
  if (event.pointerType === "touch" && !isEdge) return;
  wasDragged = false;
  drag = { block, isEdge, from: where(block), x: event.clientX, y: event.clientY, pointer: event.pointerId, isOn: false };
}

// A block dropped on a day goes there.
const dayAt = (x, y) => dayLinks.find((link) => {
  const box = link.getBoundingClientRect();
  return dayOf(link) !== grid.dataset.day && x >= box.left && x < box.right && y >= box.top && y < box.bottom;
});

function onMove(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  if (!drag.isOn) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
    drag.isOn = true;
    drag.block.classList.add("is-dragged");
    grid.setPointerCapture(drag.pointer);
  }
  drag.day = drag.isEdge ? undefined : dayAt(event.clientX, event.clientY);
  for (const link of dayLinks) link.classList.toggle("is-target", link === drag.day);
  const minutes = (event.clientY - drag.y) / minuteHeight();
  const { start, end, column } = drag.from;
  let wished;
  if (drag.day) wished = drag.from;
  else if (drag.isEdge) wished = moved(drag.from, { longer: snapped(end + minutes) - end });
  else {
    const target = columnAt(event.clientX) ?? where(drag.block).column;
    wished = moved(drag.from, { minutes: snapped(start + minutes) - start, rooms: columns.indexOf(target) - columns.indexOf(column) });
  }
  for (const one of columns) one.querySelector(".grid-sessions").classList.toggle("is-target", one === wished.column);
  if (!same(wished, where(drag.block))) place(drag.block, wished);
}

function endDrag(isDropped) {
  if (!drag) return;
  const { block, isOn, from, day } = drag;
  drag = null;
  if (!isOn) return;
  wasDragged = true;
  setTimeout(() => (wasDragged = false), 300);
  block.classList.remove("is-dragged");
  for (const one of columns) one.querySelector(".grid-sessions").classList.remove("is-target");
  for (const link of dayLinks) link.classList.remove("is-target");
  if (!isDropped) place(block, from);
  else if (day) saveOnDay(block, dayOf(day));
  else if (!same(where(block), kept.get(block))) {
    say(grid.dataset.going);
    save(block);
  }
}

async function onClick(event) {
  const link = event.target.closest(".grid-link");
  const block = link?.closest("[data-code]");
  if (!block) return;
  // The end of a drag is no click on the link.
  if (wasDragged) event.preventDefault();
  else if (!same(where(block), kept.get(block))) {
    // Enter right after an arrow: the move is saved before the form opens.
    event.preventDefault();
    clearTimeout(waiting.get(block));
    const wished = where(block);
    await save(block);
    if (same(wished, kept.get(block))) location.assign(link.href);
  }
}

if (grid) {
  document.documentElement.classList.add("has-grid");
  grid.style.setProperty("--rows", (last - first) / STEP);
  for (const line of grid.querySelectorAll("[data-at]")) line.style.setProperty("--at", (Number(line.dataset.at) - first) / STEP);
  for (const block of grid.querySelectorAll("[data-code]")) {
    place(block, where(block));
    kept.set(block, where(block));
    const link = block.querySelector(".grid-link");
    link.setAttribute("aria-describedby", "grid-help");
  }
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("pointerdown", onDown);
  grid.addEventListener("pointermove", onMove);
  grid.addEventListener("pointerup", () => endDrag(true));
  grid.addEventListener("pointercancel", () => endDrag(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") endDrag(false);
  });
  grid.addEventListener("click", onClick);
  // What was moved a moment ago and is not saved yet.
  window.addEventListener("beforeunload", (event) => {
    const isUnsaved = [...kept].some(([block, known]) => !same(where(block), known));
    if (isUnsaved) event.preventDefault();
  });
  // Going to the block of the address takes the focus away until the page is loaded: it is given afterwards.
  const focusNamed = () => document.getElementById(location.hash.slice(1))?.querySelector(".grid-link")?.focus();
  if (document.readyState === "complete") focusNamed();
  else window.addEventListener("load", () => setTimeout(focusNamed));
}
