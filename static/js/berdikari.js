/* What a page cannot do with HTML alone: print, close the phone menu, lead to the errors, notice an ended session. */
"use strict";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
  for (const menu of document.querySelectorAll(".bk-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".bk-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const leadToErrors = (root) => root.querySelector("[data-focus]")?.focus();
leadToErrors(document);
document.addEventListener("htmx:afterSettle", (event) => leadToErrors(event.target));

/* A fragment asked for after the session ended would bring the sign-in page into the middle of this one. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.xhr;
  if (answer.responseURL && answer.responseText.includes('id="masuk"')) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});
