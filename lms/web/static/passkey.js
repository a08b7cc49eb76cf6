// Passkeys: a form with data-passkey asks the browser first and sends what it answers. Without script it stays hidden.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const readable = (options) => {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const name of ["excludeCredentials", "allowCredentials"])
      for (const one of options[name] || []) one.id = bytes(one.id);
    return options;
  };

  const answer = (made) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (made.response[name]) response[name] = text(made.response[name]);
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!navigator.credentials || !window.PublicKeyCredential) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.answer.value) return;
      event.preventDefault();
      const error = form.querySelector("[role=alert]");
      error.hidden = true;
      const options = readable(JSON.parse(form.dataset.passkey));
      try {
        const made = await (options.user
          ? navigator.credentials.create({ publicKey: options })
          : navigator.credentials.get({ publicKey: options }));
        form.answer.value = answer(made);
        form.submit();
      } catch {
        error.textContent = form.dataset.failed;
        error.hidden = false;
      }
    });
  }
})();
