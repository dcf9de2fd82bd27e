// The comparison of two drafts: n and p go to the next change and the one before.
const changes = [...document.querySelectorAll("[data-change]")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !["n", "p"].includes(event.key)) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const here = changes.indexOf(document.activeElement?.closest("[data-change]"));
  const next = changes[event.key === "n" ? here + 1 : here - 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
