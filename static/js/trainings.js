/* Choosing many participants at once. */
"use strict";

for (const form of document.querySelectorAll("[data-choose]")) {
  const boxes = [...form.querySelectorAll("input[type=checkbox][name=peserta]")];
  const clean = boxes.filter((box) => box.dataset.clean !== undefined);
  const said = form.querySelector("[data-chosen]");
  const button = form.querySelector("[data-choose-all]");
  const tell = () => { said.textContent = `${boxes.filter((box) => box.checked).length} dipilih`; };
  button.hidden = clean.length === 0;
  button.addEventListener("click", () => {
    const all = clean.every((box) => box.checked);
    for (const box of clean) box.checked = !all;
    tell();
  });
  form.addEventListener("change", tell);
  tell();
}
