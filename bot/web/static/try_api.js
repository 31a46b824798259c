// The page /api/try: send what a form holds, and show what comes back as text.
"use strict";

for (const form of document.querySelectorAll("form.try")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const shown = form.querySelector("pre");
    shown.hidden = false;
    shown.textContent = "Looking …";
    try {
      shown.textContent = await sent(form);
    } catch {
      shown.textContent = "The server cannot be reached. Try again.";
    }
  });
}

async function sent(form) {
  const address = addressOf(form);
  const body = form.elements.body;
  const more = body ? { body: body.value, headers: { "Content-Type": "application/json" } } : {};
  const answer = await fetch(address, { method: form.dataset.method, ...more });
  return `${form.dataset.method} ${address}\n${answer.status} ${answer.statusText}\n\n${await textOf(answer)}`;
}

function addressOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("input")) {
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value) query.append(field.name, field.value);
  }
  return String(query) ? `${path}?${query}` : path;
}

async function textOf(answer) {
  const kind = answer.headers.get("content-type") || "";
  if (kind.startsWith("image/")) return `a picture of ${(await answer.blob()).size} bytes`;
  const text = await answer.text();
  return kind.includes("json") && text ? JSON.stringify(JSON.parse(text), null, 2) : text;
}
