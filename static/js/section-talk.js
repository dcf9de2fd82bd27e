// Comments on a section: quote what is selected in the text. Without this, the words are copied by hand.

const text = document.querySelector("[data-quote-from]");
const bar = document.querySelector("[data-quote-bar]");
const quote = document.getElementById("id_quote");
let chosen = "";

if (text && bar && quote) {
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const isInside = selection.rangeCount && !selection.isCollapsed && text.contains(selection.getRangeAt(0).commonAncestorContainer);
    if (!isInside) return; // what was chosen stays when the button takes the focus
    chosen = selection.toString().trim();
    bar.hidden = !chosen;
  });
  bar.querySelector("[data-quote]").addEventListener("click", () => {
    quote.value = chosen;
    const proposal = document.getElementById("id_proposal");
    if (proposal && !proposal.value) proposal.value = chosen;
    quote.focus();
  });
}

// Words to propose are asked for where words are proposed.
const kinds = document.querySelectorAll("[data-talk] input[name=kind]");
const proposal = document.getElementById("div_id_proposal");

function follow() {
  const kind = document.querySelector("[data-talk] input[name=kind]:checked")?.value;
  if (proposal) proposal.hidden = kind !== "suggestion";
}

for (const one of kinds) one.addEventListener("change", follow);
if (kinds.length) follow();
