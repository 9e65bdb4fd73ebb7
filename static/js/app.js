// What pages gain where JavaScript runs; every page works without it. Attributes are described in docs/design-system.md.

const root = document.documentElement;
root.dataset.scripted = "";

const on = (type, selector, act, options) =>
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  }, options);

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

// --- What is on a page, at first and after every htmx swap
function dress(part) {
  const all = (selector) => [...(part.matches?.(selector) ? [part] : []), ...part.querySelectorAll(selector)];
  all("[data-copy], [data-print], [data-theme-switch]").forEach((element) => (element.hidden = false));
  all("[data-toast]").forEach(watchToast);
  all(".tabs [aria-current]").forEach(showTab);
  all("[data-error-summary]").slice(0, 1).forEach((summary) => summary.focus());
  all("dialog[open]:not([data-modal])").forEach((dialog) => {
    dialog.close();
    dialog.dataset.modal = "";
    dialog.showModal();
  });
}

// --- A row of tabs that is wider than the screen shows the one that is open
function showTab(tab) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// --- Toasts go by themselves, but not while somebody reads them, and never when they tell of an error
const TOAST_MS = 8000;

function watchToast(toast) {
  if (toast.classList.contains("error") || toast.dataset.watched !== undefined) return;
  toast.dataset.watched = "";
  let timer;
  const wait = () => (timer = setTimeout(() => toast.remove(), TOAST_MS));
  const hold = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  wait();
}

on("click", "[data-dismiss]", (button) => button.closest("[data-toast]").remove());

// --- Dialogs, in browsers that do not know command and commandfor
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  on("click", "[commandfor]", (button) => {
    const dialog = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  });
}
on("click", "dialog", (dialog, event) => event.target === dialog && dialog.close());

// --- Menus close on Escape and on a click elsewhere
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
on("keydown", "details.menu[open]", (menu, event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
});

// --- Copy, print, send a list of choices by itself
on("click", "[data-copy]", async (button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.querySelector("span");
  const before = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => (words.textContent = before), 2000);
});
on("click", "[data-print]", () => window.print());
on("change", "[data-autosubmit]", (select) => select.form.requestSubmit());

// --- A form that is on its way says so and takes no second click
on("submit", "form:not([data-no-busy])", (form, event) => {
  if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
  if (form.method !== "post" || form.target || form.closest("[hx-post], [hx-get]")) return;
  form.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () =>
  document.querySelectorAll("form[aria-busy], form [aria-busy]").forEach((element) => element.removeAttribute("aria-busy")),
);
// What comes back from the browser's own memory may belong to who was here before.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.body.matches(".layout-counter, .layout-console")) location.reload();
});

// --- Keys: "/" and others go to a field, g and a letter to an entry of the menu, "?" lists them
const GO_MS = 1500;
let going = -GO_MS;

// On a keyboard of another script the letter is the one that Latin has in its place.
const letter = (event) => (/^[a-z]$/i.test(event.key) ? event.key : event.code.replace(/^Key/, "")).toLowerCase();

function go(event) {
  const entry = document.querySelector(`[data-go-key="${CSS.escape(letter(event))}"]`);
  if (entry && event.timeStamp - going < GO_MS) entry.click();
  else if (letter(event) === "g") going = event.timeStamp;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return listKeys();
  go(event);
  const target = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.select?.();
});

function listKeys() {
  const dialog = document.querySelector("[data-shortcuts]");
  const list = dialog.querySelector("[data-shortcut-list]");
  list.querySelectorAll("[data-found]").forEach((row) => row.remove());
  const rows = new Map();
  document.querySelectorAll("[data-focus-key]").forEach((field) =>
    rows.set(field.dataset.focusKey, field.dataset.keyLabel ?? field.labels?.[0]?.textContent ?? ""),
  );
  document.querySelectorAll("[data-go-key]").forEach((entry) => 
    rows.set(`g ${entry.dataset.goKey}`, entry.querySelector("span").textContent),
  );
  list.prepend(...[...rows].map(([keys, words]) => keyRow(list.lastElementChild, keys, words)));
  dialog.showModal();
}

function keyRow(model, keys, words) {
  const row = model.cloneNode(true);
  row.dataset.found = "";
  row.querySelector("dt").replaceChildren(...keys.split(" ").flatMap((key) => [element("kbd", key), " "]));
  row.querySelector("dd").textContent = words.trim();
  return row;
}

function element(name, words) {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}

// --- Light, dark, or as the device has it; the server reads the cookie, so that no page flashes
on("click", "[data-theme-choice]", (button) => {
  const choice = button.dataset.themeChoice;
  const secure = location.protocol === "https:" ? ";secure" : "";
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  document.cookie = `theme=${choice};path=/;samesite=lax;max-age=${choice === "auto" ? 0 : 31536000}${secure}`;
  document.querySelectorAll("[data-theme-choice]").forEach((other) => {
    if (other.dataset.themeChoice === choice) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  });
});

document.addEventListener("htmx:load", (event) => dress(event.detail.elt));
dress(document);
