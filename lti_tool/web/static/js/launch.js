// The two pages of a launch. Their data stands in <script type="application/json" id="launch">:
//   {mode: "login", auth_url, storage: {target, origin, key, value} | null, cookie_check_url, new_tab_url}
//   {mode: "launch", code, exchange_url, needs_proof, storage: {target, origin, key} | null, new_tab_url}
// When it fails, elements marked data-launch-failed appear and data-launch-waiting goes; a link
// marked data-new-tab gets new_tab_url.

import { ask, platform } from "./messages.js";
import { start } from "./navigate.js";

async function storageFrame(host, target, subject) {
  const answer = await ask(host, "*", { subject: "lti.capabilities" }).catch(() => null);
  const listed = answer?.supported_messages?.find((message) => message.subject === subject);
  // A platform that answers and does not list it cannot do it; a silent one is tried anyway.
  if (answer && !listed) throw new Error("no platform storage");
  const name = listed?.frame ?? target;
  return !name || name === "_parent" ? host : host.frames[name] ?? host;
}

async function stored(storage, message) {
  const host = platform();
  if (!storage || !host) return null;
  try {
    const frame = await storageFrame(host, storage.target, message.subject);
    return (await ask(frame, storage.origin, { key: storage.key, ...message })).value ?? null;
  } catch {
    return null; // the cookie that was set beside it may still be enough
  }
}

async function keepsCookie(address) {
  const answer = await fetch(address).then((found) => found.json()).catch(() => null);
  return answer?.kept ?? true; // unknown: go on, the launch finds out
}

async function login({ auth_url: address, storage, cookie_check_url: check, new_tab_url: newTab }) {
  const kept = await stored(storage, { subject: "lti.put_data", value: storage?.value });
  // Platforms take their hints once: find out before one is used whether anything is kept here.
  if (!kept && check && !(await keepsCookie(check))) return failed(newTab);
  location.replace(address);
}

async function enter({ code, exchange_url: address, needs_proof: needsProof, storage, new_tab_url: newTab }) {
  const proof = needsProof ? await stored(storage, { subject: "lti.get_data" }) : null;
  if (needsProof && !proof) return failed(newTab);
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ code, proof }),
  }).catch(() => null);
  if (!answer?.ok) return failed(newTab);
  const { token, landing } = await answer.json();
  if (!(await start(token, landing))) failed(newTab);
}

function failed(newTab) {
  for (const place of document.querySelectorAll("[data-launch-waiting]")) place.hidden = true;
  for (const place of document.querySelectorAll("[data-launch-failed]")) place.hidden = false;
  for (const link of document.querySelectorAll("a[data-new-tab]")) if (newTab) link.href = newTab;
}

export function run() {
  const block = document.getElementById("launch");
  if (!block || block.dataset.taken) return;
  block.dataset.taken = "yes"; // the module may be loaded under two addresses
  const data = JSON.parse(block.textContent);
  if (data.mode === "login") login(data);
  else enter(data);
}

run();
