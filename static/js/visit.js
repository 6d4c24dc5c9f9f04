/* A visit written down where there is no line: what is typed and the photo, made small, stay on this phone until the
   server has them, and go there again with the same key, so that one visit is recorded once. Without this script the
   form works as it is. */
"use strict";

const desk = document.getElementById("kunjungan");
const place = `berdikari-kunjungan-${desk.dataset.user}-${desk.dataset.group}`;
const OLD = 7 * 24 * 60 * 60 * 1000; // milliseconds a draft is kept
const AGAIN = 8000; // milliseconds between attempts
const LONGEST = 1600; // pixels of a photo's longer side
let sending = false;

const kept = () => {
  try {
    const draft = JSON.parse(localStorage.getItem(place) || "null");
    return draft && Date.now() - draft.at < OLD ? draft : null;
  } catch { return null; }
};
const keep = (draft) => {
  try {
    localStorage.setItem(place, JSON.stringify(draft));
    return true;
  } catch { return false; /* no storage, or no room: the page itself still holds it */ }
};
const forget = () => { try { localStorage.removeItem(place); } catch { /* there was none */ } };

const form = () => desk.querySelector("form[data-visit]");
const tell = (words, isLate) => {
  const line = desk.querySelector("[data-kept]");
  if (!line) return;
  line.textContent = words;
  line.classList.toggle("is-late", Boolean(isLate));
};

const typed = () => {
  const fields = {};
  for (const [name, value] of new FormData(form())) {
    if (name !== "csrfmiddlewaretoken" && typeof value === "string") (fields[name] ||= []).push(value);
  }
  return fields;
};
const remember = (more) => {
  if (!form()) return;
  const draft = { photo: "", waiting: false, ...kept(), fields: typed(), at: Date.now(), ...more };
  if (!keep(draft) && draft.photo) {
    keep({ ...draft, photo: "" });
    tell("Isian tersimpan di ponsel ini, fotonya tidak muat; pilih fotonya lagi sebelum mengirim.", true);
  }
};

const restore = () => {
  const draft = kept();
  if (!draft || !form()) return;
  for (const input of form().elements) {
    if (!input.name || input.name === "csrfmiddlewaretoken" || input.type === "file") continue;
    const values = draft.fields[input.name] || [];
    if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
    else if (values.length) input.value = values[0];
  }
  count();
  if (draft.photo) showPhoto(draft.photo);
  tell("Isian yang belum terkirim dikembalikan.");
};

/* How many are ticked, and what is left of the sales. */
const count = () => {
  const there = form().querySelectorAll("input[name=active]:checked").length;
  const said = form().querySelector("[data-active]");
  if (said) said.textContent = `${there} dari ${said.dataset.active} orang`;
  const profit = form().querySelector("[data-profit]");
  const money = (name) => Number((form().elements[name]?.value || "").replace(/[^0-9]/g, ""));
  if (profit) {
    const left = money("turnover") - money("costs");
    profit.textContent = `${left < 0 ? "−" : ""}Rp${Math.abs(left).toLocaleString("id-ID")}`;
  }
};

const showPhoto = (address) => {
  const shown = form().querySelector("[data-photo]");
  if (!shown) return;
  shown.src = address;
  shown.hidden = false;
};

const shrunk = async (file) => {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * share);
  canvas.height = Math.round(image.height * share);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.8);
};
const asBlob = (address) => {
  const bytes = Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
};

/* Sends what is kept; the server's answer takes the place of the form. */
const send = async () => {
  if (sending || !form()) return;
  sending = true;
  const button = form().querySelector("[type=submit]");
  button.disabled = true; // a second tap finds nothing to press
  const draft = kept();
  const body = new FormData(form());
  if (draft?.photo) body.set("photo", asBlob(draft.photo), "foto.jpg");
  try {
    const answer = await fetch(form().action, { method: "POST", headers: { "X-Bagian": "1" }, body });
    if (answer.redirected) { window.location.reload(); return; } // the session is over: sign in, then it goes on
    if (!answer.ok && answer.status !== 422) {
      if (answer.status < 500) remember({ waiting: false });
      tell("Server belum dapat menerima. Isian tersimpan di ponsel ini dan dikirim lagi.", true);
      return;
    }
    desk.innerHTML = await answer.text();
    if (answer.ok) forget();
    else { remember({ waiting: false }); count(); if (draft?.photo) showPhoto(draft.photo); }
    desk.querySelector("[data-said]")?.scrollIntoView({ block: "start" });
    desk.querySelector("[data-said]")?.focus();
  } catch {
    tell("Sinyal hilang. Kunjungan ini tersimpan di ponsel dan dikirim lagi bila ada sinyal.", true);
  } finally {
    sending = false;
    button.disabled = false;
  }
};

desk.addEventListener("input", () => { count(); remember({ waiting: false }); tell("Isian tersimpan di ponsel ini, belum terkirim."); });
desk.addEventListener("change", async (event) => {
  if (event.target.type !== "file") return;
  const [file] = event.target.files;
  if (!file) return;
  try {
    const photo = await shrunk(file);
    remember({ photo });
    showPhoto(photo);
  } catch { remember({ photo: "" }); /* a kind this phone cannot draw: the server judges the file itself */ }
});
desk.addEventListener("submit", (event) => {
  event.preventDefault();
  remember({ waiting: true });
  send();
});
window.addEventListener("online", () => { if (kept()?.waiting) send(); });
setInterval(() => { if (kept()?.waiting) send(); }, AGAIN);
restore();
if (kept()?.waiting) send();
