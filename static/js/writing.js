// Writing a draft: autosave that loses nothing, the caret for a split, moving by pointer and keyboard. All of it also works without.

const PAUSE = 2500; // ms after the last key before a save
const RETRY = 15_000; // ms before a save is tried again
const ALIVE = 120_000; // ms: an open form that nobody types in renews its lock, as long as its page is looked at

// --- Words that the server does not have yet stay in this browser until it has them -----------------------------------

const FIELDS = ["kind", "number", "text", "footnotes"];
const valuesOf = (form) => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
const isEqual = (one, other) => FIELDS.every((name) => one[name] === other[name]);

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
  words.textContent = kept.text;
  const button = (word, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-secondary";
    made.textContent = word;
    made.addEventListener("click", () => {
      act();
      box.remove();
      form.elements.text.focus();
    });
    return made;
  };
  const take = button(form.dataset.take, () => {
    for (const name of FIELDS) form.elements[name].value = kept[name];
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

for (const form of document.querySelectorAll("form[data-autosave], form[data-keep]")) {
  const key = `writing:${form.dataset.autosave ?? form.dataset.keep}`;
  offer(form, key);
  if (form.dataset.autosave) autosave(form, key);
  else form.addEventListener("input", () => keep(key, valuesOf(form)));
  const caret = form.querySelector("[data-caret]");
  form.addEventListener("submit", () => {
    const text = form.elements.text;
    const before = text.value.slice(0, text.selectionStart).trimStart(); // the server trims, and counts characters, not units
    caret.value = [...before].length;
  });
  form.elements.text.focus({ preventScroll: true });
}

// What came through is no longer kept: its row is on the page, and no form.
if (!document.querySelector("form[data-autosave], form[data-keep]")) {
  const at = new URLSearchParams(location.search).get("at");
  if (at) {
    keep(`writing:${at}`, null);
    if (new URLSearchParams(location.search).get("did") === "add") {
      for (const key of Object.keys(localStorage)) if (key.startsWith("writing:new-")) keep(key, null);
    }
  }
}

// --- Moving -----------------------------------------------------------------------------------------------------------

const list = document.querySelector("[data-writing]");
const acts = document.getElementById("acts");
const voice = document.querySelector("[data-say]");

function drop(row) {
  const next = row.nextElementSibling?.closest("[data-row]");
  acts.querySelector("[data-before]").value = next ? next.dataset.row : "";
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
  let home = null; // the row after it, while it is lifted
  const rows = () => [...list.querySelectorAll("[data-row]")];
  const tell = () => {
    const all = rows();
    voice.textContent = voice.dataset.place.replace("{n}", all.indexOf(row) + 1).replace("{all}", all.length);
  };
  const lift = () => {
    home = { before: row.nextElementSibling };
    row.classList.add("is-lifted");
  };
  const settle = (isMeant) => {
    if (!home) return;
    const { before } = home;
    home = null;
    row.classList.remove("is-lifted");
    if (row.nextElementSibling === before) return;
    if (isMeant) return drop(row);
    list.insertBefore(row, before);
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
      const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
      if (!other?.matches("[data-row]")) return;
      if (event.key === "ArrowUp") other.before(row);
      else other.after(row);
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
    const over = document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches("[data-row]") && one !== row);
    if (event.clientY < 60) scrollBy(0, -12);
    if (event.clientY > innerHeight - 60) scrollBy(0, 12);
    if (!over) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(row);
    else over.after(row);
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
