// [data-live="SECONDS"] with an id: the part of the page is asked for again at its own address and replaced when it changed.
// [data-clock-since]: a clock that runs by the portal's time, whatever the reader's computer thinks it is.
let ahead = 0; // of the reader's clock before the portal's, in milliseconds

function remember(answer) {
  const date = Date.parse(answer.headers.get("Date") || "");
  if (!Number.isNaN(date)) ahead = Date.now() - date;
}

function tick() {
  for (const clock of document.querySelectorAll("[data-clock-used]")) {
    const since = Date.parse(clock.dataset.clockSince || "");
    let seconds = Number(clock.dataset.clockUsed);
    if (!Number.isNaN(since)) seconds += Math.max(0, Math.floor((Date.now() - ahead - since) / 1000));
    const limit = Number(clock.dataset.clockLimit);
    clock.querySelector("[data-clock]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    clock.classList.toggle("is-over", limit > 0 && seconds > limit);
  }
}

function follow(part) {
  const wait = Number(part.dataset.live) * 1000;
  let shown = part.innerHTML;

  async function ask() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        remember(answer);
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
        // Tokens against forgery differ from one answer to the next and change nothing that anybody sees.
        const at = part.contains(busy()) ? busy() : null;
        const next = at && fresh && same(fresh, nameOf(at));
        if (fresh && plain(fresh.innerHTML) !== plain(shown) && (!at || next)) {
          shown = fresh.innerHTML;
          part.replaceChildren(...fresh.childNodes);
          next?.focus({ preventScroll: true });
          tick();
        }
      }
    } catch {
      // the line may be down for a moment: ask again later
    }
    setTimeout(ask, wait);
  }
  setTimeout(ask, wait);
}

const plain = (text) => text.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
// Whoever is on a button or a link by keyboard stays on it when the part is replaced. Where it is not there any more, or
// somebody is filling something in, the part is replaced once they have moved on.
const busy = () => (document.activeElement?.matches("button, a, input, select") ? document.activeElement : null);
const nameOf = (place) => {
  if (place.matches("a[href]")) return place.getAttribute("href");
  return place.matches("button[name]") && place.form ? `${place.form.getAttribute("action")} ${place.name}=${place.value}` : "";
};
const same = (part, name) => name && [...part.querySelectorAll("a[href], button:enabled")].find((place) => nameOf(place) === name);

// A form of the part loads the page anew: whoever pressed Up twice wants to be on the same button again.
const PRESSED = "live-pressed";
for (const part of document.querySelectorAll("[data-live][id]")) {
  const name = sessionStorage.getItem(PRESSED);
  if (name) same(part, name)?.focus();
  part.addEventListener("submit", ({ submitter }) => submitter && sessionStorage.setItem(PRESSED, nameOf(submitter)));
}
sessionStorage.removeItem(PRESSED);

for (const part of document.querySelectorAll("[data-live][id]")) follow(part);
tick();
setInterval(tick, 500);
