// Uploads, and looking again at a job that runs. Everything else on the page works without this.
"use strict";
(() => {
  const live = document.getElementById("live");
  const MEBIBYTE = 2 ** 20;

  function refuse(form, text) {
    const place = form.querySelector("[data-said]");
    place.textContent = text;
    place.hidden = false;
    live.textContent = "";
  }

  async function post(form, address, body) {
    const button = form.querySelector("button");
    button.disabled = true;
    live.textContent = "Working.";
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (answer.ok) { location.reload(); return; }
      refuse(form, said.detail);
    } catch {
      refuse(form, "The server cannot be reached at this moment. Nothing was changed; try again.");
    }
    button.disabled = false;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-upload]")) return;
    event.preventDefault();
    const file = form.elements.file.files[0], most = Number(form.dataset.most);
    if (file.size > most) { refuse(form, `The file is longer than ${Math.floor(most / MEBIBYTE)} MB. Take a shorter one.`); return; }
    const said = new URLSearchParams({ name: file.name });
    for (const name of ["title", "publisher", "year"]) said.set(name, form.elements[name].value);
    post(form, `${form.dataset.upload}?${said}`, file);
  });
  // A job that runs is looked at again; a person who types is left alone.
  if (document.querySelector('[data-state="running"]')) setTimeout(() => location.reload(), 3000);
})();
