// Drafts save themselves: <form data-autosave="/url" data-draft-key="base64 of 32 bytes">.
// The draft is posted as the form would be, with its CSRF token and version. The server answers
// {"version": 4, "at": "10:42 AM"}, or 409 with a fragment that shows the other state; a button in
// it with data-keep-mine="<their version>" saves over it knowingly. Only while the server cannot
// be reached, a copy stays in this tab, encrypted with the author's key.

import * as copies from "./copies.js";
import { beforeLeaving } from "./navigate.js";
import * as tab from "./tab.js";

const PAUSE = 1500;
const states = new WeakMap();

function stateOf(form) {
  if (!states.has(form)) states.set(form, { timer: 0, dirty: false, saving: null, conflict: false });
  return states.get(form);
}

function say(form, text) {
  const place = form.querySelector("[data-save-state]");
  if (place) place.textContent = text;
}

function typed(event) {
  const form = event.target.closest?.("form[data-autosave]");
  if (!form) return;
  const state = stateOf(form);
  state.dirty = true;
  if (state.conflict) return;
  say(form, "Not saved yet");
  clearTimeout(state.timer);
  state.timer = setTimeout(save, PAUSE, form);
}

const content = (form) =>
  new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));

function save(form, { keepalive = false } = {}) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  if (state.conflict || !state.dirty) return state.saving;
  // One after the other: two saves of one version would conflict with each other.
  state.saving = Promise.resolve(state.saving).then(() => send(form, state, keepalive));
  return state.saving;
}

async function send(form, state, keepalive) {
  if (!state.dirty || state.conflict) return;
  state.dirty = false;
  const answer = await fetch(form.dataset.autosave, {
    method: "POST",
    body: content(form),
    headers: { ...tab.headers(), Accept: "application/json" },
    keepalive,
  }).catch(() => null);
  if (answer?.ok) return saved(form, await answer.json());
  state.dirty = true;
  if (answer?.status === 409) return conflict(form, state, await answer.text());
  const kept = await copies.keep(form, content(form));
  say(form, kept ? "Not saved yet. Your text is kept in this tab." : "Not saved yet. Please keep this page open.");
  state.timer = setTimeout(save, PAUSE * 10, form);
}

function saved(form, { version, at }) {
  if (version !== undefined && form.elements.version) form.elements.version.value = version;
  const time = at ?? new Date().toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  if (!stateOf(form).dirty) say(form, `Saved at ${time}`);
  copies.drop(form);
}

function conflict(form, state, fragment) {
  state.conflict = true;
  say(form, "Not saved: there is a newer version.");
  const place = form.querySelector(".conflict") ?? form.appendChild(document.createElement("div"));
  place.className = "conflict";
  place.setAttribute("role", "alert");
  place.innerHTML = fragment;
}

function decided(event) {
  const button = event.target.closest?.("[data-keep-mine]");
  const form = button?.closest("form[data-autosave]");
  if (!form) return;
  event.preventDefault();
  const state = stateOf(form);
  form.elements.version.value = button.dataset.keepMine;
  form.querySelector(".conflict").remove();
  Object.assign(state, { conflict: false, dirty: true });
  save(form);
}

const forms = () => document.querySelectorAll("form[data-autosave]");

async function begin() {
  for (const form of forms()) {
    if (states.has(form) || !(await copies.restore(form))) continue;
    stateOf(form).dirty = true;
    say(form, "Your text is back. Not saved yet");
    save(form);
  }
}

function settled(sent) {
  return Promise.all([...forms()].map((form) => {
    const state = stateOf(form);
    if (form !== sent) return save(form);
    clearTimeout(state.timer); // the form itself carries the text; a save under way must end first
    state.dirty = false;
    return state.saving;
  }));
}

export function install() {
  document.addEventListener("input", typed);
  document.addEventListener("click", decided);
  document.addEventListener("page:enter", begin);
  document.addEventListener("form:unsent", (event) => {
    if (event.target.dataset.autosave === undefined) return;
    stateOf(event.target).dirty = true;
    save(event.target);
  });
  const flush = () => { for (const form of forms()) save(form, { keepalive: true }); };
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  addEventListener("pagehide", flush);
  beforeLeaving(settled);
}
