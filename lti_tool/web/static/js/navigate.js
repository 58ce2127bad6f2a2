// Links and forms of a tab that has no cookie: fetched with its token and swapped in, with focus,
// title and history as a navigation would have them. Without a token the browser does it all, and
// only double sending is prevented.

import { announce, entered, offer, sayConnection, settle, swap, withoutNotice } from "./page.js";
import * as tab from "./tab.js";

const RELEASE = 8000; // a form that answered with a download leaves its page where it is
const UNREACHABLE = "The server could not be reached. Your page is as it was; please try again.";
const busy = new WeakSet();
const leaving = [];
let visits = 0;
let shown = "";

export const beforeLeaving = (hook) => leaving.push(hook);

export function start(token, landing) {
  tab.remember(token);
  return visit(landing, { replace: true });
}

export async function visit(address, { method = "GET", body, replace = false, back = false } = {}) {
  const url = new URL(address, location.href);
  const mine = ++visits;
  document.documentElement.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { method, body, headers: { ...tab.headers(), Accept: "text/html" } });
    if (mine !== visits) return true;
    if (!(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) return await save(answer);
    const html = await answer.text();
    if (answer.status === 401) tab.forget();
    if (!swap(html)) throw new TypeError("not a page");
    sayConnection("");
    if (!back && (method === "GET" || answer.redirected)) remember(answer.url + url.hash, replace);
    shown = here();
    settle({ hash: url.hash, scroll: back ? history.state?.scroll : 0 });
    entered();
    return true;
  } catch {
    if (mine === visits) sayConnection(UNREACHABLE);
    return false;
  } finally {
    if (mine === visits) document.documentElement.removeAttribute("aria-busy");
  }
}

function remember(address, replace) {
  const next = withoutNotice(address);
  if (replace || next === here() + location.hash) history.replaceState({}, "", next);
  else {
    history.replaceState({ scroll: window.scrollY }, "");
    history.pushState({}, "", next);
  }
}

const here = () => location.pathname + location.search;

function returned() {
  // Going to a fragment of this page is no way back, and must not lose what was typed.
  if (tab.current() && here() !== shown) visit(location.href, { back: true });
}

async function save(answer) {
  const named = /filename\*?=(?:UTF-8'')?"?([^";]+)/i.exec(answer.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = named ? decodeURIComponent(named[1]) : "download";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE);
  announce("The file was downloaded.");
  return answer.ok;
}

const isOurs = (url) => url.origin === location.origin && url.protocol.startsWith("http");

function followed(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || !tab.current() || event.defaultPrevented || event.button) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.dataset.full !== undefined) return;
  const url = new URL(link.href);
  if (!isOurs(url)) return;
  if (url.hash && url.pathname + url.search === here()) return;
  event.preventDefault();
  Promise.all(leaving.map((hook) => hook())).then(() => visit(url));
}

async function sent(event) {
  const form = event.target;
  const { submitter } = event;
  if (event.defaultPrevented) return;
  if (busy.has(form)) return void event.preventDefault();
  const url = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
  const opens = form.dataset.opens !== undefined;
  const swaps = tab.current() && isOurs(url) && !form.target && form.dataset.full === undefined;
  if (!swaps && !opens) {
    setTimeout(hold(form, submitter), RELEASE);
    return;
  }
  event.preventDefault();
  const release = hold(form, submitter);
  const elsewhere = opens ? window.open("", "_blank") : null;
  await Promise.all(leaving.map((hook) => hook(form)));
  if (opens) await openElsewhere(form, submitter, url, elsewhere);
  else if (!(await visit(...request(form, submitter, url)))) {
    form.dispatchEvent(new Event("form:unsent", { bubbles: true }));
  }
  release();
}

function request(form, submitter, url) {
  const data = new FormData(form, submitter);
  const method = (submitter?.getAttribute("formmethod") ?? form.method).toUpperCase();
  const texts = new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
  if (method === "GET") {
    url.search = texts;
    return [url, {}];
  }
  return [url, { method, body: form.enctype === "multipart/form-data" ? data : texts }];
}

// A form marked data-opens asks for an address outside (a Meet room) and opens it in a new tab,
// which has to be made in the click itself or the browser blocks it.
async function openElsewhere(form, submitter, url, elsewhere) {
  const [address, { body }] = request(form, submitter, url);
  const headers = { ...tab.headers(), Accept: "application/json" };
  const answer = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  const isJson = answer?.headers.get("Content-Type")?.startsWith("application/json");
  const { open } = isJson ? await answer.json() : {};
  if (open?.startsWith("https://") || open?.startsWith("http://")) {
    if (elsewhere) elsewhere.opener = null;
    if (elsewhere) elsewhere.location.replace(open);
    else offer(open);
    return;
  }
  elsewhere?.close();
  if (!answer) return sayConnection(UNREACHABLE);
  if (swap(await answer.text())) settle();
  entered();
}

function hold(form, submitter) {
  busy.add(form);
  submitter?.setAttribute("aria-disabled", "true");
  const release = () => {
    busy.delete(form);
    submitter?.removeAttribute("aria-disabled");
  };
  addEventListener("pageshow", release, { once: true });
  return release;
}

export function install() {
  document.addEventListener("click", followed);
  document.addEventListener("submit", sent);
  addEventListener("popstate", returned);
}
