// The page as a person meets it: swapping its parts, moving focus, saying what changed.

import { tell } from "./messages.js";

const PARTS = ["header", "main", "footer", "data"];

export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  // A live region speaks only when it changes after it was there.
  requestAnimationFrame(() => { place.textContent = text; });
}

export function sayConnection(text) {
  const place = document.getElementById("connection");
  place.textContent = text;
  place.hidden = !text;
}

export function offer(address) {
  const link = document.createElement("a");
  Object.assign(link, { href: address, target: "_blank", rel: "noopener", textContent: "Open it here." });
  sayConnection("Your browser blocked the new tab. ");
  document.getElementById("connection").append(link);
}

export function swap(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  if (!next.getElementById("main")) return false;
  document.title = next.title;
  document.documentElement.lang = next.documentElement.lang;
  document.documentElement.dir = next.documentElement.dir;
  for (const id of PARTS) {
    const part = next.getElementById(id);
    if (part) document.getElementById(id)?.replaceWith(document.adoptNode(part));
  }
  return true;
}

export function settle({ hash = "", scroll = 0 } = {}) {
  const main = document.getElementById("main");
  const named = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  const target = named || main.querySelector(".error-summary") || main.querySelector("[autofocus]");
  (target || main).focus({ preventScroll: true });
  if (!named) tell({ subject: "lti.scrollToTop" });
  if (target) target.scrollIntoView({ block: "center" });
  else window.scrollTo(0, scroll);
  announce(document.title);
}

export function entered() {
  document.dispatchEvent(new Event("page:enter"));
}

export const withoutNotice = (address) => {
  // A notice is said once; going back or reloading must not say it again.
  const url = new URL(address, location.href);
  url.searchParams.delete("said");
  return url.pathname + url.search + url.hash;
};
