// Suggestions below the question box: arrows choose, Enter takes, Escape closes. The box stays a text box of several lines, to which
// ARIA gives no "expanded"; how many there are is said instead.
"use strict";
(() => {
  const base = document.documentElement.dataset.base || "";
  const say = (text) => document.dispatchEvent(new CustomEvent("localism:say", { detail: text }));

  function suggesting(input) {
    const list = document.createElement("ul");
    list.className = "options"; list.role = "listbox"; list.hidden = true;
    list.id = `${input.id}-options`; list.ariaLabel = "Suggestions";
    input.after(list);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    let chosen = -1, waiting = 0, latest = 0;
    const close = () => { latest++; list.hidden = true; chosen = -1; input.removeAttribute("aria-activedescendant"); };
    const take = (option) => { input.value = option.dataset.text; close(); input.form.requestSubmit(); };
    const mark = (place) => {
      const options = [...list.children];
      chosen = (place + options.length) % options.length;
      options.forEach((option, number) => option.setAttribute("aria-selected", String(number === chosen)));
      input.setAttribute("aria-activedescendant", options[chosen].id);
    };
    async function look() {
      const asked = ++latest, text = input.value.trim();
      if (text.length < 2) { close(); return; }
      const answer = await fetch(`${base}/api/suggest?q=${encodeURIComponent(text)}`).catch(() => null);
      if (asked !== latest || !answer || !answer.ok || document.activeElement !== input) return;
      const { suggestions } = await answer.json();
      list.replaceChildren(...suggestions.map((suggestion, number) => {
        const option = document.createElement("li");
        option.role = "option"; option.id = `${list.id}-${number}`; option.dataset.text = suggestion.text;
        option.textContent = suggestion.text;
        option.setAttribute("aria-selected", "false");
        option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(option); });
        return option;
      }));
      list.hidden = !suggestions.length; chosen = -1;
      if (suggestions.length) say(`${suggestions.length} suggestions, with the arrow keys.`);
    }
    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 150); });
    input.addEventListener("blur", close);
    input.form.addEventListener("submit", () => { clearTimeout(waiting); close(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
      if (list.hidden || !list.children.length) return;
      if (event.key === "ArrowDown") { event.preventDefault(); mark(chosen + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); mark(chosen < 0 ? -1 : chosen - 1); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(list.children[chosen]); }
    });
  }

  const enhance = () => document.querySelectorAll("[data-suggest]").forEach(suggesting);
  document.addEventListener("localism:shown", enhance);
  enhance();
})();
