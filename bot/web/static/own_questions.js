// A person's own questions, kept in this browser and nowhere else, and only where they have said so. One press clears them.
"use strict";
(() => {
  const PLACE = "localism.questions", MOST = 20;
  const read = () => {
    try { const held = JSON.parse(localStorage.getItem(PLACE)); return Array.isArray(held) ? held.filter((one) => typeof one === "string") : null; } catch { return null; }
  };
  const write = (questions) => {
    try { if (questions) localStorage.setItem(PLACE, JSON.stringify(questions)); else localStorage.removeItem(PLACE); } catch { /* a browser that keeps nothing */ }
  };

  // What was asked and answered; null means that nothing is to be kept.
  function remember() {
    const held = read(), asked = document.querySelector("#verdict") && document.querySelector("h1.asked");
    if (!held || !asked) return;
    const question = asked.textContent.trim();
    write([question, ...held.filter((one) => one !== question)].slice(0, MOST));
  }

  function list(place) {
    const held = read(), base = document.documentElement.dataset.base || "";
    place.hidden = false;
    place.querySelector("[data-keep]").checked = held !== null;
    place.querySelector("[data-forget]").hidden = !held || !held.length;
    place.querySelector("[data-kept]").replaceChildren(...(held || []).map((question) => {
      const line = document.createElement("li"), link = document.createElement("a");
      link.href = `${base}/?${new URLSearchParams({ q: question })}`;
      link.dataset.ask = ""; link.dir = "auto"; link.textContent = question;
      line.append(link);
      return line;
    }));
    place.querySelector("[data-kept]").hidden = !held || !held.length;
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keep]")) return;
    write(event.target.checked ? [] : null);
    list(event.target.closest("[data-mine]"));
  });
  document.addEventListener("click", (event) => {
    if (!event.target.matches("[data-forget]")) return;
    write([]);
    list(event.target.closest("[data-mine]"));
  });

  function enhance() {
    remember();
    const place = document.querySelector("[data-mine]");
    if (place) list(place);
  }
  document.addEventListener("localism:shown", enhance);
  enhance();
})();
