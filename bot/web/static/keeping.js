// Uploads, and looking again at a job that runs. Everything else on the page works without this.
"use strict";
(() => {
  const live = document.getElementById("live");

  async function post(address, body) {
    live.textContent = "Working.";
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) { live.textContent = said.detail; alert(said.detail); return; }
    location.reload();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-upload]")) return;
    event.preventDefault();
    const file = form.elements.file.files[0];
    if (file.size > Number(form.dataset.most)) { alert(`The file is longer than ${form.dataset.most} bytes.`); return; }
    const said = new URLSearchParams({ name: file.name });
    for (const name of ["title", "publisher", "year"]) said.set(name, form.elements[name].value);
    post(`${form.dataset.upload}?${said}`, file);
  });
  // A job that runs is looked at again; a person who types is left alone.
  if (document.querySelector('[data-state="running"]')) setTimeout(() => location.reload(), 3000);
})();
