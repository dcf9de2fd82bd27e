// What every page has: menus that close, the reader's own time beside the place's, the theme switch, sign-out, error focus, forms sent once.

// Menus are <details data-menu>: Escape, a click elsewhere or another menu closes them.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

// <time datetime data-local-time>: adds the reader's own time where their clock differs from the place's.
// data-local-time="END" gives a span of hours. A list of hours says beforehand whose they are: on the same day the hours alone do.
function addLocalTimes(root) {
  // The portal writes day before month; plain "en" would turn that round.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const hours = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
  const clock = new Intl.DateTimeFormat(language, hours);
  // Browsers call the months otherwise than the portal does in Arabic: there they get their number.
  const month = language === "ar" ? "numeric" : "short";
  const dayAndClock = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month, ...hours });
  const day = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" });
  const plain = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const time of root.querySelectorAll("time[data-local-time]")) {
    const end = new Date(time.dataset.localTime);
    time.removeAttribute("data-local-time");
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const spans = !Number.isNaN(end.getTime());
    const told = time.textContent.trim();
    if (spans ? told.startsWith(plain.format(moment)) : told.includes(plain.format(moment))) continue;
    const own = document.createElement("span");
    own.className = "local-time";
    const words = document.createElement("span");
    words.textContent = `${document.documentElement.dataset.yourTime || "→"} `;
    // A span's datetime carries the place's offset, so its first ten signs are the place's day.
    const format = spans && time.dateTime.startsWith(day.format(moment)) ? clock : dayAndClock;
    if (spans) words.className = "visually-hidden";
    own.append(words, spans ? format.formatRange(moment, end) : format.format(moment));
    time.append(own);
  }
}
addLocalTimes(document);
document.addEventListener("htmx:load", (event) => addLocalTimes(event.detail.elt));

// The theme switch of the footer; theme.js applies the choice on the next page before it is painted.
const themeSwitch = document.querySelector("[data-theme-switch]");
if (themeSwitch) {
  const select = themeSwitch.querySelector("select");
  themeSwitch.hidden = false;
  try {
    select.value = localStorage.getItem("theme") || "";
  } catch {
    themeSwitch.hidden = true;
  }
  select.addEventListener("change", () => {
    if (select.value) {
      localStorage.setItem("theme", select.value);
      document.documentElement.dataset.theme = select.value;
    } else {
      localStorage.removeItem("theme");
      delete document.documentElement.dataset.theme;
    }
  });
}

// Who signs out takes along what this device keeps: the list of names and the page of the check-in desk, words of a draft not saved.
document.addEventListener("submit", (event) => {
  if (!event.target.action?.endsWith?.("/accounts/logout/")) return;
  window.indexedDB?.deleteDatabase("desk-list");
  window.caches?.delete("desk");
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("writing:")) localStorage.removeItem(key);
  } catch {
    // a browser that keeps nothing
  }
});

// A refused form: its summary of errors gets the focus.
document.querySelector("[data-focus-on-load]")?.focus();

// A form that posts is sent once: its buttons are off until the answer comes, [data-sent] marks them. They go off only after
// the browser has taken the form's values, or the name of the pressed one would be missing; and not at all where a script
// (htmx, a question that is answered with no) keeps the form from being sent.
const RESTS = 15_000; // ms: where no answer comes, the reader may press again

function wakeButtons() {
  for (const button of document.querySelectorAll("[data-sent]")) {
    button.disabled = false;
    button.removeAttribute("data-sent");
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[method=post i]:not([target])")) return;
  setTimeout(() => {
    if (event.defaultPrevented) return;
    for (const button of event.target.elements) {
      if (button.type !== "submit" || button.disabled) continue;
      button.disabled = true;
      button.dataset.sent = "";
    }
    setTimeout(wakeButtons, RESTS);
  });
});
// Both: who comes back finds the page as it was left, kept by the browser with or without its scripts' doings.
window.addEventListener("pagehide", wakeButtons);
window.addEventListener("pageshow", wakeButtons);
