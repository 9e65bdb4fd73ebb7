// The service worker: a member's card opens without a network. Nothing else of a signed-in person is ever kept.
// Kept are the card pages that were opened (CARDS) and the files that they are drawn with (FILES, filled by card.js).

const CARDS = "regulars-cards";
const FILES = "regulars-files";
const CARD_PAGE = /^\/[a-z0-9-]+\/my\/card\/$/;
// Whoever logs in, logs out, proves an address, hands a till over or pairs the device may be somebody else from now on.
const CHANGES_PERSON = /^\/accounts\/|\/join\/code\/$|^\/counter\/[a-z0-9-]+\/till\/(lock\/)?$|\/shared-devices\/pair\/$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && CHANGES_PERSON.test(url.pathname)) event.waitUntil(caches.delete(CARDS));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (request.destination) event.respondWith(file(request));
});

async function page(request, url) {
  let answer;
  try {
    answer = await fetch(request);
  } catch (offline) {
    return (await cardInstead(url)) ?? Response.error();
  }
  if (CARD_PAGE.test(url.pathname)) {
    const cards = await caches.open(CARDS);
    // A card that is no longer shown to whoever asks is no longer kept.
    if (answer.ok && answer.type === "basic" && !answer.redirected) await cards.put(url.pathname, answer.clone());
    else await cards.delete(url.pathname);
  }
  return answer;
}

async function cardInstead(url) {
  const cards = await caches.open(CARDS);
  const known = (await cards.keys()).map((kept) => new URL(kept.url).pathname);
  if (known.includes(url.pathname)) return cards.match(url.pathname, { ignoreVary: true });
  const shop = url.pathname.split("/")[1];
  const path = known.find((candidate) => candidate.split("/")[1] === shop) ?? known[0];
  return path && Response.redirect(path);
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (offline) {
    return (await caches.match(request, { cacheName: FILES, ignoreVary: true })) ?? Response.error();
  }
}
