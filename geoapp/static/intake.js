// The preview of an import: words typed into the filter leave only the problems that hold them.

const box = document.querySelector("[data-problems]");
const filter = box?.querySelector("[data-filter]");

filter?.addEventListener("input", () => {
  const words = filter.value.trim().toLowerCase();
  for (const row of box.querySelectorAll("tbody tr")) {
    row.hidden = !row.textContent.toLowerCase().includes(words);
  }
  if (words) for (const group of box.querySelectorAll("details")) group.open = true;
});

// A counter above leads to its group: open it, or the jump shows only its heading.
for (const link of document.querySelectorAll("a[href^='#problems-']")) {
  link.addEventListener("click", () => {
    const group = document.querySelector(link.getAttribute("href"));
    if (group) group.open = true;
  });
}
