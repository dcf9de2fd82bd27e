// <button data-copy="text" data-copied="Copied" hidden>: shown where copying works; says so when done.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy || location.href);
    button.textContent = button.dataset.copied || "✓";
    setTimeout(() => (button.textContent = label), 2500);
  });
}
