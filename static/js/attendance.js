/* Attendance by keyboard (the grid) and by tap (one session). What is not saved yet is kept on this device, as keys and
   letters without names, and put back; each cell keeps what its reader saw, so that the server notices a clash. Without
   this script both forms work as they are. */
"use strict";

const MARK = { H: "H", T: "T", I: "I", S: "I", A: "A" };
const OLD = 24 * 60 * 60 * 1000; // milliseconds an unsaved cell is kept

const follow = (form) => {
  const place = `berdikari-hadir-${form.dataset.user}-${form.dataset.marks}`;
  const said = form.querySelector("[data-changed]");
  const left = form.querySelector("[data-left]");
  const cells = new Map(); // "session-person" → the inputs of that cell: one of text, or four to choose from
  for (const input of form.querySelectorAll("input[name^='h-']")) {
    const [, session, person] = input.name.split("-");
    const key = `${session}-${person}`;
    cells.set(key, [...(cells.get(key) || []), input]);
  }

  const isText = (inputs) => inputs[0].type !== "radio";
  const seen = (inputs) => inputs[0].name.split("-")[3];
  const value = (inputs) => isText(inputs) ? inputs[0].value : inputs.find((one) => one.checked)?.value || "";
  const paint = (inputs) => { if (isText(inputs)) inputs[0].dataset.mark = inputs[0].value; };
  const put = (inputs, mark) => {
    if (isText(inputs)) inputs[0].value = mark;
    else for (const one of inputs) one.checked = one.value === mark;
    paint(inputs);
  };
  const changed = () => [...cells].filter(([, inputs]) => value(inputs) !== seen(inputs));

  const kept = () => {
    try {
      const all = Object.entries(JSON.parse(localStorage.getItem(place) || "{}"));
      return Object.fromEntries(all.filter(([, one]) => Date.now() - one.at < OLD));
    } catch { return {}; }
  };
  const keep = () => {
    const all = Object.fromEntries(Object.entries(kept()).filter(([key]) => !cells.has(key)));
    for (const [key, inputs] of changed()) all[key] = { seen: seen(inputs), mark: value(inputs), at: Date.now() };
    try {
      if (Object.keys(all).length) localStorage.setItem(place, JSON.stringify(all));
      else localStorage.removeItem(place);
    } catch { /* no storage on this device: the page itself still holds them */ }
  };
  const restore = () => {
    for (const [key, one] of Object.entries(kept())) {
      const inputs = cells.get(key);
      if (!inputs || value(inputs) === one.mark) continue;
      if (seen(inputs) !== one.seen) {
        for (const input of inputs) input.name = `h-${key}-${one.seen}`; // another wrote here meanwhile: let it be told
      }
      put(inputs, one.mark);
    }
  };

  const tell = (words) => {
    const number = changed().length;
    said.textContent = words || (number ? `${number} isian belum tersimpan` : "");
    if (left) {
      const blank = [...cells.values()].filter((inputs) => !value(inputs)).length;
      left.textContent = blank ? `${blank} dari ${cells.size} belum diisi` : `Semua ${cells.size} peserta sudah diisi`;
    }
  };
  const touched = () => { keep(); tell(); };

  form.addEventListener("change", touched);
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      tell("Tidak ada sinyal. Isian tersimpan di perangkat ini; tekan Simpan lagi nanti.");
      return;
    }
    for (const inputs of cells.values()) {
      for (const input of inputs) input.disabled = value(inputs) === seen(inputs); // only what was changed is sent
    }
  });
  window.addEventListener("pageshow", () => {
    for (const inputs of cells.values()) for (const input of inputs) input.disabled = false;
  });
  form.querySelector("[data-all]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const inputs of cells.values()) if (!value(inputs)) put(inputs, "H");
    touched();
  });
  for (const button of form.querySelectorAll("[data-fill]")) {
    const column = [...cells].filter(([key]) => key.startsWith(`${button.dataset.fill}-`)).map(([, inputs]) => inputs);
    button.hidden = column.length === 0;
    button.addEventListener("click", () => {
      for (const inputs of column) if (!value(inputs)) put(inputs, "H");
      touched();
    });
  }

  restore();
  for (const inputs of cells.values()) paint(inputs);
  keep();
  tell();
  const table = form.querySelector("table");
  if (table) steer(table, (input, mark) => { put([input], mark); touched(); });
};

/* Arrow keys move between cells, letters fill in, Enter goes down, Delete empties. In a list of numbers, without
   `put`, only up and down are taken. */
const steer = (table, put) => {
  const rows = [...table.tBodies[0].rows];
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] };
  const move = (input, [down, right]) => {
    let row = rows.indexOf(input.closest("tr")) + down;
    let column = input.closest("td").cellIndex + right;
    for (; rows[row]?.cells[column]; row += down, column += right) {
      const next = rows[row].cells[column].querySelector("input");
      if (next) { next.focus(); return; }
    }
  };
  table.addEventListener("focusin", (event) => { if (event.target.matches("input")) event.target.select(); });
  table.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const mark = MARK[event.key.toUpperCase()], step = STEPS[event.key];
    if (!put && !step?.[0]) return;
    if (step) move(input, step);
    else if (mark) put(input, mark);
    else if (event.key === "Delete" || event.key === "Backspace" || event.key === "-") put(input, "");
    else return;
    event.preventDefault();
    input.ownerDocument.activeElement.select?.();
  });
  /* A phone's keyboard names no key: the last letter that came in counts. */
  if (put) table.addEventListener("input", (event) => {
    const letter = event.target.value.trim().slice(-1).toUpperCase();
    put(event.target, MARK[letter] || letter);
  });
};

for (const form of document.querySelectorAll("form[data-marks]")) follow(form);
for (const table of document.querySelectorAll("form[data-steps] table")) steer(table);
