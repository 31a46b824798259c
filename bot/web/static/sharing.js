// Copying and sending a quote, and saying whether it helped. Without this the texts to copy and the form are there all the same.
"use strict";
(() => {
  const base = document.documentElement.dataset.base || "";
  const say = (text) => document.dispatchEvent(new CustomEvent("localism:say", { detail: text }));

  // The quote as it stands, where it stands, and the address of its page here.
  function partsOf(menu) {
    const part = (name) => menu.querySelector(`[data-part="${name}"]`).textContent.trim();
    const words = document.getElementById(`words-${menu.dataset.share}`) || document.querySelector(".text");
    const marked = words.matches(".text") ? [...words.querySelectorAll("mark")].map((mark) => mark.textContent).join("") : words.textContent;
    const cite = part("cite"), link = part("link");
    return { cite, link, text: `“${marked.trim()}”\n${cite}`, all: `“${marked.trim()}”\n${cite}\n${link}` };
  }

  async function copy(button) {
    const menu = button.closest("[data-share]");
    try {
      await navigator.clipboard.writeText(partsOf(menu)[button.dataset.copy]);
    } catch {
      getSelection().selectAllChildren(menu.querySelector(`[data-part="${button.dataset.copy === "link" ? "link" : "cite"}"]`));
      say("Copying is not allowed here. The text is selected: copy it yourself.");
      return;
    }
    const before = button.textContent;
    button.textContent = "Copied";
    say("Copied.");
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  function send(button) {
    const { text, link } = partsOf(button.closest("[data-share]"));
    navigator.share({ text, url: link }).catch(() => {}); // a person who closes the sheet has changed their mind
  }

  async function judge(form, button) {
    const body = JSON.stringify({ ...Object.fromEntries(new FormData(form)), verdict: button.value });
    const answer = await fetch(`${base}/api/feedback`, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
    const thanks = document.createElement("span");
    thanks.textContent = answer && answer.ok ? "Thank you. That helps us mend the sources." : "That could not be kept. Try again later.";
    form.replaceChildren(thanks);
    say(thanks.textContent);
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-said]")) return;
    event.preventDefault();
    judge(event.target, event.submitter);
  });
  document.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy]"), sender = event.target.closest("[data-send]");
    if (copier) copy(copier);
    if (sender) send(sender);
  });

  function enhance() {
    document.querySelectorAll("[data-share]").forEach((menu) => {
      const link = menu.querySelector('[data-part="link"]');
      link.textContent = new URL(link.textContent.trim(), location.href).href; // whole, where the operator named no address
      menu.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
      menu.querySelector("[data-send]").hidden = !navigator.share;
    });
  }
  document.addEventListener("localism:shown", enhance);
  enhance();
})();
