// Anlan's one script. Every page works without it; it adds live tail, copy buttons, zooming by the histogram and the keyboard.
"use strict";
(() => {
  const $ = (selector) => document.querySelector(selector);
  const LIVE_MS = 1000;
  const LIVE_ROWS_KEPT = 500;

  // On a phone the rail is one line: where one is stands in sight.
  const here = $(".rail a[aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;

  // Copy buttons: shown only where a script can serve them.
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    const word = button.textContent;
    button.addEventListener("click", async () => {
      const block = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(block.textContent);
        button.textContent = document.body.dataset.copied;
        setTimeout(() => { button.textContent = word; }, 1500);
      } catch {
        getSelection().selectAllChildren(block);
      }
    });
  }

  // Histogram: a click on a bar asks for its stretch of time.
  const chart = $("svg.histogram");
  if (chart) {
    chart.dataset.zoom = "";
    const step = Number(chart.dataset.step);
    const start = Number(chart.dataset.start);
    const written = (seconds) => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 19);
    chart.addEventListener("click", (event) => {
      const bar = event.target.closest("rect");
      if (!bar || step <= 1) return;
      const from = start + Number(bar.dataset.i) * step;
      const address = new URL(location.href);
      address.searchParams.delete("before");
      address.searchParams.set("range", "custom");
      address.searchParams.set("since", written(from));
      address.searchParams.set("until", written(from + step));
      location.assign(address);
    });
  }

  // Live tail. Rows are built from text, never from HTML.
  const ask = async (after) => {
    const query = new URLSearchParams({ q: new URLSearchParams(location.search).get("q") || "" });
    if (after) query.set("after", after);
    const answer = await fetch("/logs/live?" + query, { headers: { accept: "application/json" } });
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const cell = (row, className) => {
    const td = row.insertCell();
    td.className = className;
    return td;
  };
  const drawn = (line, failed) => {
    const row = document.createElement("tr");
    row.className = "new";
    const link = document.createElement("a");
    link.href = "/logs/" + encodeURIComponent(line.seq);
    link.title = line.exact;
    link.textContent = line.time;
    cell(row, "mono num nowrap").append(link);
    cell(row, "").append(line.source);
    cell(row, "mono").append(line.host);
    const message = cell(row, "mono message");
    if (line.program) {
      const program = document.createElement("span");
      program.className = "program";
      program.textContent = line.program;
      message.append(program, " ");
    }
    if (line.failed) {
      const tag = document.createElement("span");
      tag.className = "tag bad";
      tag.textContent = failed;
      message.append(tag, " ");
    }
    // Kinds of parts: 0 plain, 1 a word of the query, 2 a control character made visible.
    for (const [text, kind] of line.parts) {
      if (kind === 0) { message.append(text); continue; }
      const part = document.createElement(kind === 1 ? "mark" : "span");
      if (kind === 2) part.className = "ctl";
      part.textContent = text;
      message.append(part);
    }
    return row;
  };

  const live = $("#live");
  const rows = $("#rows");
  if (live && rows) {
    live.hidden = false;
    let timer = 0;
    let after = "";
    const stop = (word) => {
      clearTimeout(timer);
      timer = 0;
      live.setAttribute("aria-pressed", "false");
      live.textContent = word;
    };
    const turn = async () => {
      let answer;
      try {
        answer = await ask(after);
      } catch {
        stop(live.dataset.lost);
        return;
      }
      if (!timer) return;
      after = answer.after;
      if (answer.rows.length) {
        rows.parentElement.hidden = false;
        const empty = $(".empty");
        if (empty) empty.remove();
      }
      live.textContent = answer.more ? live.dataset.more : live.dataset.on;
      for (const line of answer.rows.reverse()) rows.prepend(drawn(line, live.dataset.failed));
      while (rows.rows.length > LIVE_ROWS_KEPT) rows.rows[rows.rows.length - 1].remove();
      timer = setTimeout(turn, LIVE_MS);
    };
    live.addEventListener("click", () => {
      if (timer) { stop(live.dataset.off); return; }
      after = "";
      live.setAttribute("aria-pressed", "true");
      live.textContent = live.dataset.on;
      timer = setTimeout(turn, 0);
    });
  }

  // No line yet: wait for the first one.
  if ($("#waiting")) {
    let after = "";
    const wait = async () => {
      try {
        const answer = await ask(after);
        if (answer.rows.length) { location.reload(); return; }
        after = after || answer.after;
      } catch { /* the page stays as it is */ }
      setTimeout(wait, LIVE_MS);
    };
    wait();
  }

  // Reading a law: another version opens at the article that is being read.
  const versions = $("#versions");
  if (versions) {
    versions.addEventListener("click", (event) => {
      const to = event.target.closest("a[data-version]");
      const read = [...document.querySelectorAll(".law article")].find((article) => article.getBoundingClientRect().bottom > 80);
      const same = to && read && scrollY > 0 && read.querySelector(`aside a[href^="${to.dataset.version}?"]`);
      if (same) to.href = same.href;
    });
  }

  // Keyboard: comfort, never the only way.
  let chosen = -1;
  const choose = (step) => {
    if (!rows || !rows.rows.length) return;
    if (rows.rows[chosen]) rows.rows[chosen].removeAttribute("aria-selected");
    chosen = Math.max(0, Math.min(rows.rows.length - 1, chosen + step));
    rows.rows[chosen].setAttribute("aria-selected", "true");
    rows.rows[chosen].scrollIntoView({ block: "nearest" });
  };
  // A record beside its list: our own page, read as a document and shown without its frame.
  const peek = $("#peek");
  const look = async (link) => {
    if (!link) return;
    try {
      const answer = await fetch(link.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const title = document.createElement("h2");
      const open = document.createElement("a");
      open.href = link.href;
      open.textContent = page.querySelector("h1").textContent;
      title.append(open);
      peek.replaceChildren(title, document.adoptNode(page.querySelector(".cols")));
      peek.showModal();
    } catch { location.assign(link.href); }
  };
  let going = false;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) { typing.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = $("#keys");
    if (going) {
      going = false;
      const place = /^[a-z]$/.test(event.key) && $(`[data-go="${event.key}"]`);
      if (place) location.assign(place.href);
      return;
    }
    if (event.key === "g") going = true;
    else if (event.key === "/" && $("#q, #find")) { event.preventDefault(); $("#q, #find").select(); }
    else if (event.key === "c" && $("[data-key=c]")) location.assign($("[data-key=c]").href);
    else if (event.key === "x" && rows && rows.rows[chosen]) { const box = rows.rows[chosen].querySelector("input[type=checkbox]"); if (box) box.checked = !box.checked; }
    else if (event.key === "o" && rows && rows.rows[chosen]) { const link = rows.rows[chosen].querySelector("[data-open]"); if (link) location.assign(link.href); }
    else if (event.key === "j") choose(1);
    else if (event.key === "k") choose(-1);
    else if (event.key === "Enter" && rows && rows.rows[chosen] && !event.target.closest("a, button, summary")) {
      if (peek) look(rows.rows[chosen].querySelector("[data-open]")); else rows.rows[chosen].querySelector("a").click();
    }
    else if (event.key === "?" && keys && keys.showModal) keys.showModal();
  });
})();
