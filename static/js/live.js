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
        if (fresh && plain(fresh.innerHTML) !== plain(shown) && !part.contains(busy())) {
          shown = fresh.innerHTML;
          part.replaceChildren(...fresh.childNodes);
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
// Whoever is on a button by keyboard keeps it: the part is replaced once they have moved on.
const busy = () => (document.activeElement?.matches("button, a, input, select") ? document.activeElement : null);

for (const part of document.querySelectorAll("[data-live][id]")) follow(part);
tick();
setInterval(tick, 500);
