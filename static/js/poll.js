// [data-poll="/url"]: asks a job how far it is, {progress, state, message, result_url}, ever more rarely, until it ends;
// with data-poll-reload the page is then loaded again, and says itself what came of it.
const ENDED = ["done", "succeeded", "failed"];

function follow(box) {
  const bar = box.querySelector("[data-poll-progress]");
  const message = box.querySelector("[data-poll-message]");
  const result = box.querySelector("[data-poll-result]");
  let wait = 1000;

  async function ask() {
    try {
      const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const job = await answer.json();
        if (bar && job.progress != null) bar.value = job.progress;
        if (message && job.message && message.textContent !== job.message) message.textContent = job.message;
        if (result && job.result_url) {
          result.href = job.result_url;
          result.hidden = false;
        }
        if (ENDED.includes(job.state) || job.result_url) {
          if ("pollReload" in box.dataset) location.reload();
          return;
        }
      }
    } catch {
      // the line may be down for a moment: ask again later
    }
    wait = Math.min(wait * 1.3, 8000);
    setTimeout(ask, wait);
  }
  setTimeout(ask, wait);
}

for (const box of document.querySelectorAll("[data-poll]")) follow(box);
