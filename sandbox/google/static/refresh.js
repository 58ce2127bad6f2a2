// Shows who knocks, comes and leaves without a reload; leaves alone what is in use.
setInterval(async () => {
  const live = document.getElementById("live");
  if (document.hidden || live.contains(document.activeElement)) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("live");
  if (fresh && fresh.innerHTML !== live.innerHTML) live.replaceChildren(...fresh.childNodes);
}, 2000);
