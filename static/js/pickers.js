// Long drop-downs (select[data-combobox]) become search fields, after the ARIA pattern of a combobox with a list;
// and the browser tells its time zone (input[data-time-zone]). Without this file both pages work with plain selects.

const SHOWN = 60;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function dress(part) {
  part.querySelectorAll("select[data-combobox]:not([data-dressed])").forEach((select) => new Combobox(select));
}

class Combobox {
  constructor(select) {
    this.select = select;
    this.choices = [...select.options].filter((option) => option.value).map((option) => ({ option, plain: plain(option.text) }));
    this.input = Object.assign(document.createElement("input"), { type: "text", id: select.id, autocomplete: "off", placeholder: select.options[0].value ? "" : select.options[0].text });
    this.list = Object.assign(document.createElement("ul"), { id: `${select.id}-list`, className: "combobox-list", hidden: true });
    select.dataset.dressed = "";
    select.id += "-value";
    select.hidden = true;
    this.describe();
    const box = Object.assign(document.createElement("div"), { className: "combobox" });
    select.before(box);
    box.append(this.input, this.list, select);
    this.show();
    this.listen();
  }

  describe() {
    const label = document.querySelector(`label[for="${this.input.id}"]`);
    if (label) this.list.setAttribute("aria-label", label.textContent);
    this.list.setAttribute("role", "listbox");
    const facts = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const name of ["aria-describedby", "aria-invalid", "required"]) {
      if (this.select.hasAttribute(name)) facts[name] = this.select.getAttribute(name);
    }
    this.select.removeAttribute("required");
    Object.entries(facts).forEach(([name, value]) => this.input.setAttribute(name, value));
  }

  listen() {
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("click", () => this.list.hidden && this.open(""));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => this.settle());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) this.choose(row.dataset.value);
    });
  }

  press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) this.open("");
      else this.move(step);
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      if (this.active) this.choose(this.active.dataset.value);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.show();
      this.close();
    }
  }

  open(typed) {
    const wanted = plain(typed).split(/\s+/).filter(Boolean);
    const found = this.choices.filter(({ plain }) => wanted.every((word) => plain.includes(word)));
    if (wanted.length) found.sort((a, b) => b.plain.startsWith(wanted[0]) - a.plain.startsWith(wanted[0]));
    const at = wanted.length ? 0 : Math.max(0, found.findIndex(({ option }) => option.selected) - 3);
    this.list.replaceChildren(...found.slice(at, at + SHOWN).map(({ option }, index) => this.row(option, index)));
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark(this.list.querySelector("[data-chosen]") ?? (wanted.length ? this.list.firstElementChild : null));
  }

  row(option, index) {
    const row = Object.assign(document.createElement("li"), { id: `${this.list.id}-${index}`, textContent: option.text });
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.dataset.value = option.value;
    if (option.selected) row.dataset.chosen = "";
    return row;
  }

  move(step) {
    const rows = [...this.list.children];
    this.mark(rows[(rows.indexOf(this.active) + step + rows.length) % rows.length]);
  }

  mark(row) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = row;
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }

  choose(value) {
    this.select.value = value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
    this.close();
  }

  // What was typed counts where it can mean one thing only; else the choice stays what it was.
  settle() {
    const typed = plain(this.input.value.trim());
    const meant = this.choices.filter(({ plain }) => plain === typed);
    if (!typed && !this.select.options[0].value) this.select.value = "";
    if (meant.length === 1) this.select.value = meant[0].option.value;
    this.show();
    this.close();
  }

  show() {
    this.input.value = this.select.value ? this.select.selectedOptions[0].text : "";
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(null);
  }
}

// The server guesses country, currency and zone anew from what the browser's clock says. What somebody has chosen
// meanwhile, or is about to choose, is worth more than a guess that comes late.
document.addEventListener("DOMContentLoaded", () => {
  const zone = document.querySelector("[data-time-zone]");
  if (!zone || !window.htmx) return;
  const guessed = document.querySelector(zone.getAttribute("hx-target"));
  let touched = false;
  for (const deed of ["focusin", "input", "change"]) guessed.addEventListener(deed, () => (touched = true));
  guessed.addEventListener("htmx:beforeSwap", (event) => (event.detail.shouldSwap &&= !touched));
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  htmx.trigger(zone, "zone-known");
});

document.addEventListener("htmx:afterSwap", () => dress(document));
document.addEventListener("htmx:load", (event) => dress(event.detail.elt));
dress(document);
