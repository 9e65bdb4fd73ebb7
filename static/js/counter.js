// What the till gains where JavaScript runs: the camera, the keypad, arrows through what was found.

const field = document.querySelector("[data-till-field]");

// --- The camera reads codes where the browser can do it by itself; everywhere else the number is typed or a scanner types it
const opener = document.querySelector("[data-scan]");
const dialog = document.getElementById("till-scanner");

async function readable() {
  if (!opener || !dialog || !("BarcodeDetector" in window) || !navigator.mediaDevices) return [];
  const wanted = ["qr_code", "code_128", "ean_13"];
  const known = await BarcodeDetector.getSupportedFormats();
  return wanted.filter((format) => known.includes(format));
}

async function watch(video, detector) {
  while (dialog.open) {
    const [code] = video.readyState < 2 ? [] : await detector.detect(video).catch(() => []);
    if (code?.rawValue) return code.rawValue;
    await new Promise((next) => setTimeout(next, 120));
  }
}

async function scan(formats) {
  const video = dialog.querySelector("[data-scan-video]");
  const words = dialog.querySelector("[data-scan-words]");
  let camera;
  dialog.showModal();
  try {
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = camera;
    await video.play();
    const text = await watch(video, new BarcodeDetector({ formats }));
    if (!text) return;
    field.value = text;
    dialog.close();
    field.form.requestSubmit();
  } catch {
    words.textContent = words.dataset.failed;
  } finally {
    camera?.getTracks().forEach((track) => track.stop());
  }
}

readable().then((formats) => {
  if (!formats.length) return;
  opener.hidden = false;
  opener.addEventListener("click", () => scan(formats));
});

// --- What is typed or scanned while no field has the focus goes to the search; a page without one looks a scan up all the same
const SCANNER_MS = 60;
const SHORTEST_SCAN = 6;
const elsewhere = document.querySelector("[data-till-scan]");
let scanned = "";
let keyed = 0;

document.addEventListener("keydown", (event) => {
  const busy = event.target.closest("input, textarea, select") || document.querySelector("dialog[open]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  if (field) toField(event);
  else if (elsewhere) fromScanner(event);
});

function toField(event) {
  if (event.key.length !== 1 || event.key === " " || event.key === "?" || event.key === field.dataset.focusKey) return;
  // The browser puts the character where the focus is once this has run.
  field.focus();
  field.select();
}

function fromScanner(event) {
  const now = performance.now();
  if (now - keyed > SCANNER_MS) scanned = "";
  keyed = now;
  if (event.key.length === 1) scanned += event.key;
  if (event.key !== "Enter" || scanned.length < SHORTEST_SCAN) return;
  event.preventDefault();
  elsewhere.elements.q.value = scanned;
  elsewhere.requestSubmit();
}

// --- The lines of a receipt grow while they are typed
const lines = document.querySelector("[data-grows]");

lines?.addEventListener("input", (event) => {
  const rows = [...lines.querySelectorAll(".till-line")];
  const last = rows.at(-1);
  if (!last.contains(event.target) || rows.length >= Number(lines.dataset.grows)) return;
  const row = last.cloneNode(true);
  const renumber = (text) => text.replace(`line${rows.length - 1}_`, `line${rows.length}_`);
  row.querySelectorAll("[id], [name], [for], [aria-describedby]").forEach((element) => {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, renumber(element.getAttribute(name)));
    }
  });
  row.querySelectorAll("input").forEach((input) => (input.value = ""));
  last.after(row);
});

// --- The keypad for a PIN
const pad = document.querySelector("[data-pin-pad]");

if (pad) {
  const pin = pad.querySelector("input[name=pin]");
  const keys = pad.querySelector("[data-pad]");
  keys.hidden = false;
  keys.addEventListener("click", (event) => {
    const digit = event.target.closest("[data-digit]")?.dataset.digit;
    if (!digit) return;
    pin.value = digit === "back" ? pin.value.slice(0, -1) : (pin.value + digit).slice(0, pin.maxLength);
  });
}

// --- A question before something is recorded: Enter answers it, but not the same Enter that sent the form; Esc goes back
const asked = performance.now();
const SETTLE_MS = 400;

document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest("[data-answer]") && performance.now() - asked < SETTLE_MS) event.preventDefault();
  },
  true,
);
document.addEventListener("keydown", (event) => {
  const amount = event.key === "Escape" && event.target.closest?.("form")?.querySelector("[name=amount]");
  if (!amount || !document.getElementById("till-question")) return;
  amount.focus();
  amount.select();
});
// What is typed as a PIN says nothing about the amount: no preview is asked for.
document.querySelector("[data-till-pin]")?.addEventListener("input", (event) => event.stopPropagation());

// --- Up and down between the field and what was found
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [field, ...document.querySelectorAll(".till-hits a")];
  const place = stops.indexOf(document.activeElement);
  if (!step || place < 0 || !stops[place + step]) return;
  event.preventDefault();
  stops[place + step].focus();
});
