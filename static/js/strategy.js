// The page of a draft, and of its compilation text: a paragraph's thread opens beside it (on a phone, under it) instead of on a page of its own.
const panel = document.querySelector("[data-thread-panel]");
const wide = window.matchMedia("(min-width: 62rem)");
const home = panel?.parentElement;
const introduction = document.getElementById("thread")?.cloneNode(true);
let opener = "";

const thread = () => document.getElementById("thread");
const paragraphOf = (id) => (id ? document.getElementById(id) : null);
const linkOf = (id) => paragraphOf(id)?.querySelector(".para-count");

function place() {
  const paragraph = paragraphOf(opener);
  // A panel cannot stand between the rows of a table: it stands under the table.
  if (paragraph && !wide.matches) (paragraph.closest(".paras-table") ?? paragraph).after(panel);
  else home.append(panel);
}

function mark() {
  for (const paragraph of document.querySelectorAll(".para.is-open")) {
    paragraph.classList.remove("is-open");
    paragraph.querySelector(".para-count")?.removeAttribute("aria-current");
  }
  paragraphOf(opener)?.classList.add("is-open");
  linkOf(opener)?.setAttribute("aria-current", "true");
}

function open(link) {
  opener = link.closest(".para")?.id ?? "";
  place();
  mark();
  if (opener) history.replaceState(history.state, "", `#${opener}`);
  window.htmx.ajax("GET", link.href, { source: panel, target: "#thread", swap: "outerHTML" });
}

function close() {
  const link = linkOf(opener);
  opener = "";
  place();
  mark();
  thread().replaceWith(introduction.cloneNode(true));
  const told = document.querySelector("[data-thread-status]");
  if (told) told.textContent = told.dataset.closed;
  link?.focus();
}

function say(text) {
  const line = document.createElement("p");
  line.className = "notice notice-bad";
  line.setAttribute("role", "alert");
  line.textContent = text;
  thread().querySelectorAll(":scope > [role=alert]").forEach((old) => old.remove());
  thread().querySelector(".thread-head").after(line);
}

// A click with a key or another button means a page of its own: that is what the link leads to anyway.
const isPlain = (event) => event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

if (panel) {
  document.addEventListener("click", (event) => {
    if (!window.htmx || !isPlain(event)) return;
    const link = event.target.closest(".para-count, .thread-link");
    if (link) {
      event.preventDefault();
      open(link);
    } else if (event.target.closest("[data-thread-close]")) {
      event.preventDefault();
      close();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && thread().hasAttribute("data-thread-open") && panel.contains(document.activeElement)) {
      // Words that are not saved are worth more than a quick key.
      if (event.target.matches("textarea, select")) return;
      close();
    }
  });

  wide.addEventListener("change", place);

  // Signed out meanwhile: the answer is the sign-in page, which has no place here.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo, requestConfig, target } = event.detail;
    if (target.matches?.("[data-thread-news]")) return; // nobody asked for them: they take nobody away from what is being typed
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname === new URL(pathInfo.requestPath, location.href).pathname) return;
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get") location.assign(xhr.responseURL);
    else say(panel.dataset.signedOut);
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    // The paragraph comes back with its new count; words of a draft never change.
    const line = thread().querySelector("template[data-line]");
    if (line) {
      paragraphOf(opener)?.replaceWith(line.content.cloneNode(true));
      line.remove();
      mark();
    }
    // News of an open thread take the focus from nobody.
    if (event.detail.target.id !== "thread") return;
    const summary = thread().querySelector("[data-focus-on-load]");
    (summary ?? thread().querySelector(".thread-head h2"))?.focus({ preventScroll: wide.matches });
  });

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(failure, (event) => {
      if (event.detail.target?.matches?.("[data-thread-news]")) return; // asked again soon
      say(event.detail.requestConfig.verb === "get" ? panel.dataset.failed : panel.dataset.unsent);
    });
  }
}

// What sticks under the round bar starts where the bar ends, however many lines it takes.
const bar = document.querySelector(".round-bar");
const layout = document.querySelector(".draft-layout");
if (bar && layout) {
  new ResizeObserver(() => layout.style.setProperty("--bar", `${bar.offsetHeight + 16}px`)).observe(bar);
}

// The contents follow the reader: the heading last passed is the current one.
const entries = new Map([...document.querySelectorAll(".draft-toc a")].map((link) => [link.hash.slice(1), link]));
if (entries.size) {
  const headings = [...entries.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let waiting = false;
  const follow = () => {
    waiting = false;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 160).at(-1);
    for (const [id, link] of entries) {
      if (id === passed?.id) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  document.addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(follow);
    waiting = true;
  }, { passive: true });
  follow();
}
// A phone shows the text first and the contents on demand.
const contents = document.querySelector(".draft-toc details");
if (contents && !wide.matches) contents.open = false;
