// The frame is as high as its page, so that there is no second scroll bar.

import { tell } from "./messages.js";

let last = 0;

function fit() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === last) return;
  last = height;
  tell({ subject: "lti.frameResize", height });
}

export function install() {
  if (window.parent === window) return;
  document.documentElement.classList.add("in-frame");
  new ResizeObserver(fit).observe(document.body);
  document.addEventListener("page:enter", () => { last = 0; fit(); });
}
