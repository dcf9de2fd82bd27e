// form[data-registration-form]: hides questions that are not asked, going by data-categories and data-shown-if of their fields.
// The server decides again: this only spares the reader what does not concern them.
for (const form of document.querySelectorAll("form[data-registration-form]")) {
  const fields = new Map();
  for (const field of form.querySelectorAll("[data-categories], [data-shown-if]")) {
    if (!fields.has(field.name)) fields.set(field.name, field);
  }
  const wrapperOf = (name) => document.getElementById(`div_id_${name}`);
  const answersOf = (name) =>
    [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
      .filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
      .map((field) => (field.type === "checkbox" && field.value === "on" ? "yes" : field.value))
      .filter((value) => value !== "");
  const isShown = (name) => !wrapperOf(name)?.hidden;
  const update = () => {
    const category = form.elements.category?.value;
    for (const [name, field] of fields) {
      const { categories, shownIf, shownAnswer } = field.dataset;
      let shown = !categories || categories.split(" ").includes(category);
      if (shown && shownIf) {
        const given = answersOf(shownIf).map((value) => value.toLowerCase());
        shown = isShown(shownIf) && (shownAnswer ? given.includes(shownAnswer.toLowerCase()) : given.length > 0);
      }
      const wrapper = wrapperOf(name);
      if (wrapper) wrapper.hidden = !shown;
    }
  };
  form.addEventListener("change", update);
  form.addEventListener("input", update);
  update();
}
