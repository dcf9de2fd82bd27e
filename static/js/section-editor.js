// Writing a section: an editor in the place of the HTML, clean pastes, words kept in this browser, signs of life for the lease.
// All of it also works without: then the text is written as HTML, and the lease lasts some minutes.

const ALIVE = 120_000; // ms between two signs of life of an open form
const FOREIGN = /mso-|urn:schemas-microsoft-com|docs-internal-guid|LibreOffice/i; // who else writes on the clipboard

const form = document.querySelector("[data-section-form]");
const field = form.elements.body;
const state = form.querySelector("[data-state]");
const token = form.elements.csrfmiddlewaretoken.value;

function say(words, isBad = false) {
  state.textContent = words;
  state.classList.toggle("is-bad", isBad);
}

function post(address, values = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, ...values })) body.append(name, value);
  return fetch(address, { method: "POST", body, redirect: "manual" });
}

// --- The editor -------------------------------------------------------------------------------------------------------

function ask(kind, value) {
  const dialog = document.querySelector("[data-dialog]");
  const label = dialog.querySelector("label");
  const input = dialog.querySelector("input");
  label.textContent = label.dataset[kind];
  input.value = value;
  dialog.returnValue = "";
  dialog.showModal();
  input.select();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? input.value.trim() : null), { once: true });
  });
}

function extensionsOf(kit) {
  const { Node, mergeAttributes } = kit;
  const Box = Node.create({
    name: "box",
    group: "block",
    content: "block+",
    defining: true,
    parseHTML: () => [{ tag: "aside" }],
    renderHTML: () => ["aside", { class: "box" }, 0],
  });
  // A table's title has no place in the editor's model of rows: it travels as a property of the table.
  const Table = kit.Table.extend({
    addAttributes() {
      return { caption: { default: "", parseHTML: (table) => table.querySelector("caption")?.textContent.trim() ?? "", rendered: false } };
    },
    parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }],
    renderHTML({ node, HTMLAttributes }) {
      const title = node.attrs.caption ? [["caption", { contenteditable: "false" }, node.attrs.caption]] : [];
      return ["table", mergeAttributes(HTMLAttributes), ...title, ["tbody", 0]];
    },
    addNodeView: () => null,
  }).configure({ resizable: false });
  const TableHeader = kit.TableHeader.extend({
    addAttributes() {
      return { ...this.parent?.(), scope: { default: null, parseHTML: (cell) => cell.getAttribute("scope") } };
    },
  });
  return [
    kit.Document,
    kit.Paragraph,
    kit.Text,
    kit.HardBreak,
    kit.Bold,
    kit.Italic,
    kit.Subscript,
    kit.Superscript,
    kit.Heading.configure({ levels: [3, 4] }),
    kit.BulletList,
    kit.OrderedList.configure({ enableListAttributes: false }),
    kit.ListItem,
    kit.Blockquote,
    kit.Link.configure({ openOnClick: false, autolink: false, HTMLAttributes: { target: null, rel: null } }),
    Table,
    kit.TableRow,
    TableHeader,
    kit.TableCell,
    kit.History,
    kit.Gapcursor,
    Box,
  ];
}

const ACTS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  subscript: (chain) => chain.unsetSuperscript().toggleSubscript(),
  superscript: (chain) => chain.unsetSubscript().toggleSuperscript(),
  h3: (chain) => chain.toggleHeading({ level: 3 }),
  h4: (chain) => chain.toggleHeading({ level: 4 }),
  bullets: (chain) => chain.toggleBulletList(),
  numbers: (chain) => chain.toggleOrderedList(),
  quote: (chain) => chain.toggleBlockquote(),
  box: (chain) => chain.toggleWrap("box"),
  table: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
  rowAfter: (chain) => chain.addRowAfter(),
  rowOut: (chain) => chain.deleteRow(),
  columnAfter: (chain) => chain.addColumnAfter(),
  columnOut: (chain) => chain.deleteColumn(),
  headRow: (chain) => chain.toggleHeaderRow(),
  headCell: (chain) => chain.toggleHeaderCell(),
  tableOut: (chain) => chain.deleteTable(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};
const ON = {
  bold: ["bold"],
  italic: ["italic"],
  subscript: ["subscript"],
  superscript: ["superscript"],
  h3: ["heading", { level: 3 }],
  h4: ["heading", { level: 4 }],
  bullets: ["bulletList"],
  numbers: ["orderedList"],
  quote: ["blockquote"],
  box: ["box"],
  link: ["link"],
};

async function pasteFrom(editor, clipboard) {
  const plain = clipboard.getData("text/plain");
  try {
    const answer = await post(form.dataset.paste, { html: clipboard.getData("text/html") });
    const told = await answer.json();
    if (!answer.ok) return say(told.said, true);
    editor.commands.insertContent(told.html);
  } catch {
    editor.commands.insertContent({ type: "text", text: plain });
    say(form.dataset.offline, true);
  }
}

async function change(editor, name) {
  if (name === "link") {
    const href = await ask("link", editor.getAttributes("link").href ?? "");
    if (href === null) return;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (/^(https?:\/\/|mailto:)/i.test(href)) chain.setLink({ href }).run();
    else chain.unsetLink().run();
  } else if (name === "caption") {
    const caption = await ask("caption", editor.getAttributes("table").caption ?? "");
    if (caption !== null) editor.chain().focus().updateAttributes("table", { caption }).run();
  } else {
    ACTS[name](editor.chain().focus()).run();
  }
}

