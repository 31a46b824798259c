// <script src="https://ask.example.org/widget.js" defer></script> and <localism-ask>…</localism-ask>, anywhere on a page.
"use strict";
(() => {
  const server = new URL(".", document.currentScript.src).href;
  const style = `
    :host { display: block; max-width: 40rem; color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
      --paper: #fffdf9; --ink: #2a231e; --soft: #5d5149; --line: #c9bca9; --brick: #8f3517; --on-brick: #fffaf3; --marker: #ffe69a; --marker-line: #b97f00; }
    @media (prefers-color-scheme: dark) { :host { --paper: #241f1b; --ink: #f2e9dd; --soft: #c9bbab; --line: #6a5d50; --brick: #f3a683; --on-brick: #2b1208; --marker: #5e4a0f; --marker-line: #e4bb4c; } }
    * { box-sizing: border-box; }
    div.all { background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: .8rem; padding: 1rem; }
    form { display: flex; flex-wrap: wrap; gap: .5rem; } label { width: 100%; font-weight: 600; }
    input { flex: 1 1 12rem; min-width: 0; font: inherit; padding: .5rem .7rem; border: 1px solid var(--soft); border-radius: .4rem; background: transparent; color: inherit; }
    button { font: inherit; font-weight: 600; padding: .5rem 1rem; border: 0; border-radius: .4rem; background: var(--brick); color: var(--on-brick); cursor: pointer; }
    :focus-visible { outline: .2rem solid var(--marker-line); outline-offset: .1rem; }
    a { color: var(--brick); } p { margin: .6rem 0 0; } ol { list-style: none; margin: 0; padding: 0; }
    li { border-top: 1px solid var(--line); margin-top: .9rem; padding-top: .7rem; }
    blockquote { margin: 0; font: 1.05rem/1.55 Georgia, serif; white-space: pre-line; unicode-bidi: isolate; overflow-wrap: anywhere; }
    mark { background: var(--marker); color: inherit; border-bottom: .12rem solid var(--marker-line); }
    .soft { color: var(--soft); font-size: .9rem; }`;
  const heads = { answered: "What the texts say", uncertain: "This may not answer your question", not_found: "Nothing found that answers this" };
  const make = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  // Ranges count characters as Unicode does, strings in JavaScript do not.
  function quoted(passage) {
    const letters = [...passage.quote], block = make("blockquote", "", { dir: "auto", cite: `${server}p/${passage.id}` });
    let at = 0;
    for (const [start, end] of passage.highlights) {
      block.append(letters.slice(at, start).join(""), make("mark", letters.slice(start, end).join("")));
      at = end;
    }
    block.append(letters.slice(at).join(""));
    return block;
  }

  customElements.define("localism-ask", class extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      root.adoptedStyleSheets = [sheet];
      const all = make("div", "", { class: "all" }), form = make("form", "", { role: "search", action: server, method: "get" });
      this.input = make("input", "", { id: "q", name: "q", maxlength: "2000", required: "", autocomplete: "off" });
      form.append(make("label", this.getAttribute("label") || "Ask about local rights", { for: "q" }), this.input, make("button", "Ask"));
      this.found = make("div", "", { role: "status" });
      form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(); });
      all.append(form, this.found);
      root.append(all);
    }

    async ask() {
      const question = this.input.value;
      this.found.replaceChildren(make("p", "Looking for passages."));
      try {
        const answer = await fetch(`${server}api/ask`, {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ question, limit: 2 }) });
        const body = await answer.json();
        if (answer.ok) this.show(body, question); else this.found.replaceChildren(make("p", body.detail));
      } catch {
        this.found.replaceChildren(make("p", "The server cannot be reached at this moment. Try again later."));
      }
    }

    show(answer, question) {
      const list = make("ol");
      for (const passage of answer.passages) {
        const line = make("li"), source = make("p", "", { class: "soft" });
        source.append(make("cite", passage.citation.text), " ", make("a", "Show in context", { href: `${server}p/${passage.id}`, target: "_blank", rel: "noopener" }));
        line.append(quoted(passage), source);
        list.append(line);
      }
      const more = make("p");
      more.append(make("a", "All answers and follow-up questions", { href: `${server}?q=${encodeURIComponent(question)}`, target: "_blank", rel: "noopener" }));
      const parts = [make("p", heads[answer.status])];
      if (answer.definition) parts.push(make("p", `${answer.definition.term}: ${answer.definition.definition}`));
      if (answer.signpost) parts.push(make("p", answer.signpost));
      this.found.replaceChildren(...parts, list, more);
    }
  });
})();
