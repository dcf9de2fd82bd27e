// Starts allauth's scripts for keys (its own starter would be one more file to load) and says on the page that a key was
// not used, which allauth would only write into the console.
document.addEventListener("allauth.error", (event) => {
  const notice = document.querySelector("[data-passkey-problem]");
  if (!notice) return;
  event.preventDefault();
  document.querySelector("main h1").after(notice);
  notice.hidden = false;
});

for (const order of document.querySelectorAll("script[data-allauth-onload^='allauth.webauthn.forms.']")) {
  const start = window.allauth.webauthn.forms[order.dataset.allauthOnload.split(".").pop()];
  start(JSON.parse(order.textContent));
}
