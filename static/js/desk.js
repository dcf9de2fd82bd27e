// The check-in desk: scans without leaving the page, names while one types, the live counter, and work without a connection.
import { find, findByName, readList, writeList } from "./desk-list.js";

const desk = document.querySelector("[data-desk]");
const { meeting, person, scanUrl, listUrl, countUrl, worker, decoder } = desk.dataset;
const form = desk.querySelector("[data-desk-form]");
const field = form.elements.text;
const name = form.elements.desk;
const card = desk.querySelector("[data-desk-card]");
const results = desk.querySelector("[data-desk-results]");
const line = desk.querySelector("[data-desk-line]");
const token = form.elements.csrfmiddlewaretoken.value;
const hour = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

// The same words as on the server: long, without a gap, with a digit.
const isCode = (text) => /^[0-9A-Z$%*+./:-]{12,}$/.test(text.trim()) && /\d/.test(text);
const isTwelve = (text) => /^[0-9A-Z]{12}$/.test(text.replace(/[\s-]/g, "").toUpperCase());
const isReference = (text) => isTwelve(text) && /\d/.test(text);
// Twelve letters without a digit are a reference if somebody has it.
const isKnown = async (text) => isTwelve(text) && Boolean(await find(list, text).catch(() => undefined));

// --- The desk's name stays in this browser ------------------------------------------------------------------------------

name.value = localStorage.getItem("desk-name") || name.value;
const spread = () => {
  for (const other of document.querySelectorAll("input[data-desk-name]")) other.value = name.value;
};
name.addEventListener("change", () => {
  localStorage.setItem("desk-name", name.value.trim());
  spread();
});
spread();

// --- The list for times without a connection ------------------------------------------------------------------------------

let list = null;

async function refreshList() {
  const answer = await ask(listUrl);
  if (answer?.people) {
    list = { ...answer, meeting, person, loadedAt: new Date().toISOString() };
    await writeList(list).catch(() => {});
  }
}

// A question to the server; null without a connection.
async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) return null;
    const data = await answer.json();
    showLine(!data.offline);
    return data.offline ? null : data;
  } catch {
    showLine(false);
    return null;
  }
}

// --- Cards --------------------------------------------------------------------------------------------------------------

function show(html) {
  card.innerHTML = html;
  spread();
  card.scrollIntoView({ block: "nearest" });
}

function showTemplate(id, words) {
  const copy = document.getElementById(id).content.cloneNode(true);
  for (const [slot, text] of Object.entries(words)) {
    for (const place of copy.querySelectorAll(`[data-slot="${slot}"]`)) {
      place.textContent = text;
      place.hidden = !text;
    }
  }
  card.replaceChildren(copy);
  spread();
}

async function showQueued(text) {
  const known = await find(list, text).catch(() => undefined);
  if (known) showTemplate("desk-kept", { name: known.name, category: known.category, reference: known.reference });
  else showTemplate("desk-unknown", { text, since: list ? hour.format(new Date(list.loadedAt)) : "" });
  if (known) known.came = true;
}

async function scan(text) {
  const body = new URLSearchParams({
    text,
    desk: name.value.trim() || name.defaultValue,
    client_id: crypto.randomUUID(),
    scanned_at: new Date().toISOString(),
  });
  field.value = "";
  results.replaceChildren();
  card.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(scanUrl, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": token },
      redirect: "manual",
    });
    const data = answer.ok ? await answer.json() : { kind: "lost", signed_out: answer.status < 500 };
    if (data.kind === "queued") {
      showLine(data.signed_out, data.signed_out);
      await showQueued(text);
    } else if (data.kind === "lost") showTemplate(data.signed_out ? "desk-signed-out" : "desk-lost", { text });
    else {
      show(data.card);
      refreshCount();
    }
  } catch {
    showTemplate("desk-lost", { text });
  } finally {
    card.removeAttribute("aria-busy");
    field.focus();
  }
}

form.addEventListener("submit", async (event) => {
  const text = field.value.trim();
  event.preventDefault();
  clearTimeout(pause); // what was typed on the way is not looked up any more
  asked += 1;
  if (!text) field.focus();
  else if (isCode(text) || isReference(text) || (await isKnown(text))) scan(text);
  else look(text);
});

results.addEventListener("submit", (event) => {
  const text = event.target.elements.text?.value;
  if (!text) return;
  event.preventDefault();
  scan(text);
});

// --- Names while one types --------------------------------------------------------------------------------------------

let asked = 0;
let pause = 0;

