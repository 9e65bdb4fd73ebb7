// A shared till that is left alone goes to its PIN page by itself. The server locks it all the same, without this file.

const till = document.querySelector("[data-lock-after]");
const after = Number(till.dataset.lockAfter) * 1000;
const told = Math.min(after / 4, 30_000);
let used = Date.now();
let seen = used;

// What the server answers counts as use, and so does typing: the server is told now and then.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) used = seen = Date.now();
});
for (const kind of ["input", "pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    if (Date.now() - used < after) seen = Date.now();
  });
}

function look() {
  if (Date.now() - used >= after) {
    const here = location.pathname + location.search;
    location.replace(`${till.dataset.lockUrl}?next=${encodeURIComponent(here)}`);
  } else if (seen - used >= told) {
    htmx.ajax("POST", till.dataset.inUseUrl, { source: document.body, swap: "none" });
    used = seen;
  }
}

setInterval(look, 1000);
// A tablet that slept has missed the time.
document.addEventListener("visibilitychange", look);
