// Asking without loading the whole page again. Everything here is an extra: the page works without it.
"use strict";
(() => {
  const main = document.getElementById("main"), live = document.getElementById("live"), waiting = document.getElementById("waiting");
  waiting.setAttribute("aria-hidden", "true");  // live says the same to who listens
  const here = () => location.pathname + location.search;
  const SLOW = 2000; // milliseconds after which more is said than "Looking…"
  let shown = here(), latest = 0, stop = null;

  const say = (text) => { live.textContent = text; };
  // The other scripts look at what was shown anew, and say things in the same place.
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`localism:${name}`, { detail }));
  document.addEventListener("localism:say", (event) => say(event.detail));

  // A question that is looked for: said, shown, and no second press of the button. Returns what ends it.
  function looking(form) {
    const button = form && form.querySelector(".box button"), before = button && button.textContent;
    const state = (text) => { say(text); waiting.textContent = text; waiting.hidden = false; };
    main.setAttribute("aria-busy", "true");
    if (button) { button.disabled = true; button.textContent = "Looking…"; }
    state("Looking for passages …");
    const slow = setTimeout(() => state("Still looking: the server is busy. Your question is kept."), SLOW);
    return () => {
      clearTimeout(slow);
      if (button) { button.disabled = false; button.textContent = before; }
    };
  }

  // A question may overtake the one before it: whatever answers an older one is thrown away.
  async function show(address, { push = true, form = null } = {}) {
    const mine = ++latest;
    if (stop) stop();
    const abort = new AbortController(), end = looking(form);
    stop = () => { abort.abort(); end(); };
    const found = await pageAt(address, abort.signal);
    if (mine !== latest) return;
    stop = null;
    end();
    main.removeAttribute("aria-busy");
    waiting.hidden = true;
    if (found.page) put(found.page, address, push); else fail(found.fault, address, form, push);
  }

  async function pageAt(address, signal) {
    let answer;
    try {
      answer = await fetch(address, { headers: { Accept: "text/html" }, signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // A page of ours about a question has its form; anything else comes from a fault, ours or a proxy's.
      if (page.querySelector("#main [data-ask]")) return { page };
    } catch {
      return { fault: navigator.onLine === false ? "This device is offline. Your question is kept." : "The server cannot be reached at this moment. Your question is kept." };
    }
    if (answer.status === 429) return { fault: `That was a lot of questions. Try again in ${answer.headers.get("Retry-After") || "some"} seconds; your question is kept.` };
    return { fault: "The server could not answer at this moment. Your question is kept." };
  }

  function put(page, address, push) {
    if (push) history.pushState({}, "", address);
    shown = here();
    document.title = page.title;
    main.replaceChildren(...page.getElementById("main").childNodes);
    tell("shown");
    const head = main.querySelector("#verdict, .fault");
    say(head ? head.textContent.trim() : document.title);
    if (!push || !head) return;
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" }); // the question stands above its answer
  }

  function fail(fault, address, form, push) {
    main.querySelectorAll("[data-fault]").forEach((old) => old.remove());
    const said = document.createElement("p"), again = document.createElement("button");
    said.className = "fault"; said.dataset.fault = ""; said.setAttribute("role", "alert");
    again.type = "button"; again.textContent = "Try again";
    again.addEventListener("click", () => show(address, { push, form }));
    said.append(`${fault} `, again);
    const question = new URL(address, location.href).searchParams.get("q") || "";
    const place = form && form.isConnected ? form : main.querySelector("form[data-ask]");
    const box = place && place.querySelector("textarea");
    if (box && !box.value) { box.value = question; box.dispatchEvent(new Event("grow")); }
    (place || main.lastElementChild).after(said);
    say(fault);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-ask]")) return;
    event.preventDefault();
    show(`${form.action}?${new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""))}`, { form });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-ask]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); show(link.href); }
  });
  // A jump inside the page changes the address too, but only behind the "#".
  window.addEventListener("popstate", () => { if (here() !== shown) show(location.href, { push: false }); });

  // A box as high as its question. Enter asks, as in a line; with Shift it begins a new one.
  const grow = (box) => { box.style.height = "auto"; box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`; };
  for (const name of ["input", "grow"]) document.addEventListener(name, (event) => { if (event.target.matches(".box textarea")) grow(event.target); }, true);
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches("details.again[open]")) return;
    const box = event.target.querySelector("textarea");
    grow(box);
    box.focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented || !event.target.matches(".box textarea")) return;
    event.preventDefault();
    if (!event.target.form.querySelector(".box button").disabled) event.target.form.requestSubmit();
  });

  function enhance() {
    main.querySelectorAll(".box textarea").forEach(grow);
    // A page that takes too long to draw has no picture: the quote stands without an empty frame.
    main.querySelectorAll("#picture img").forEach((picture) => {
      const hide = () => { picture.closest("figure").hidden = true; };
      if (picture.complete && !picture.naturalWidth && picture.currentSrc) hide(); else picture.addEventListener("error", hide);
    });
  }
  document.addEventListener("localism:shown", enhance);
  enhance();
})();
