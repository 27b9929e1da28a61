// What this device keeps, in IndexedDB: entries that wait, and sheets that were opened here.
// Everything of anybody is sealed; no key is ever written. Why, and against whom:
// docs/decisions/bedside-entry-without-a-network.md.

export const capable = Boolean(
  self.isSecureContext && self.crypto?.subtle && self.indexedDB && navigator.serviceWorker && navigator.locks,
);

let opened;
const base = () => opened ??= new Promise((resolve, reject) => {
  const asked = indexedDB.open("stepdown", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("device", { keyPath: "name" });
    asked.result.createObjectStore("entries", { keyPath: "id" });
    asked.result.createObjectStore("sheets", { keyPath: "id" });
  };
  asked.onsuccess = () => {
    asked.result.onversionchange = () => { asked.result.close(); opened = undefined; };
    resolve(asked.result);
  };
  asked.onerror = () => { opened = undefined; reject(asked.error); };
});

// Resolves when it is on the disk ("strict"), not when it was asked for.
const within = async (store, mode, work) => {
  const found = await base();
  return new Promise((resolve, reject) => {
    const transaction = found.transaction(store, mode, { durability: "strict" });
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
};

export const all = store => within(store, "readonly", each => each.getAll());
export const put = (store, record) => within(store, "readwrite", each => each.put(record));
export const remove = (store, id) => within(store, "readwrite", each => each.delete(id));

// A number of this device, made once. No secret: with it alone nobody gets a key.
export const device = async () => {
  const known = await within("device", "readonly", each => each.get("this"));
  if (known) return known.number;
  const number = crypto.randomUUID();
  await within("device", "readwrite", each => each.add({ name: "this", number })).catch(() => null);
  return (await within("device", "readonly", each => each.get("this"))).number;
};

const bytes = text => new TextEncoder().encode(text);

// A name that says nothing to whoever reads the disk.
export const tag = async (...parts) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(parts.join("|"))));
  return btoa(String.fromCharCode(...digest.slice(0, 18))).replaceAll("+", "-").replaceAll("/", "_");
};

// A record belongs to its store, its owner and its number: moved elsewhere it does not open.
const about = (store, { owner, id }) => bytes(`${store}|${owner}|${id}`);

export const seal = async (store, record, value, keys) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: about(store, record) };
  return { ...record, iv, box: await crypto.subtle.encrypt(how, keys[0], bytes(JSON.stringify(value))) };
};

// The first key is the present one; the others are of former web keys of the server.
export const unseal = async (store, record, keys) => {
  for (const key of keys) {
    const how = { name: "AES-GCM", iv: record.iv, additionalData: about(store, record) };
    try {
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, record.box)));
    } catch { /* sealed under another of them */ }
  }
  return null;
};
