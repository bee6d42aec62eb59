"use strict";
// Works the offer out again while somebody types or moves a slider; the form works without it.
const form = document.getElementById("offer");
const figures = document.getElementById("figures");
const SLID = { base_usd: [20000, 400000], variable_usd: [0, 300000], sign_on_usd: [0, 100000], equity_usd: [0, 500000] };
let timer = 0;
let asked = 0;

async function workOut() {
  if (!form.elements.title.value.trim() || !form.elements.base_usd.value.trim()) {
    asked++;
    figures.textContent = "Fill in a job title and base pay, or press Suggest base and variable.";
    return;
  }
  const mine = ++asked;
  figures.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.dataset.live, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Fragment": "figures" } });
    const text = await response.text();
    if (mine !== asked) return;
    const open = [...figures.querySelectorAll("details[open][id]")].map((e) => e.id);
    figures.innerHTML = text;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    document.getElementById("spoken").textContent = document.getElementById("verdict")?.textContent ?? "Not worked out; see the problems.";
  } catch {
    if (mine === asked) figures.textContent = "The service does not answer; what you typed is still here. Press Work out to try again.";
  } finally {
    if (mine === asked) figures.setAttribute("aria-busy", "false");
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(workOut, 250);
}

const amount = (text) => {
  const found = /^\s*\$?([\d,.]+)\s*(k|m)?\s*$/i.exec(text);
  return found ? Number(found[1].replaceAll(",", "")) * ({ k: 1e3, m: 1e6 }[(found[2] || "").toLowerCase()] || 1) : NaN;
};

for (const [name, [low, high]] of Object.entries(SLID)) {
  const field = form.elements[name];
  const slider = document.createElement("input");
  const start = amount(field.value);
  slider.type = "range";
  slider.min = low;
  slider.max = Math.max(high, (start || 0) * 2);
  slider.step = 500;
  slider.value = start || low;
  slider.id = `${name}-slider`;
  slider.setAttribute("aria-label", `${document.querySelector(`label[for="${name}"]`).textContent}, slider`);
  slider.addEventListener("input", () => {
    field.value = slider.value;
    soon();
  });
  field.addEventListener("input", () => {
    const value = amount(field.value);
    if (value > Number(slider.max)) slider.max = value * 2;
    if (!Number.isNaN(value)) slider.value = value;
  });
  field.after(slider);
}

form.addEventListener("input", soon);
form.addEventListener("change", soon);
