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

// Of a session: the quota that capacity and coefficient give, while they are typed.
for (const place of document.querySelectorAll("[data-quota]")) {
  const factors = ["capacity", "coefficient"].map((name) => ({
    shown: place.querySelector(`[data-quota-${name}]`),
    typed: place.querySelector(`input[name="${name}"]`),
  }));
  const product = place.querySelector("[data-quota-product]");
  place.addEventListener("input", () => {
    const values = factors.map((each) => (each.typed ? each.typed.value.trim() : each.shown.textContent.trim()));
    const known = values.every((value) => /^[0-9]{1,9}$/.test(value));
    factors.forEach((each, index) => { each.shown.textContent = values[index] || "?"; });
    product.textContent = known ? String(values[0] * values[1]) : "?";
  });
}
