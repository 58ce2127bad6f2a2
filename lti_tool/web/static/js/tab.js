// The credential of this tab: in memory, and in sessionStorage where the browser allows it.
// Every access may throw: browsers that block the tool's data throw on the mere mention.
// A tab resumes only inside the pages it was launched in: the empty shell may be framed by anyone.

const PLACE = "career-mentoring.tab";
let token = null;

const around = () => [...(location.ancestorOrigins ?? [])].join(" ");

export const current = () => token;

export const headers = () => (token ? { Authorization: `Bearer ${token}` } : {});

export function remember(value) {
  token = value;
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ token, around: around() }));
  } catch {
    // Memory is enough as long as pages are swapped and never loaded.
  }
}

export function resume() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE));
    if (kept?.around === around()) token ??= kept.token;
  } catch {
    // Nothing to resume; the shell offers the other ways in.
  }
  return token;
}

export function forget() {
  token = null;
  try {
    sessionStorage.removeItem(PLACE);
  } catch {
    // Nothing was stored.
  }
}
