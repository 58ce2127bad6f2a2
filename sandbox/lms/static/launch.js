// Send the login into the frame, and answer what the tool asks of the page round it.
"use strict";
const tool = document.getElementById("tool");
const origins = JSON.parse(tool.dataset.origins);
const hasStorage = tool.dataset.storage === "yes";

const capabilities = () => {
  const own = [{ subject: "lti.capabilities" }, { subject: "lti.frameResize" }];
  const stored = [
    { subject: "lti.put_data", frame: "lti_storage" },
    { subject: "lti.get_data", frame: "lti_storage" },
  ];
  return hasStorage ? own.concat(stored) : own;
};

const resizeTool = (height) => {
  const pixels = Number.parseInt(height, 10);
  if (pixels > 0) {
    tool.style.height = `${Math.min(pixels, 20000)}px`;
  }
};
window.resizeTool = resizeTool;

window.addEventListener("message", (event) => {
  if (!origins.includes(event.origin) || typeof event.data !== "object" || event.data === null) {
    return;
  }
  const { subject, message_id: messageId } = event.data;
  if (subject === "lti.frameResize") {
    resizeTool(event.data.height);
  } else if (subject === "lti.capabilities") {
    event.source.postMessage(
      {
        subject: "lti.capabilities.response",
        message_id: messageId,
        supported_messages: capabilities(),
      },
      event.origin,
    );
  }
});

// The storage frame must be listening before the tool's login page asks it.
const send = () => document.getElementById("login").submit();
if (document.readyState === "complete") {
  send();
} else {
  window.addEventListener("load", send, { once: true });
}
