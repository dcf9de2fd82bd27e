// [data-dialog="ID"] opens <dialog id="ID">, [data-close] inside closes it; form[data-confirm] asks before it is sent.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault(); // without a dialog the link leads to the page that asks the same
      dialog.showModal();
    }
    return;
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
