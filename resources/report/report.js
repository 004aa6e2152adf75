"use strict";
// The page can be read without this. It sorts tables and strips, and shows pictures larger, one in the place of the other.
document.documentElement.classList.add("script");

// A number that stands in an element's data; what has none comes last, whatever the order.
const numberOf = (element) => {
  const value = element.dataset.value;
  return value === undefined || value === "" ? Infinity : Number(value);
};

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const before = [...body.rows];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const way = head.ariaSort === "ascending" ? "descending" : head.ariaSort === "descending" ? null : "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      const rows = [...before];
      if (way) {
        head.setAttribute("aria-sort", way);
        const sign = way === "ascending" ? 1 : -1;
        rows.sort((one, other) => {
          if (column === 0) return sign * one.cells[0].textContent.localeCompare(other.cells[0].textContent);
          const [a, b] = [numberOf(one.cells[column]), numberOf(other.cells[column])];
          return a === b ? 0 : a === Infinity ? 1 : b === Infinity ? -1 : sign * (a - b);
        });
      }
      body.append(...rows);
    });
  });
}

for (const section of document.querySelectorAll(".strips")) {
  const choice = section.querySelector("select");
  const strips = [...section.querySelectorAll(".strip")];
  choice?.addEventListener("change", () => {
    const [method, score, sign] = choice.value.split("|");
    const badness = (strip) => {
      const value = JSON.parse(strip.dataset.scores)[score]?.[method];
      if (value === undefined || value === null) return -Infinity;
      return { higher: -value, lower: value, one: Math.abs(value - 1), zero: Math.abs(value) }[sign];
    };
    const sorted = choice.value ? [...strips].sort((one, other) => badness(other) - badness(one)) : strips;
    section.append(...sorted);
  });
}

const dialog = document.createElement("dialog");
dialog.innerHTML = "<p><b></b><span>← → another picture, + − size, Esc back</span></p><img alt=''>";
document.body.append(dialog);
const [name, large] = [dialog.querySelector("b"), dialog.querySelector("img")];
let shown = [];
let at = 0;
let scale = 3;

const show = () => {
  const image = shown[at];
  large.src = image.src;
  large.width = image.width * scale;
  large.height = image.height * scale;
  name.textContent = image.alt;
};

for (const image of document.querySelectorAll(".tiles img")) {
  image.tabIndex = 0;
  const open = () => {
    shown = [...image.closest(".tiles").querySelectorAll("img")].filter((one) => one.classList.contains("difference") === image.classList.contains("difference"));
    at = shown.indexOf(image);
    scale = Math.max(1, Math.floor(Math.min((innerWidth * 0.92) / image.width, (innerHeight * 0.86) / image.height)));
    show();
    dialog.showModal();
  };
  image.addEventListener("click", open);
  image.addEventListener("keydown", (event) => event.key === "Enter" && open());
}

dialog.addEventListener("click", () => dialog.close());
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) at = (at + step + shown.length) % shown.length;
  else if (event.key === "+" || event.key === "=") scale = Math.min(12, scale + 1);
  else if (event.key === "-") scale = Math.max(1, scale - 1);
  else return;
  event.preventDefault();
  show();
});
