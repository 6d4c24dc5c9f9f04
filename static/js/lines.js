/* The sums of a budget of costs while it is typed; without this script the button "Hitung jumlah" does the same. */
"use strict";

for (const form of document.querySelectorAll("[data-lines]")) {
  const shown = new Intl.NumberFormat("id-ID");
  const whole = (text) => {
    const typed = text.replace(/\s/g, "").replace(/^rp\.?/i, "").replace(/,(00|-)$/, "");
    return /^(\d+|\d{1,3}(\.\d{3})+)$/.test(typed) ? Number(typed.replaceAll(".", "")) : NaN;
  };
  const ceiling = Number(form.dataset.ceiling || NaN);
  const room = form.querySelector("[data-room]");
  const rows = [...form.querySelectorAll("tbody tr")];
  const add = () => {
    let total = 0;
    for (const row of rows) {
      const [count, price] = [row.querySelector(".is-count").value, row.querySelector(".is-money").value].map(whole);
      const sum = count * price;
      row.querySelector("[data-sum]").textContent = Number.isSafeInteger(sum) ? shown.format(sum) : "–";
      total += Number.isSafeInteger(sum) ? sum : 0;
    }
    form.querySelector("[data-total]").textContent = shown.format(total);
    if (Number.isNaN(ceiling)) return;
    room.classList.toggle("bk-badtext", total > ceiling);
    room.textContent = total > ceiling ? `Melebihi plafon Rp${shown.format(ceiling)}.` : `Sisa plafon Rp${shown.format(ceiling - total)}. Baris yang dikosongkan tidak disimpan.`;
  };
  form.addEventListener("input", add);
}
