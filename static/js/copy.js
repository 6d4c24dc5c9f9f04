/* A message is copied with one press; without this script it is marked and copied by hand. */
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const words = button.firstChild;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text.value); }
    catch { text.select(); document.execCommand("copy"); }
    const before = words.textContent;
    words.textContent = "Tersalin";
    setTimeout(() => { words.textContent = before; }, 2000);
  });
}
