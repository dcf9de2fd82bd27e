// An open thread asks for what is new, beside its paragraph or on its own page, and never touches a field in which somebody writes.
const EVERY = 15000;
const status = document.querySelector("[data-thread-status]");
const news = () => document.querySelector("[data-thread-news]");

// A field that is focused or holds words, or a fold that somebody opened: replacing it would take it from under their hands.
const isBusy = (part) =>
  part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button, summary, a") ||
  [...part.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);

// Signed out meanwhile: the answer is the sign-in page, which has no place here. Sending says so.
const isElsewhere = ({ xhr, pathInfo }) =>
  xhr.responseURL && new URL(xhr.responseURL).pathname !== new URL(pathInfo.requestPath, location.href).pathname;

setInterval(() => {
  const part = news();
  if (part && window.htmx && document.visibilityState === "visible") window.htmx.trigger(part, "news");
}, EVERY);

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  if (!part.matches?.("[data-thread-news]") || event.detail.xhr.status !== 200) return;
  if (isElsewhere(event.detail)) {
    event.detail.shouldSwap = false;
  } else if (isBusy(part)) {
    event.detail.shouldSwap = false;
    part.querySelector("[data-news-waiting]").hidden = false;
  } else {
    status.textContent = "";
    status.textContent = status.dataset.new;
  }
});
