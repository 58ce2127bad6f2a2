// Wires the parts together, once; pages are swapped under it, so everything listens on the document.

import * as autosave from "./autosave.js";
import "./launch.js";
import * as navigate from "./navigate.js";
import { entered, withoutNotice } from "./page.js";
import * as poll from "./poll.js";
import * as resize from "./resize.js";
import * as tab from "./tab.js";

function pressed(event) {
  const close = event.target.closest?.("[data-close]")?.closest("details");
  if (close) {
    close.open = false;
    close.querySelector("summary").focus();
  }
  if (event.target.closest?.("[data-print]")) window.print();
  const part = event.target.closest?.("a[href^='#']")?.getAttribute("href").slice(1);
  // A browser does not scroll the platform's page to a fragment of ours; focus does.
  if (part) requestAnimationFrame(() => document.getElementById(part)?.focus());
}

function dress() {
  if (window.parent !== window) {
    for (const link of document.querySelectorAll("a[data-own-tab]")) link.target = "_blank";
  }
  const ready = document.querySelector("form[data-submit-now]");
  if (ready) HTMLFormElement.prototype.submit.call(ready);
}

navigate.install();
autosave.install();
poll.install();
resize.install();
document.addEventListener("click", pressed);
document.addEventListener("page:enter", dress);
if (location.search.includes("said=")) history.replaceState(history.state, "", withoutNotice(location.href));
document.querySelector(".error-summary")?.focus();
entered();
if (document.querySelector("[data-shell]") && tab.resume()) navigate.visit(location.href, { replace: true });
