// form[data-stars]: its buttons, wherever they stand, put a session into one's programme without loading the page anew.
const form = document.querySelector("form[data-stars]");

form?.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button) return;
  event.preventDefault();
  const body = new FormData(form, button);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const { starred } = await answer.json();
    button.setAttribute("aria-pressed", String(starred));
    button.name = starred ? "unstar" : "star";
  } catch {
    location.reload(); // the page says what is the matter
  }
});
