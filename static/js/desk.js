/* The desk on a slow line: only what changes comes back, and a registration that did not get through is kept on this
   phone and sent again, with the same key, so that it registers once. Without this script the forms work as they are. */
"use strict";

const desk = document.getElementById("meja");
const place = `berdikari-meja-${desk.dataset.user}-${desk.dataset.cohort}`;
const OLD = 24 * 60 * 60 * 1000; // milliseconds a registration is kept
const AGAIN = 8000; // milliseconds between attempts
let sending = false;

const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(place) || "[]").filter((one) => Date.now() - one.at < OLD);
  } catch { return []; }
};
const keep = (list) => {
  try {
    if (list.length) localStorage.setItem(place, JSON.stringify(list));
    else localStorage.removeItem(place);
  } catch { /* no storage on this phone: the attempt on the page still counts */ }
};

const token = () => desk.querySelector("input[name=csrfmiddlewaretoken]").value;

const ask = (address, fields) => fetch(address, {
  method: "POST",
  headers: { "X-Bagian": "1", "X-CSRFToken": token() },
  body: new URLSearchParams(fields),
});

/* What the server answered goes into the page; "ended" when the session is over. */
const show = async (answer) => {
  if (answer.redirected) { window.location.reload(); return "ended"; }
  if (!answer.ok && answer.status !== 422) return answer.status >= 500 ? "later" : "refused";
  desk.innerHTML = await answer.text();
  tellKept();
  desk.querySelector("[data-said]").scrollIntoView({ block: "nearest" });
  return "shown";
};

const tellKept = (words) => {
  const line = desk.querySelector("[data-kept]");
  const waiting = kept();
  if (!line || (!waiting.length && !words)) return;
  const names = waiting.map((one) => one.name).join(", ");
  line.textContent = words || `Belum terkirim, sinyal hilang: ${names}. Tersimpan di ponsel ini dan dikirim lagi bila ada sinyal.`;
  line.classList.add("is-late");
};

/* Sends what is kept, the oldest first. */
const sendKept = async () => {
  if (sending) return;
  sending = true;
  try {
    for (let list = kept(); list.length; list = kept()) {
      const result = await show(await ask(list[0].address, list[0].fields));
      if (result === "ended" || result === "later") break;
      keep(kept().filter((one) => one.fields.kunci !== list[0].fields.kunci || one.fields.orang !== list[0].fields.orang));
      tellKept(result === "refused" ? `Pendaftaran ${list[0].name} ditolak server; cari lagi keluarganya.` : "");
    }
  } catch {
    tellKept(); // no line: it stays where it is
  } finally {
    sending = false;
  }
};

desk.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  if (form.matches("[data-register]")) {
    event.preventDefault();
    if (!button || button.disabled) return;
    button.disabled = true; // a second tap finds nothing to press
    const fields = Object.fromEntries(new FormData(form));
    delete fields.csrfmiddlewaretoken;
    fields.orang = button.value;
    const name = button.textContent.replace(/^(Daftarkan|Masukkan) | ke cadangan$/g, "");
    keep([...kept(), { address: form.action, fields, name, at: Date.now() }]);
    await sendKept();
    button.disabled = false;
  } else if (form.matches("[data-search]")) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    delete fields.csrfmiddlewaretoken;
    try {
      const result = await show(await ask(form.action, fields));
      if (result === "later" || result === "refused") form.submit();
    } catch {
      tellKept("Pencarian tidak sampai, sinyal hilang. Kata yang diketik tetap ada; tekan Cari lagi.");
    }
  }
});

window.addEventListener("online", sendKept);
setInterval(() => { if (kept().length) sendKept(); }, AGAIN);
tellKept();
if (kept().length) sendKept();
