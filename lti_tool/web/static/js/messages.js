// Messages to the platform's window and back; a platform that never answers costs one second.

const PATIENCE = 1000;

export const platform = () => (window.parent !== window ? window.parent : window.opener);

export function tell(message) {
  // Sizes and scrolling hold no secret, and the platform's own origin may be a vanity domain.
  if (window.parent !== window) window.parent.postMessage(message, "*");
}

export function ask(target, origin, message) {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const finish = (settle, value) => {
      clearTimeout(timer);
      removeEventListener("message", hear);
      settle(value);
    };
    const hear = ({ data, origin: from }) => {
      if (data?.message_id !== id || data.subject !== `${message.subject}.response`) return;
      if (origin !== "*" && from !== origin) return;
      finish(data.error ? reject : resolve, data);
    };
    const timer = setTimeout(() => finish(reject, new Error("no answer")), PATIENCE);
    addEventListener("message", hear);
    target.postMessage({ ...message, message_id: id }, origin);
  });
}
