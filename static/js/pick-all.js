// input[data-pick-all="NAME"]: ticks or unticks every box of that name in its form.
for (const all of document.querySelectorAll("[data-pick-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`input[name="${CSS.escape(all.dataset.pickAll)}"]`)) box.checked = all.checked;
  });
}
