"use strict";
(() => {
  const root = document.documentElement;
  const home = root.dataset.root || "";

  // Dark and light: what was chosen here, else what the system says.
  const read = () => { try { return localStorage.getItem("picket-theme"); } catch { return null; } };
  const keep = (value) => { try { localStorage.setItem("picket-theme", value); } catch { /* a page from a file may not */ } };
  const chosen = read();
  if (chosen) root.dataset.theme = chosen;
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep(root.dataset.theme);
  });

  // Search: every word must stand somewhere; in the name counts most.
  const input = document.getElementById("search");
  const list = document.getElementById("results");
  const index = (window.picketIndex || []).map(([name, slug, words, text]) => ({
    name, slug, text, low: name.toLowerCase(), all: (name + " " + words + " " + text).toLowerCase(),
  }));
  let at = -1;
  const find = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const score = (rule) => words.reduce((sum, word) => sum + (rule.low.startsWith(word) ? 4 : rule.low.includes(word) ? 2 : 0), 0);
    return index.filter((rule) => words.every((word) => rule.all.includes(word)))
      .map((rule) => [score(rule), rule]).sort((a, b) => b[0] - a[0]).slice(0, 30).map(([, rule]) => rule);
  };
  const address = (rule) => home + "rules/" + rule.slug + ".html";
  const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (to) => {
    const items = [...list.children];
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === to)));
    at = to;
    if (items[to]) { input.setAttribute("aria-activedescendant", items[to].id); items[to].scrollIntoView({ block: "nearest" }); }
  };
  let found = [];
  const show = () => {
    found = find(input.value);
    list.replaceChildren(...found.map((rule, number) => {
      const item = document.createElement("li");
      item.id = "result-" + number;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.textContent = rule.name;
      const more = document.createElement("small");
      more.textContent = rule.text.slice(0, 110);
      item.append(more);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); location.href = address(rule); });
      return item;
    }));
    if (!found.length) return close();
    list.hidden = false;
    at = -1;
    input.setAttribute("aria-expanded", "true");
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && found.length) mark((at + 1) % found.length);
    else if (event.key === "ArrowUp" && found.length) mark((at + found.length - 1) % found.length);
    else if (event.key === "Enter" && found.length) location.href = address(found[Math.max(at, 0)]);
    else if (event.key === "Escape") { input.value = ""; close(); }
    else return;
    event.preventDefault();
  });
  input.form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); input.focus(); }
  });

  // The matrix: filters, and arrow keys between the techniques that are shown.
  const matrix = document.getElementById("matrix");
  if (!matrix) return;
  const cells = [...matrix.querySelectorAll(".cell")];
  const shown = document.getElementById("shown");
  const wanted = document.getElementById("show");
  const platform = document.getElementById("platform");
  const filter = () => {
    let count = 0;
    for (const cell of cells) {
      const states = cell.dataset.state.split(" ");
      const fits = (wanted.value === "all" || states.includes(wanted.value))
        && (!platform.value || cell.dataset.platforms.split(",").includes(platform.value));
      cell.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.textContent = count + " shown";
  };
  wanted.addEventListener("change", filter);
  platform.addEventListener("change", filter);
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  filter();
  const columns = [...matrix.querySelectorAll(".column")];
  const links = (column) => [...column.querySelectorAll(".cell:not([hidden]) a")];
  matrix.addEventListener("keydown", (event) => {
    const column = columns.findIndex((it) => it.contains(document.activeElement));
    if (column < 0) return;
    const here = links(columns[column]);
    const row = here.indexOf(document.activeElement);
    let target;
    if (event.key === "ArrowDown") target = here[row + 1];
    else if (event.key === "ArrowUp") target = here[row - 1];
    else if (event.key === "Home") target = here[0];
    else if (event.key === "End") target = here[here.length - 1];
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const step = event.key === "ArrowRight" ? 1 : -1;
      for (let to = column + step; columns[to] && !target; to += step) {
        const there = links(columns[to]);
        target = there[Math.min(row, there.length - 1)];
      }
    } else return;
    event.preventDefault();
    if (target) target.focus();
  });
})();
