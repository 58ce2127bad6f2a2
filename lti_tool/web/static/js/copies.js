// Copies of unsaved text in this tab, encrypted for their author: computers in schools are shared.

const place = (form) => `career-mentoring.draft:${form.dataset.autosave}`;
const toText = (bytes) => btoa(String.fromCharCode(...bytes));
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const keyOf = (form) =>
  crypto.subtle.importKey("raw", toBytes(form.dataset.draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);

export async function keep(form, content) {
  if (!form.dataset.draftKey) return false;
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    content.delete("csrf_token");
    const plain = new TextEncoder().encode(content.toString());
    const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(form), plain);
    sessionStorage.setItem(place(form), `${toText(iv)}.${toText(new Uint8Array(closed))}`);
    return true;
  } catch {
    return false; // storage is blocked or full: the page itself still holds the text
  }
}

export async function restore(form) {
  if (!form.dataset.draftKey) return false;
  try {
    const [iv, closed] = sessionStorage.getItem(place(form)).split(".").map(toBytes);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(form), closed);
    const content = new URLSearchParams(new TextDecoder().decode(plain));
    if (isSaved(form, content)) {
      drop(form); // it reached the server while the page was closing
      return false;
    }
    fill(form, content);
    return true;
  } catch {
    return false; // nothing kept, or kept by somebody else
  }
}

export function drop(form) {
  try {
    sessionStorage.removeItem(place(form));
  } catch {
    // Nothing was kept.
  }
}

function isSaved(form, content) {
  const now = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const texts = (all) => [...all].filter(([name]) => !["csrf_token", "version"].includes(name)).toString();
  return texts(now) === texts(content);
}

function fill(form, content) {
  for (const control of form.elements) {
    if (!control.name || control.name === "csrf_token" || control.type === "file") continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = content.getAll(control.name).includes(control.value);
    } else if (content.has(control.name)) {
      // The version comes back too: if the server has moved on, it shows a conflict.
      control.value = content.get(control.name);
    }
  }
}