async function look(text) {
  const mine = (asked += 1);
  const answer = await ask(`${form.dataset.search}?q=${encodeURIComponent(text)}`);
  if (mine !== asked) return;
  if (answer) results.innerHTML = answer.html;
  else showLocal(text);
  card.replaceChildren();
  spread();
}

function showLocal(text) {
  const rows = findByName(list, text).map((person) => {
    const row = document.getElementById("desk-row").content.cloneNode(true);
    row.querySelector("[data-slot=name]").textContent = person.name;
    row.querySelector("[data-slot=category]").textContent = person.category;
    row.querySelector("[name=text]").value = person.reference;
    return row;
  });
  results.replaceChildren(...(rows.length ? rows : [document.getElementById("desk-nobody").content.cloneNode(true)]));
}

field.addEventListener("input", () => {
  clearTimeout(pause);
  const text = field.value.trim();
  if (!text || isCode(text) || isReference(text)) {
    asked += 1;
    results.replaceChildren();
  } else if (text.length > 1) pause = setTimeout(look, 180, text);
});

// --- The line: what waits, what came back refused ---------------------------------------------------------------------------

let isUp = navigator.onLine;
let waitingCount = 0;

function showLine(up = isUp, signedOut = false) {
  if (up && !isUp) replay();
  isUp = up;
  line.querySelector("[data-line=off]").hidden = up;
  line.querySelector("[data-line=signed-out]").hidden = !signedOut;
  const wait = line.querySelector("[data-line=waiting]");
  wait.hidden = !waitingCount;
  const many = new Intl.PluralRules(document.documentElement.lang).select(waitingCount);
  const words = wait.dataset[many] || wait.dataset.other;
  wait.textContent = words.replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(waitingCount));
  line.hidden = up && !waitingCount && !signedOut;
}

function showRefused(rows) {
  const box = desk.querySelector("[data-desk-refused]");
  box.hidden = !rows.length;
  box.querySelector("ul").replaceChildren(...rows.map((row) => {
    const item = document.getElementById("desk-refused-row").content.cloneNode(true);
    item.querySelector("[data-slot=at]").textContent = hour.format(new Date(row.scanned_at));
    item.querySelector("[data-slot=text]").textContent = row.text;
    item.querySelector("[data-slot=sentence]").textContent = row.sentence;
    item.querySelector("button").addEventListener("click", () => post({ type: "read", client_id: row.client_id }));
    return item;
  }));
}

const post = (message) => navigator.serviceWorker?.controller?.postMessage({ token, ...message });
const replay = () => post({ type: "replay" });

async function startWorker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.type === "state") {
      if (waitingCount && !data.waiting) refreshCount();
      waitingCount = data.waiting;
      showLine();
      showRefused(data.refused);
    }
  });
  await navigator.serviceWorker.register(worker, { scope: location.pathname });
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
  }
  const used = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0]);
  const urls = used.filter((url) => new URL(url).pathname.startsWith("/static/"));
  // The camera's part loads only when it is switched on, and that may first be while the connection is down.
  const later = [new URL("./desk-camera.js", import.meta.url), new URL(decoder, location), new URL("./index.js", new URL(decoder, location))];
  post({ type: "keep", urls: [...new Set([...urls, ...later.map(String), location.origin + location.pathname])] });
  post({ type: "state" });
  replay();
  desk.dataset.ready = "";
}

addEventListener("online", () => showLine(true));
addEventListener("offline", () => showLine(false));

// --- The live counter ---------------------------------------------------------------------------------------------------

async function refreshCount() {
  const answer = await ask(countUrl);
  if (answer) desk.querySelector("[data-desk-count]").innerHTML = answer.html;
}

// --- The camera ---------------------------------------------------------------------------------------------------------

const camera = desk.querySelector("[data-desk-camera]");
const button = desk.querySelector("[data-desk-camera-button]");
let stop = null;

if (navigator.mediaDevices?.getUserMedia) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (stop) {
      stop();
      stop = null;
      camera.hidden = true;
      button.setAttribute("aria-pressed", "false");
      return;
    }
    try {
      const { watch } = await import("./desk-camera.js");
      camera.hidden = false;
      stop = await watch(camera.querySelector("video"), decoder, scan);
      button.setAttribute("aria-pressed", "true");
    } catch {
      camera.hidden = true;
      showTemplate("desk-no-camera", {});
    }
  });
}

// --- Begin --------------------------------------------------------------------------------------------------------------

list = await readList(meeting, person).catch(() => null);
showLine();
startWorker().catch(() => {}).then(refreshList);
setInterval(refreshCount, 10_000);
setInterval(refreshList, 120_000);
setInterval(() => waitingCount && replay(), 10_000);
if (!card.children.length) field.focus();
