// Platform storage: small values that a tool puts here and gets back, kept apart by origin.
"use strict";
const origins = JSON.parse(document.body.dataset.origins);
const silent = document.body.dataset.silent === "yes";
const MOST_KEYS = 50;
const LONGEST_VALUE = 4096;

const shelf = (origin) => `lti_storage:${origin}`;
const read = (origin) => JSON.parse(window.sessionStorage.getItem(shelf(origin)) || "{}");
const write = (origin, values) =>
  window.sessionStorage.setItem(shelf(origin), JSON.stringify(values));

const refuse = (code, message) => ({ error: { code, message } });

const put = (origin, { key, value }) => {
  if (typeof key !== "string" || key === "") {
    return refuse("bad_request", "key is missing");
  }
  const values = read(origin);
  if (value === null || value === undefined) {
    delete values[key];
    write(origin, values);
    return { key };
  }
  const full = Object.keys(values).length >= MOST_KEYS && !(key in values);
  if (full || String(value).length > LONGEST_VALUE) {
    return refuse("storage_exhaustion", "there is no room for this");
  }
  values[key] = String(value);
  write(origin, values);
  return { key, value: values[key] };
};

const get = (origin, { key }) => {
  if (typeof key !== "string" || key === "") {
    return refuse("bad_request", "key is missing");
  }
  const values = read(origin);
  return key in values ? { key, value: values[key] } : { key };
};

const answers = {
  "lti.put_data": put,
  "lti.get_data": get,
  "lti.capabilities": () => ({
    supported_messages: [
      { subject: "lti.capabilities" },
      { subject: "lti.frameResize" },
      { subject: "lti.put_data", frame: "lti_storage" },
      { subject: "lti.get_data", frame: "lti_storage" },
    ],
  }),
  "lti.frameResize": (origin, { height }) => {
    window.parent.resizeTool(height);
    return {};
  },
};

window.addEventListener("message", (event) => {
  const asked = event.data;
  if (silent || typeof asked !== "object" || asked === null || typeof asked.subject !== "string") {
    return;
  }
  const { subject, message_id: messageId } = asked;
  let answer;
  if (!origins.includes(event.origin)) {
    answer = refuse("wrong_origin", "this origin is not the tool's");
  } else if (!messageId) {
    answer = refuse("bad_request", "message_id is missing");
  } else if (Object.hasOwn(answers, subject)) {
    answer = answers[subject](event.origin, asked);
  } else {
    answer = refuse("unsupported_subject", "this subject is not supported");
  }
  event.source.postMessage(
    { subject: `${subject}.response`, message_id: messageId, ...answer },
    event.origin,
  );
});
