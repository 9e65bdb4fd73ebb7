// The card page: kept for when there is no network, put on the home screen, and the screen stays on while it is shown.

const CARDS = "regulars-cards";
const FILES = "regulars-files";
const card = document.querySelector("[data-card]");

// --- Without a network
const tellOffline = () => (card.querySelector("[data-offline]").hidden = navigator.onLine);
addEventListener("online", tellOffline);
addEventListener("offline", tellOffline);
tellOffline();

async function keep() {
  await navigator.serviceWorker.register(card.dataset.worker, { scope: "/" });
  await document.fonts.ready;
  const drawnWith = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  const paths = drawnWith.filter((url) => url.origin === location.origin && url.pathname !== card.dataset.worker);
  const files = await caches.open(FILES);
  const known = new Set((await files.keys()).map((request) => request.url));
  await Promise.all(paths.filter((url) => !known.has(url.href)).map((url) => files.add(url.href).catch(() => {})));
  // The worker keeps the card whenever it is opened; the first time, it was not there yet.
  const cards = await caches.open(CARDS);
  if (!(await cards.match(location.pathname, { ignoreVary: true }))) await cards.add(location.pathname);
}

if ("serviceWorker" in navigator && "caches" in window && navigator.onLine) {
  if (document.readyState === "complete") keep();
  else addEventListener("load", keep);
}

// --- On the home screen
const box = card.querySelector("[data-install-box]");
if (matchMedia("(display-mode: standalone)").matches || navigator.standalone) box.hidden = true;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  box.querySelector("[data-install-words]").hidden = true;
  box.querySelector("[data-install-offer]").hidden = false;
  box.querySelector("[data-install]").addEventListener("click", () => event.prompt(), { once: true });
});
addEventListener("appinstalled", () => (box.hidden = true));

// --- At the scanner
const stayOn = () => {
  if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
};
document.addEventListener("visibilitychange", stayOn);
stayOn();
