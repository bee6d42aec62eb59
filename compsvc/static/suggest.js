"use strict";
// Fills each field's datalist from its suggestion route while somebody types; the form works without it.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(input.getAttribute("list"));
  let timer = 0;
  let asked = "";
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const q = input.value.trim();
      if (q.length < 2 || q === asked) return;
      asked = q;
      const response = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(q)}`);
      if (!response.ok || input.value.trim() !== q) return;
      const found = await response.json();
      list.replaceChildren(...found.suggestions.map((s) => new Option(s.name, s.name)));
    }, 120);
  });
}
