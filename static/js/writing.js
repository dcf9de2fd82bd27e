// Writing a draft: autosave that loses nothing, the caret for a split, moving by pointer and keyboard. All of it also works without.

const PAUSE = 2500; // ms after the last key before a save
const RETRY = 15_000; // ms before a save is tried again
const ALIVE = 120_000; // ms: an open form that nobody types in renews its lock, as long as its page is looked at

// --- Words that the server does not have yet stay in this browser until it has them -----------------------------------

const FIELD = /^(kind|number|text|cell_\d+|footnotes)$/; // a row of a table has a field for each cell instead of one text
const fieldsOf = (form) => [...form.elements].filter((field) => FIELD.test(field.name));
const valuesOf = (form) => Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
const isEqual = (one, other) => [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => one[name] === other[name]);
const cellsIn = (values) => Object.keys(values).filter((name) => name.startsWith("cell_"));
const textOf = (values) => values.text ?? cellsIn(values).map((name) => values[name]).join("\n");

function put(values, form) {
  const cells = textOf(values).split("\n");
  for (const field of fieldsOf(form)) {
    const cell = /^cell_(\d+)$/.exec(field.name);
    if (field.name in values) field.value = values[field.name];
    else if (cell) field.value = cells[cell[1]] ?? "";
    else if (field.name === "text") field.value = textOf(values);
  }
}

function keep(key, values) {
  try {
    if (values) localStorage.setItem(key, JSON.stringify(values));
    else localStorage.removeItem(key);
  } catch {
    // a browser that keeps nothing: the words are still in the form
  }
}

function keptIn(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

const firstOf = (form) => form.elements.text ?? form.elements.cell_0;

function offer(form, key) {
  const kept = keptIn(key);
  if (!kept || isEqual(kept, valuesOf(form))) return keep(key, null);
  const box = document.createElement("div");
  box.className = "notice notice-warn";
  box.setAttribute("role", "status");
  const told = document.createElement("p");
  told.textContent = form.dataset.kept;
  const words = document.createElement("p");
  words.className = "w-both";
  words.dir = "auto";
  words.textContent = textOf(kept);
  const button = (word, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-secondary";
    made.textContent = word;
    made.addEventListener("click", () => {
      act();
      box.remove();
      firstOf(form).focus();
    });
    return made;
  };
  const take = button(form.dataset.take, () => {
    put(kept, form);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const acts = document.createElement("div");
  acts.className = "form-actions";
  acts.append(take, button(form.dataset.drop, () => keep(key, null)));
  box.append(told, words, acts);
  form.prepend(box);
}

// --- Autosave ---------------------------------------------------------------------------------------------------------

function autosave(form, key) {
  const line = form.querySelector("[data-saved]");
  let saved = valuesOf(form);
  let timer;
  let isBusy = false;
  let isStopped = Boolean(form.querySelector("[data-theirs]"));
  let seen = Date.now();

  const say = (words, isBad = false) => {
    line.textContent = words;
    line.classList.toggle("is-bad", isBad);
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  async function save() {
    const sent = valuesOf(form);
    if (isStopped) return;
    if (isBusy) return later(PAUSE);
    isBusy = true;
    say(form.dataset.saving);
    try {
      const answer = await fetch(form.action || location.pathname, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Writing": "autosave" },
        redirect: "manual",
      });
      await heard(answer, sent);
    } catch {
      say(form.dataset.lost, true);
      later(RETRY);
    } finally {
      isBusy = false;
    }
  }

  async function heard(answer, sent) {
    const isJson = answer.headers.get("content-type")?.startsWith("application/json");
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      isStopped = true;
      return say(form.dataset.signedOut, true);
    }
    if (!isJson) {
      say(form.dataset.lost, true);
      return later(RETRY);
    }
    const told = await answer.json();
    if (answer.status === 409) {
      isStopped = true;
      form.elements.revision.value = told.revision;
      form.querySelector("[data-conflict]").innerHTML = told.conflict; // made by our own template, escaped there
      say(form.dataset.unsaved, true);
      form.querySelector("[data-conflict]").scrollIntoView({ block: "nearest" });
      return;
    }
    if (!answer.ok) return say(told.said, true);
    form.elements.revision.value = told.revision;
    saved = sent;
    seen = Date.now();
    say(told.said);
    if (isEqual(sent, valuesOf(form))) keep(key, null);
    else later(PAUSE);
  }

  form.addEventListener("input", () => {
    const now = valuesOf(form);
    if (isEqual(now, saved)) return keep(key, null);
    keep(key, now);
    if (isStopped) return;
    say(form.dataset.unsaved);
    later(PAUSE);
  });
  form.addEventListener("submit", () => {
    isStopped = true;
    clearTimeout(timer);
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-theirs]")) keep(key, null);
  });
  setInterval(() => {
    if (!document.hidden && Date.now() - seen > ALIVE) save();
  }, 30_000);
  addEventListener("online", () => {
    if (!isEqual(valuesOf(form), saved)) save();
  });
}

// They are shown to nobody but the person who typed them: those of whoever used this browser before go.
const MINE = `writing:${document.querySelector("[data-person]")?.dataset.person}:`;
const keysKept = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith("writing:"));
  } catch {
    return [];
  }
};
for (const key of keysKept()) if (!key.startsWith(MINE)) keep(key, null);

for (const form of document.querySelectorAll("form[data-autosave], form[data-keep]")) {
  const key = MINE + (form.dataset.autosave ?? form.dataset.keep);
  offer(form, key);
  if (form.dataset.autosave) autosave(form, key);
  else form.addEventListener("input", () => keep(key, valuesOf(form)));
  const caret = form.querySelector("[data-caret]");
  form.addEventListener("submit", () => {
    const { text } = form.elements;
    if (!text) return;
    const before = text.value.slice(0, text.selectionStart).trimStart(); // the server trims, and counts characters, not units
    caret.value = [...before].length;
  });
  firstOf(form).focus({ preventScroll: true });
}

