/* Comfort only: every core job works without this file. No framework, no globals. */
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (target, type, action) => target.addEventListener(type, action);
  const store = (action) => { try { return action(sessionStorage); } catch { return null; } };
  const say = (text) => { document.getElementById("live").textContent = text; };
  root.classList.add("js");

  /* Leave: nothing on the screen, nothing in this tab, no way back to the page. */
  const link = document.querySelector("[data-leave]");
  const leave = () => {
    document.body.hidden = true;
    document.title = " ";
    store((s) => s.clear());
    location.replace(link.href);
  };
  let presses = 0;
  let alone = false;
  let timer;
  if (link) {
    on(link, "click", (event) => { event.preventDefault(); leave(); });
    on(document, "keydown", (event) => {
      alone = event.key === "Shift";
      if (!alone) presses = 0;
    });
    on(document, "keyup", (event) => {
      if (event.key !== "Shift" || !alone) return;
      clearTimeout(timer);
      timer = setTimeout(() => { presses = 0; say(""); }, 5000);
      presses += 1;
      if (presses > 2) leave();
      else say(presses > 1 ? link.dataset.twice : link.dataset.once);
    });
  }

  /* A page of somebody signed in is never shown again from the back button's memory. */
  on(window, "pageshow", (event) => {
    if (!event.persisted) return;
    if ("known" in root.dataset) { document.body.hidden = true; location.reload(); }
    all("form[data-once]").forEach(ready);
  });

  /* Drafts stay in this tab until they are sent; a try-it box is never sent. */
  const key = (area) => `draft ${location.pathname} ${area.name || area.id}`;
  all("textarea[data-draft], textarea[data-try]").forEach((area) => {
    area.value = area.value || store((s) => s.getItem(key(area))) || "";
    on(area, "input", () => store((s) => s.setItem(key(area), area.value)));
  });

  /* One press sends once; the button says so and keeps the focus. */
  const ready = (form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => {
      button.removeAttribute("aria-disabled");
      button.querySelector("span").textContent = button.dataset.rest;
    });
  };
  on(document, "submit", (event) => {
    const form = event.target;
    if (!("once" in form.dataset)) return;
    if ("sent" in form.dataset) { event.preventDefault(); return; }
    form.dataset.sent = "";
    all("textarea[data-draft]", form).forEach((area) => store((s) => s.removeItem(key(area))));
    const button = event.submitter || form.querySelector("button.btn:not([type=button])");
    const words = button && button.querySelector("span");
    if (!words) return;
    button.setAttribute("aria-disabled", "true");
    button.dataset.rest = words.textContent;
    words.textContent = button.dataset.busy || form.dataset.once;
  });

  /* Put in order: two buttons move a row; the numbers that are sent stay in their fields. */
  const renumber = (list) => [...list.children].forEach((row, index) => {
    row.querySelector(".no").textContent = index + 1;
    row.querySelector("input").value = index + 1;
  });
  const icons = document.querySelector("use");
  const mover = (list, row, way) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn s";
    const label = row.querySelector("label").textContent;
    button.setAttribute("aria-label", `${list.dataset[way]}: ${label}`);
    const sprite = icons.getAttribute("href").split("#")[0];
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#chevron-${way}"></use></svg>`;
    on(button, "click", () => {
      const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (way === "up") other.before(row); else other.after(row);
      renumber(list);
      button.focus();
      say(`${label}: ${list.dataset.said} ${[...list.children].indexOf(row) + 1}`);
    });
    return button;
  };
  all("[data-order]").forEach((list) => {
    [...list.children]
      .sort((a, b) => a.querySelector("input").value - b.querySelector("input").value)
      .forEach((row) => {
        row.querySelector("input").type = "hidden";
        row.append(mover(list, row, "up"), mover(list, row, "down"));
        list.append(row);
      });
    renumber(list);
  });

  /* Menus close on Escape and on a press elsewhere. */
  const close = (except) => all("details.pop[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  on(document, "click", (event) => {
    const target = event.target;
    close(target.closest("details.pop"));
    const button = target.closest("button, a");
    if (!button) return;
    const data = button.dataset;
    if ("print" in data) window.print();
    if ("anchor" in data) button.hash = location.hash;
    if ("reveal" in data) {
      const field = document.getElementById(data.reveal);
      field.type = field.type === "password" ? "text" : "password";
      [button.textContent, data.other] = [data.other, button.textContent];
    }
    if ("copy" in data) {
      const source = document.getElementById(data.copy);
      navigator.clipboard.writeText((source.value || source.innerText).trim()).then(() => say(data.said));
    }
  });
  on(document, "keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.pop[open]");
    close();
    if (menu) menu.querySelector("summary").focus();
  });

  /* Two minutes before the idle log-out one press keeps the session; after it the page goes. */
  const warning = document.querySelector("[data-idle-warning]");
  if (warning) {
    let since = Date.now();
    on(warning.querySelector("[data-stay]"), "click", () => {
      fetch(location.href, { method: "HEAD" }).then(() => { since = Date.now(); warning.hidden = true; });
    });
    setInterval(() => {
      const left = root.dataset.idle - (Date.now() - since) / 1000;
      if (left < 0) location.replace(location.href.split("#")[0]);
      else warning.hidden = left > 120;
    }, 5000);
  }

  all("[data-toast]").forEach((toast) => {
    setTimeout(() => toast.remove(), toast.querySelector("a, button") ? 12000 : 6000);
  });
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();
})();
