// Says on the page that a passkey was not used; allauth's script would only write it into the console.
document.addEventListener("allauth.error", (event) => {
  const notice = document.querySelector("[data-passkey-problem]");
  if (!notice) return;
  event.preventDefault();
  document.querySelector("main h1").after(notice);
  notice.hidden = false;
});
