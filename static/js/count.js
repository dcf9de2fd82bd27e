// textarea[data-char-count]: shows how many of its maxlength characters are used, aloud near the end.
for (const field of document.querySelectorAll("[data-char-count]")) {
  const limit = Number(field.dataset.charCount) || field.maxLength;
  if (!(limit > 0)) continue;
  const line = document.createElement("div");
  line.className = "char-count";
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    line.textContent = `${number.format(field.value.length)} / ${number.format(limit)}`;
    line.classList.toggle("is-over", field.value.length > limit);
    if (field.value.length > limit * 0.9) line.setAttribute("role", "status");
  };
  field.after(line);
  field.addEventListener("input", show);
  show();
}
