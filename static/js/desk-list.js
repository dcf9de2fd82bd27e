// Who is expected, kept on the device for times without a connection: reference, mark of the badge, name, category. It goes
// when somebody else signs in, at sign-out (frame.js) and once the meeting is over.
function openStore() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("desk-list", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("lists", { keyPath: "meeting" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(mode, act) {
  const store = await openStore();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = store.transaction("lists", mode);
      const asked = act(transaction.objectStore("lists"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    store.close();
  }
}

export async function readList(meeting, person) {
  for (const list of await inStore("readonly", (store) => store.getAll())) {
    if (list.person !== person || new Date(list.until) < new Date()) {
      await inStore("readwrite", (store) => store.delete(list.meeting));
    } else if (list.meeting === meeting) return list;
  }
  return null;
}

export async function writeList(list) {
  if (new Date(list.until) > new Date()) await inStore("readwrite", (store) => store.put(list));
}

async function markOf(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text.trim().toUpperCase()));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 16);
}

// The person whose badge or reference `text` is, or undefined.
export async function find(list, text) {
  const reference = text.replace(/[\s-]/g, "").toUpperCase();
  const mark = await markOf(text);
  return list?.people.find((person) => person.reference === reference || person.mark === mark);
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// The people each of whose names begins like one of the words.
export function findByName(list, text) {
  const words = folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (!words.length || !list) return [];
  const names = (person) => folded(person.name).split(/[^\p{L}\p{N}]+/u);
  return list.people.filter((person) => words.every((word) => names(person).some((name) => name.startsWith(word)))).slice(0, 12);
}
