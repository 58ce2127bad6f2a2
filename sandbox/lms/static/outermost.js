// A course page never stays inside a tool's frame.
"use strict";
if (window.top !== window) {
  window.top.location.assign(window.location.href);
}