function equip(tools, editor, page) {
  const buttons = [...tools.querySelectorAll("[data-do]")];
  const table = tools.querySelector("[data-in-table]");
  const refresh = () => {
    for (const button of buttons) {
      const on = ON[button.dataset.do];
      if (on) button.setAttribute("aria-pressed", String(editor.isActive(...on)));
    }
    table.hidden = !editor.isActive("table");
  };
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    if (button.dataset.do !== "source") return change(editor, button.dataset.do);
    const isSource = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isSource));
    for (const other of buttons) if (other !== button) other.disabled = isSource;
    page.hidden = isSource;
    field.hidden = !isSource;
    if (isSource) field.focus();
    else editor.commands.setContent(field.value, { emitUpdate: false });
  });
  // One stop for the tab key; the arrows go from tool to tool.
  const reachable = () => buttons.filter((button) => !button.disabled && button.offsetParent);
  for (const button of buttons) button.tabIndex = button === buttons[0] ? 0 : -1;
  tools.addEventListener("keydown", (event) => {
    const rtl = getComputedStyle(tools).direction === "rtl";
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    const all = reachable();
    const at = all.indexOf(event.target.closest("[data-do]"));
    if (!step || at < 0) return;
    event.preventDefault();
    const next = all[(at + step + all.length) % all.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
  editor.on("transaction", refresh);
  refresh();
  tools.hidden = false;
}

async function startEditor() {
  const kit = await import(form.dataset.editor);
  const page = document.createElement("div");
  page.className = "editor-page prose";
  const tools = form.querySelector("[data-tools]");
  field.before(tools, page);
  const label = form.querySelector(`label[for="${field.id}"]`);
  label.id ||= `${field.id}-label`;
  const editor = new kit.Editor({
    element: page,
    extensions: extensionsOf(kit),
    content: field.value,
    injectCSS: false, // our policy allows no inline style; static/css/pages/brief-writing.css has what is needed
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": label.id,
        lang: field.lang,
        dir: "auto",
      },
      handleDOMEvents: {
        // Before the editor reads it: what comes from elsewhere is made clean by the server first.
        paste(view, event) {
          if (!FOREIGN.test(event.clipboardData?.getData("text/html") ?? "")) return false;
          event.preventDefault();
          pasteFrom(editor, event.clipboardData);
          return true;
        },
      },
    },
    onUpdate() {
      field.value = editor.isEmpty ? "" : editor.getHTML();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  field.hidden = true;
  label.addEventListener("click", () => editor.commands.focus());
  const help = document.getElementById(`${field.id}_helptext`) ?? document.getElementById(`hint_${field.id}`);
  if (help) help.hidden = true;
  equip(tools, editor, page);
  return editor;
}

// --- Words that the server does not have yet stay in this browser until it has them ---------------------------------------

const KEY = `writing:${document.querySelector("[data-person]")?.dataset.person}:${form.dataset.sectionForm}`;
const version = () => Number(form.elements.version.value);
const words = () => ({ heading: form.elements.heading.value, body: field.value });
const isEqual = (one, other) => one.heading === other.heading && one.body === other.body;

function keep(values) {
  try {
    if (values) localStorage.setItem(KEY, JSON.stringify(values));
    else localStorage.removeItem(KEY);
  } catch {
    // a browser that keeps nothing: the words are still in the form
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function offer(editor) {
  const old = kept();
  // A newer version is the one that was sent only if its writer is the same: the save may have met an ended session.
  const wasSaved = old?.sent && version() > old.sent && "own" in form.dataset && !("bound" in form.dataset);
  if (!old || wasSaved || isEqual(old, words())) return keep(null);
  if ("bound" in form.dataset) return;
  const box = document.createElement("div");
  box.className = "notice notice-warn";
  box.setAttribute("role", "status");
  const told = document.createElement("p");
  told.textContent = form.dataset.kept;
  const shown = document.createElement("p");
  shown.className = "kept-words";
  shown.dir = "auto";
  shown.textContent = new DOMParser().parseFromString(old.body.replaceAll("</p>", "</p>\n"), "text/html").body.textContent;
  const acts = document.createElement("div");
  acts.className = "form-actions";
  const button = (word, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-secondary";
    made.textContent = word;
    made.addEventListener("click", () => {
      act();
      box.remove();
    });
    acts.append(made);
  };
  button(form.dataset.take, () => {
    form.elements.heading.value = old.heading;
    field.value = old.body;
    editor?.commands.setContent(old.body);
  });
  button(form.dataset.drop, () => keep(null));
  box.append(told, shown, acts);
  form.prepend(box);
}

// --- Together -----------------------------------------------------------------------------------------------------------

const atFirst = words();
let editor = null;
try {
  editor = await startEditor();
} catch {
  // the HTML stays to be written
}
offer(editor);

form.addEventListener("input", () => {
  const now = words();
  if (isEqual(now, atFirst)) return keep(null);
  keep(now);
  say(form.dataset.unsaved);
});
form.addEventListener("submit", () => keep({ ...words(), sent: version() }));
document.getElementById("leave")?.addEventListener("submit", () => keep(null));

if (form.dataset.lease) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await post(form.dataset.lease);
      if (answer.status === 409) say((await answer.json()).said, true);
    } catch {
      // the next sign of life may come through; the words are kept meanwhile
    }
  }, ALIVE);
}