// What came through is no longer kept: its row is on the page, and no form.
if (!document.querySelector("form[data-autosave], form[data-keep]")) {
  const at = new URLSearchParams(location.search).get("at");
  if (at) {
    keep(MINE + at, null);
    if (new URLSearchParams(location.search).get("did") === "add") {
      for (const key of keysKept()) if (key.startsWith(`${MINE}new-`)) keep(key, null);
    }
  }
}

// --- Moving -----------------------------------------------------------------------------------------------------------

const list = document.querySelector("[data-writing]");
const acts = document.getElementById("acts");
const voice = document.querySelector("[data-say]");

const whole = document.querySelector("[data-section]");
const levelOf = (row) => Number(row.dataset.level ?? 0);
const ends = (row, level) => levelOf(row) > 0 && levelOf(row) <= level;

// What a handle moves: its row, or with a heading the whole section, if that is chosen.
function partOf(row) {
  const part = [row];
  if (!whole?.checked || !levelOf(row)) return part;
  for (let next = row.nextElementSibling; next && !ends(next, levelOf(row)); next = next.nextElementSibling) part.push(next);
  return part;
}

// The next place for what is moved: one row on, or for a section before the next heading of its level or a higher one.
function placeAfter(part, other) {
  if (!whole?.checked || !levelOf(part[0])) return other;
  let place = other;
  while (place && !ends(place, levelOf(part[0]))) place = place.nextElementSibling;
  return place;
}

function placeBefore(part, other) {
  if (!whole?.checked || !levelOf(part[0])) return other;
  let place = other;
  while (place && !ends(place, levelOf(part[0]))) place = place.previousElementSibling;
  return place;
}

function drop(row, last) {
  let next = last.nextElementSibling;
  while (next && !next.id.startsWith("w-")) next = next.nextElementSibling; // a new paragraph that is just being written
  acts.querySelector("[data-before]").value = next ? next.id.slice(2) : "";
  const button = row.querySelector("button[value=up]");
  acts.action = button.formAction;
  const act = document.createElement("input");
  act.type = "hidden";
  act.name = "act";
  act.value = "move";
  acts.append(act);
  acts.requestSubmit();
}

function movable(row) {
  const handle = row.querySelector("[data-handle]");
  let home = null; // what is lifted and the row after it, while it is lifted
  const rows = () => [...list.querySelectorAll("[data-row]")];
  const tell = () => {
    const all = rows();
    voice.textContent = voice.dataset.place.replace("{n}", all.indexOf(row) + 1).replace("{all}", all.length);
  };
  const lift = () => {
    const part = partOf(row);
    home = { part, before: part.at(-1).nextElementSibling };
    for (const one of part) one.classList.add("is-lifted");
  };
  const settle = (isMeant) => {
    if (!home) return;
    const { part, before } = home;
    home = null;
    for (const one of part) one.classList.remove("is-lifted");
    if (part.at(-1).nextElementSibling === before) return;
    if (isMeant) return drop(row, part.at(-1));
    for (const one of part) list.insertBefore(one, before);
    voice.textContent = voice.dataset.back;
  };
  handle.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (home) return settle(true);
      lift();
      voice.textContent = voice.dataset.lifted;
    } else if (home && event.key === "Escape") {
      settle(false);
      handle.focus();
    } else if (home && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const isUp = event.key === "ArrowUp";
      const other = isUp ? row.previousElementSibling : home.part.at(-1).nextElementSibling;
      if (!other?.matches("[data-row]")) return;
      const place = isUp ? placeBefore(home.part, other) : placeAfter(home.part, other.nextElementSibling);
      if (isUp && !place) return;
      for (const one of home.part) list.insertBefore(one, place);
      handle.focus();
      tell();
    }
  });
  handle.addEventListener("blur", () => setTimeout(() => document.activeElement !== handle && settle(false)));
  handle.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    lift();
  });
  handle.addEventListener("pointermove", (event) => {
    if (!home || !handle.hasPointerCapture(event.pointerId)) return;
    const over = document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches("[data-row]") && !home.part.includes(one));
    if (event.clientY < 60) scrollBy(0, -12);
    if (event.clientY > innerHeight - 60) scrollBy(0, 12);
    if (!over) return;
    const box = over.getBoundingClientRect();
    const isAbove = event.clientY < box.top + box.height / 2;
    const place = isAbove ? placeBefore(home.part, over) : placeAfter(home.part, over.nextElementSibling);
    if ((isAbove && !place) || home.part.includes(place)) return;
    for (const one of home.part) list.insertBefore(one, place);
    // A moved element loses the pointer and the focus: it takes both back.
    handle.focus({ preventScroll: true });
    if (!handle.hasPointerCapture(event.pointerId)) handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", () => settle(true));
  handle.addEventListener("pointercancel", () => settle(false));
}

if (list && acts) {
  list.classList.add("is-live");
  for (const row of list.querySelectorAll("[data-row]")) movable(row);
  // One menu at a time; Escape closes it.
  list.addEventListener("toggle", (event) => {
    if (!event.target.open) return;
    for (const other of list.querySelectorAll("details[open]")) if (other !== event.target) other.open = false;
  }, true);
  list.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Whoever works by keyboard goes on at the button that was pressed (a page with a place in its address ignores autofocus).
// The browser clears the focus when it scrolls there: so after that.
const focusAgain = () => setTimeout(() => document.querySelector("[data-focus]:not(:disabled)")?.focus({ preventScroll: true }), 50);
if (document.readyState === "complete") focusAgain();
else addEventListener("load", focusAgain);
