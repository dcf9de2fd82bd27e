// What every page has: menus that close, the reader's own time beside the place's, the theme switch, error focus.

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
function addLocalTimes(root) {
  // The portal writes day before month; plain "en" would turn that round.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(language, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
  });
  const plain = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const time of root.querySelectorAll("time[data-local-time]")) {
    time.removeAttribute("data-local-time");
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime()) || time.textContent.includes(plain.format(moment))) continue;
    const own = document.createElement("span");
    own.className = "local-time";
    own.dir = "auto";
    own.textContent = `${document.documentElement.dataset.yourTime || "→"} ${clock.format(moment)}`;
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

// A refused form: its summary of errors gets the focus.
document.querySelector("[data-focus-on-load]")?.focus();
