// The page of a draft, for those who read comments: a passage is selected and commented on, keys lead from paragraph to paragraph.
const text = document.querySelector("[data-draft-text]");
const panel = document.querySelector("[data-thread-panel]");
const button = document.querySelector("[data-passage-button]");
const CONTEXT = 32;

// ---- a passage ----

// What a reader sees of a paragraph, without the signs of footnotes: the server looks for passages in the same.
function readingText(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll?.(".note-sign").forEach((sign) => sign.remove());
  return copy.textContent;
}

function selected() {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const inside = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".para-text");
  const start = inside(range.startContainer);
  if (!start || !text.contains(start)) return null;
  const paragraph = start.closest(".para");
  // A triple click ends at the beginning of what follows: the passage then ends with its paragraph.
  if (inside(range.endContainer) !== start) {
    if (range.endOffset !== 0 || range.toString().trim() !== rest(start, range).trim()) return null;
    range.setEndAfter(start.lastChild);
  }
  const before = document.createRange();
  before.selectNodeContents(start);
  before.setEnd(range.startContainer, range.startOffset);
  const after = document.createRange();
  after.selectNodeContents(start);
  after.setStart(range.endContainer, range.endOffset);
  const words = wholeWords(readingText(before.cloneContents()), readingText(range.cloneContents()), readingText(after.cloneContents()));
  return words && { paragraph, ...words, box: range.getBoundingClientRect() };
}

// A finger or a mouse seldom ends at the edge of a word; who selects half a word means the whole.
const LETTER = /[\p{L}\p{M}\p{N}]/u;
const WITHOUT_SPACES = /[\u3040-\u30ff\u3400-\u9fff]/u;
const joins = (one, other) => LETTER.test(one) && LETTER.test(other) && !WITHOUT_SPACES.test(one + other);

function wholeWords(prefix, exact, suffix) {
  if (!exact.trim()) return null;
  while (prefix && joins(prefix.at(-1), exact[0])) {
    exact = prefix.at(-1) + exact;
    prefix = prefix.slice(0, -1);
  }
  while (suffix && joins(exact.at(-1), suffix[0])) {
    exact += suffix[0];
    suffix = suffix.slice(1);
  }
  return { exact: exact.trim(), prefix: prefix.slice(-CONTEXT), suffix: suffix.slice(0, CONTEXT) };
}

function rest(cell, range) {
  const whole = document.createRange();
  whole.selectNodeContents(cell);
  whole.setStart(range.startContainer, range.startOffset);
  return whole.toString();
}

let wanted = null; // the passage that the form, once it is there, is filled with
let offered = null; // the passage that the button stands beside

function offer() {
  offered = selected();
  const link = offered?.paragraph.querySelector(".para-count");
  button.hidden = !link;
  if (!link) return;
  const half = button.offsetWidth / 2;
  const middle = Math.min(Math.max(offered.box.left + offered.box.width / 2, half + 8), document.documentElement.clientWidth - half - 8);
  button.style.left = `${middle + scrollX - half}px`;
  // Under the words: a telephone puts its own menu over them.
  button.style.top = `${offered.box.bottom + scrollY + 8}px`;
}

function comment(passage) {
  wanted = passage;
  button.hidden = true;
  const open = document.querySelector(`#thread[data-paragraph="${passage.paragraph.id}"]`);
  if (open && open.querySelector("[data-passage=exact]")) fill();
  else passage.paragraph.querySelector(".para-count")?.click();
}

function fill() {
  const thread = document.getElementById("thread");
  const field = thread?.querySelector("[data-passage=exact]");
  if (!wanted || !field || thread.dataset.paragraph !== wanted.paragraph.id) return;
  field.value = wanted.exact;
  thread.querySelector("[data-passage=prefix]").value = wanted.prefix;
  thread.querySelector("[data-passage=suffix]").value = wanted.suffix;
  thread.querySelector("[data-passage-fold]").open = true;
  const proposal = thread.querySelector("[name=proposed_text]");
  // What is proposed replaces the passage: begin with its words, unless something is written already.
  if (proposal && proposal.value === proposal.defaultValue) proposal.value = wanted.exact;
  wanted = null;
  getSelection()?.removeAllRanges();
  const box = thread.querySelector("[name=text]");
  box?.focus({ preventScroll: true });
  box?.scrollIntoView({ block: "nearest" });
}

if (text && button) {
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 200);
  });
  // The selection must still be there when the button is pressed.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => offered && comment(offered));
  document.body.addEventListener("htmx:afterSettle", fill);
  // Who takes other words by hand means another place.
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.passage !== "exact") return;
    const fold = event.target.closest("[data-passage-fold]");
    fold.querySelectorAll("[type=hidden][data-passage]").forEach((field) => { field.value = ""; });
  });
}

// ---- passages and their comments ----

document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("mark.passage");
  const first = mark?.dataset.comments.split(" ")[0];
  const target = first && document.getElementById(`c${first}`);
  if (target) show(target);
});

function show(target) {
  target.scrollIntoView({ block: "nearest" });
  target.classList.add("is-shown");
  setTimeout(() => target.classList.remove("is-shown"), 2000);
}

// ---- keys ----

const help = document.querySelector("[data-keys-help]");
const KEPT = "strategy-keys-off";
let usesKeys = localStorage.getItem(KEPT) !== "1";
let here = null;

function stepTo(paragraph) {
  if (!paragraph) return;
  here?.removeAttribute("tabindex");
  here = paragraph;
  here.setAttribute("tabindex", "-1");
  here.focus({ preventScroll: true });
  here.scrollIntoView({ block: "center" });
}

function step(by, filter) {
  const all = [...text.querySelectorAll(".para")].filter(filter);
  if (here && !here.isConnected) here = document.getElementById(here.id);
  const focused = document.activeElement?.closest?.(".para") ?? here;
  const from = focused && text.contains(focused) ? focused : all.find((one) => one.getBoundingClientRect().top > 120);
  if (!focused) return stepTo(from ?? all[0]);
  const order = Node.DOCUMENT_POSITION_FOLLOWING;
  const after = all.filter((one) => (by > 0 ? from.compareDocumentPosition(one) & order : one.compareDocumentPosition(from) & order));
  stepTo(by > 0 ? after[0] : after.at(-1));
}

const commented = (one) => one.querySelector(".para-count:not(.is-zero)");
const acts = {
  j: () => step(1, () => true),
  k: () => step(-1, () => true),
  n: () => step(1, commented),
  p: () => step(-1, commented),
  c: () => {
    const passage = selected();
    if (passage) return comment(passage);
    (document.activeElement?.closest?.(".para") ?? here)?.querySelector(".para-count")?.click();
  },
  "?": () => {
    const shown = document.querySelector("[data-keys-help]:not([hidden])");
    if (shown) shown.open = !shown.open;
  },
};

function showHelp() {
  for (const one of document.querySelectorAll("[data-keys-help]")) {
    one.hidden = false;
    one.querySelector("[data-keys-on]").checked = usesKeys;
  }
}

if (text && help && matchMedia("(any-pointer: fine)").matches) {
  showHelp();
  // The introduction of the panel is put back by a copy that was made before: show its list again.
  new MutationObserver(showHelp).observe(panel, { childList: true });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-keys-on]")) return;
    usesKeys = event.target.checked;
    if (usesKeys) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "1");
  });
  document.addEventListener("keydown", (event) => {
    if (!usesKeys || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
