// Asks before a form with data-confirm is sent; the question is the attribute's text.

/** Ask *question* in the page's dialog; resolves to true for yes. */
export function ask(question) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-text").textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!question || form.dataset.confirmed) return;
  event.preventDefault();
  if (!(await ask(question))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter ?? undefined);
  delete form.dataset.confirmed;
});
