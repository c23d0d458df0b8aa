"use strict";
/* What works better with a script; every page works without one. */

// A choice that is made at once: the button beside it is for who has no script.
for (const select of document.querySelectorAll("select[data-submits]")) {
  const button = select.form.querySelector("button[type=submit]");
  if (button) button.hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit());
}

// A form that is sent once: the key in it would send it once anyway, but who clicks twice should see that once is enough.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
}
// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// What was refused is read first.
const refused = document.querySelector("[data-focus]");
if (refused) refused.focus();
