// Desk pages: an address with # opens the fold it points into, "/" goes to the search,
// and folds marked data-fold="phone" are closed where the screen is small.
const PHONE = matchMedia("(max-width: 800px)");

function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}

function fold() {
  for (const item of document.querySelectorAll('details[data-fold="phone"]')) item.open = !PHONE.matches;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const search = document.querySelector('input[type="search"]');
  if (!search) return;
  event.preventDefault();
  for (let item = search.closest("details"); item; item = item.parentElement.closest("details")) item.open = true;
  search.focus();
});

PHONE.addEventListener("change", fold);
window.addEventListener("hashchange", openTarget);
fold();
openTarget();

// A move that was refused comes back open: bring it into view.
document.querySelector("details.move[open], form .alert")?.scrollIntoView({ block: "center" });
