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
    .section { font-weight: 600; } .pointer { white-space: pre-line; } ul { margin: .3rem 0 0; padding-left: 1.2rem; } ul li { border: 0; margin: 0; padding: .1rem 0; }
    .soft { color: var(--soft); font-size: .9rem; }`;
  const heads = { answered: "What the texts say", uncertain: "This may not answer your question", not_found: "Nothing found that answers this" };
  // As on our own page: a test compares them.
  const reasons = {
    answered: "Quoted word for word. The sentences that answer are marked.",
    uncertain: "These quotes are the nearest there are. Read them with care, and look at the page around them.",
    not_found: "No passage here is near enough to be shown as an answer, so none is shown.",
  };
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
      this.input = make("input", "", { id: "q", name: "q", maxlength: "2000", required: "", autocomplete: "off", dir: "auto" });
      form.append(make("label", this.getAttribute("label") || "Ask about local rights", { for: "q" }), this.input, make("button", "Ask"));
      this.found = make("div", "", { role: "status" });
      form.addEventListener("submit", (event) => {
        if (this.plain) return; // the browser sends it, and the answer opens on our own page
        event.preventDefault();
        this.ask();
      });
      all.append(form, this.found);
      root.append(all);
    }

    async ask() {
      const question = this.input.value;
      this.found.replaceChildren(make("p", "Looking for passages."));
      const mine = this.latest = (this.latest || 0) + 1;
      try {
        const answer = await fetch(`${server}api/ask`, {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ question, limit: 2 }) });
        const body = await answer.json();
        if (mine !== this.latest) return; // a newer question was asked meanwhile
        if (answer.ok) this.show(body, question); else this.found.replaceChildren(make("p", body.detail));
      } catch {
        if (mine === this.latest) this.fallBack(question);
      }
    }

    // A browser says the same of a server that is away and of one that does not let this site read its answers. In both cases a plain
    // form is what works: it opens the answer over there.
    fallBack(question) {
      this.plain = true;
      const said = make("p", "The answer cannot be shown on this page. ");
      said.append(make("a", "Read it there", { href: `${server}?q=${encodeURIComponent(question)}` }), ". The box now opens answers there, too.");
      this.found.replaceChildren(said);
    }

    // Where somebody is sent on: an address in it can be pressed.
    pointer(text) {
      const said = make("p", "", { class: "pointer" });
      for (const part of text.split(/(https:\/\/\S+)/)) said.append(part.startsWith("https://") ? make("a", part, { href: part, rel: "noopener noreferrer", target: "_blank" }) : part);
      return said;
    }

    // Sections by name: beside what is not sure, or instead of it; a refusal leads to all sources too.
    near(answer) {
      const refused = !answer.passages.length, titles = make("ul"), sources = make("p");
      for (const section of answer.nearest_sections) {
        const line = make("li");
        line.append(make("a", section.heading || section.title, { href: `${server}p/${section.passage}`, target: "_blank", rel: "noopener" }));
        titles.append(line);
      }
      sources.append(make("a", "All sources", { href: `${server}sources`, target: "_blank", rel: "noopener" }));
      const named = titles.children.length ? [make("p", refused ? "The nearest sections are:" : "Is another section meant?"), titles] : [];
      return refused ? [...named, sources] : named;
    }

    show(answer, question) {
      const list = make("ol");
      for (const passage of answer.passages) {
        const line = make("li"), source = make("p", "", { class: "soft" }), section = passage.citation.section.split(" > ").pop();
        const notice = passage.citation.notice ? `. ${passage.citation.notice} ` : " ";
        if (section) line.append(make("p", section, { class: "section" }));
        source.append(make("cite", passage.citation.text), notice, make("a", "Show in context", { href: `${server}p/${passage.id}`, target: "_blank", rel: "noopener" }));
        line.append(quoted(passage), source);
        list.append(line);
      }
      const more = make("p");
      more.append(make("a", "All answers and follow-up questions", { href: `${server}?q=${encodeURIComponent(question)}`, target: "_blank", rel: "noopener" }));
      const parts = [make("p", heads[answer.status], { class: "section" }), make("p", reasons[answer.status], { class: "soft" })];
      if (answer.mended.length) parts.push(make("p", `Understood ${answer.mended.map((word) => `“${word.typed}” as “${word.read}”`).join(", ")}.`, { class: "soft" }));
      if (answer.definition) parts.push(make("p", `${answer.definition.term}: ${answer.definition.definition}`));
      const onward = answer.signpost ? [this.pointer(answer.signpost)] : [];
      const shown = answer.passages.length ? [list, ...this.near(answer), ...onward] : [...onward, ...this.near(answer)];
      const law = make("p", "Quotes only, word for word. Not legal advice: check the current law before you act.", { class: "soft" });
      this.found.replaceChildren(...parts, ...shown, more, law);
    }
  });
})();
