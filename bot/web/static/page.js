// Everything here is an extra: the page works without it.
"use strict";
(() => {
  const base = document.documentElement.dataset.base || "";
  const main = document.getElementById("main");
  const live = document.getElementById("live");
  const here = () => location.pathname + location.search;
  let shown = here();

  // Ask without loading the whole page again; the address, back and forward stay true.
  async function show(address, push) {
    main.setAttribute("aria-busy", "true");
    live.textContent = "Looking for passages.";
    let answer;
    try {
      answer = await fetch(address, { headers: { Accept: "text/html" } });
    } catch {
      location.assign(address);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("main");
    if (!fresh) { location.assign(address); return; }
    if (push) history.pushState({}, "", address);
    shown = here();
    document.title = page.title;
    main.replaceChildren(...fresh.childNodes);
    main.removeAttribute("aria-busy");
    enhance();
    const head = main.querySelector("#verdict, .fault");
    live.textContent = head ? head.textContent.trim() : document.title;
    if (push && head) { head.tabIndex = -1; head.focus({ preventScroll: true }); head.scrollIntoView({ block: "start" }); }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-ask]")) {
      event.preventDefault();
      show(`${form.action}?${new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""))}`, true);
    } else if (form.matches("[data-said]")) {
      event.preventDefault();
      say(form, event.submitter);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-ask]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); show(link.href, true); }
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });
  // A jump inside the page changes the address too, but only behind the "#".
  window.addEventListener("popstate", () => { if (here() !== shown) show(location.href, false); });

  async function copy(button) {
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    try { await navigator.clipboard.writeText(text); } catch { getSelection().selectAllChildren(document.getElementById(button.dataset.copy)); return; }
    const before = button.textContent;
    button.textContent = "Copied";
    live.textContent = "Copied.";
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  async function say(form, button) {
    const body = JSON.stringify({ ...Object.fromEntries(new FormData(form)), verdict: button.value });
    const answer = await fetch(`${base}/api/feedback`, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
    const thanks = document.createElement("span");
    thanks.textContent = answer && answer.ok ? "Thank you. That helps us mend the sources." : "That could not be kept. Try again later.";
    form.replaceChildren(thanks);
    live.textContent = thanks.textContent;
  }

  // Suggestions: an ARIA combobox with a list box; arrows choose, Enter takes, Escape closes.
  function suggesting(input) {
    const list = document.createElement("ul");
    list.className = "options"; list.role = "listbox"; list.hidden = true;
    list.id = `${input.id}-options`; list.ariaLabel = "Suggestions";
    input.after(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("list");
    let chosen = -1, waiting = 0, latest = 0;
    const close = () => { list.hidden = true; chosen = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
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
      input.setAttribute("aria-expanded", String(!list.hidden));
    }
    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 150); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
      if (list.hidden || !list.children.length) return;
      if (event.key === "ArrowDown") { event.preventDefault(); mark(chosen + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); mark(chosen < 0 ? -1 : chosen - 1); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(list.children[chosen]); }
    });
  }

  function enhance() {
    main.querySelectorAll("button[data-copy][hidden]").forEach((button) => { button.hidden = false; });
    main.querySelectorAll("input[data-suggest]").forEach(suggesting);
    // A page that takes too long to draw has no picture: the quote stands without an empty frame.
    main.querySelectorAll("#picture img").forEach((picture) => {
      const hide = () => { picture.closest("figure").hidden = true; };
      if (picture.complete && !picture.naturalWidth && picture.currentSrc) hide(); else picture.addEventListener("error", hide);
    });
  }
  enhance();
})();
