// form[data-auto-submit]: a changed choice sends the filters at once; typed words wait for Enter or the button.
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });
  // empty fields would only lengthen the address
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) {
      if (value !== "") continue;
      const rest = event.formData.getAll(name).filter((one) => one !== "");
      event.formData.delete(name);
      for (const one of rest) event.formData.append(name, one);
    }
  });
}
