// Fragments that are asked for again every few seconds: <section data-poll="/url" data-every="3">.
// They rest while the page is hidden and end for good with an element marked data-final; that
// element may name the page to go on to in data-then. An element marked data-say is read out.

import { visit } from "./navigate.js";
import { announce } from "./page.js";
import * as tab from "./tab.js";

const LONGEST = 30;
const tags = new WeakMap();
const timers = new WeakMap();

function later(place, seconds) {
  clearTimeout(timers.get(place));
  timers.set(place, setTimeout(ask, seconds * 1000, place, seconds));
}

async function ask(place, seconds) {
  if (!place.isConnected || isFinal(place) || document.hidden) return;
  const every = Number(place.dataset.every || 5);
  const answer = await fetch(place.dataset.poll, {
    headers: { ...tab.headers(), ...(tags.has(place) && { "If-None-Match": tags.get(place) }) },
  }).catch(() => null);
  const html = answer?.ok ? await answer.text() : null;
  if (!place.isConnected || [401, 403, 404].includes(answer?.status)) return;
  if (html !== null) show(place, html, answer.headers.get("ETag"));
  const reached = answer && answer.status < 500;
  if (!isFinal(place)) return later(place, reached ? every : Math.min(seconds * 2, LONGEST));
  const then = place.querySelector("[data-then]")?.dataset.then;
  if (then && tab.current()) visit(then, { replace: true });
  else if (then) location.replace(then);
}

const isFinal = (place) => place.querySelector("[data-final]") !== null;

function show(place, html, tag) {
  if (tag) tags.set(place, tag);
  const focused = place.contains(document.activeElement) && document.activeElement.id;
  const said = words(place);
  place.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
  if (words(place) !== said) announce(words(place));
}

const words = (place) =>
  (place.querySelector("[data-say]") ?? place).textContent.replace(/\s+/g, " ").trim().slice(0, 200);

function begin() {
  for (const place of document.querySelectorAll("[data-poll]")) {
    if (!isFinal(place)) later(place, Number(place.dataset.every || 5));
  }
}

export function install() {
  document.addEventListener("page:enter", begin);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) begin(); });
}
