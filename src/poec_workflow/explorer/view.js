"use strict";
// Draws the page from a situation and a journey; it keeps nothing of its own but the language.

const DATA = JSON.parse(document.getElementById("data").textContent);
let lang = document.documentElement.lang;

const byId = (id) => document.getElementById(id);
const word = (name, values = {}) =>
  DATA.words[lang][name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
const labelOf = (dimension, place) => DATA.dimensions[dimension][place].labels[lang];
const stateLabel = (state) => (state === null ? word("nothing") : DATA.states[state].labels[lang]);
const commandLabel = (name) => commandOf(DATA, name).labels[lang];

/** An element with properties, and children that are elements or texts. */
function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A labelled choice among a dimension's options; `more` come before them. */
function choice(id, label, dimension, at, change, more = []) {
  const select = el("select", { id, onchange: () => change(dimension, Number(select.value)) });
  for (const [value, text] of more) select.append(el("option", { value }, text));
  DATA.dimensions[dimension].forEach((option, place) => {
    select.append(el("option", { value: place }, option.labels[lang]));
  });
  select.value = at[dimension];
  return el("div", { className: "field" }, el("label", { htmlFor: id }, label), select);
}

/** Every text that stands still, in the language. */
function drawWords() {
  document.documentElement.lang = lang;
  document.title = `${word("title")} · ${DATA.titles[lang]}`;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = word(each.dataset.word);
  for (const each of document.querySelectorAll("[data-label]")) each.setAttribute("aria-label", word(each.dataset.label));
  for (const each of document.querySelectorAll("[data-lang]")) each.setAttribute("aria-pressed", each.lang === lang);
  document.querySelector(".subject").textContent = DATA.titles[lang];
  byId("foot").textContent = word("foot", DATA.example);
  byId("picture").replaceChildren(byId(`picture-${lang}`).content.cloneNode(true));
}

function drawWhere(at) {
  byId("state").textContent = stateLabel(at.state);
  byId("final").textContent = at.state !== null && DATA.states[at.state].final ? word("final") : "";
}

/** The picture with the state that is now, those that were, and the arcs that were taken. */
function drawPicture(at, steps) {
  const picture = byId("picture");
  for (const each of picture.querySelectorAll(".current, .taken, .visited")) {
    each.classList.remove("current", "taken", "visited");
  }
  const box = (state) => picture.querySelector(`[data-state="${DATA.states[state].name}"]`);
  for (const { before, answer: given } of steps.filter((step) => !step.answer.refusals.length)) {
    const source = before === null ? "" : DATA.states[before].name;
    for (const row of picture.querySelectorAll(`[data-rule="${given.row.id}"]`)) {
      if (!row.dataset.sources.split(" ").includes(source)) continue;
      row.classList.add("taken");
      if (row.closest(".arc")) row.closest(".arc").classList.add("taken");
    }
    box(given.to).classList.add("visited");
  }
  if (at.state === null) return;
  const here = box(at.state);
  here.classList.add("current");
  const [inner, outer] = [here.getBoundingClientRect(), picture.getBoundingClientRect()];
  picture.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

/** The facts that anybody may change at any time. */
function drawFacts(at, change) {
  byId("fact-today").max = DATA.dimensions.today.length - 1;
  byId("fact-today").value = at.today;
  byId("fact-today").setAttribute("aria-valuetext", labelOf("today", at.today));
  byId("day").textContent = labelOf("today", at.today);
  redrawn(byId("landmarks"), Object.entries(DATA.landmarks).map(([name, place]) =>
    el("button", { type: "button", id: `day-${name}`, "aria-pressed": at.today === place, onclick: () => change("today", place) },
      DATA.landmarkLabels[lang][name])));
  const anybody = { actor: [[-1, word("anybody")]] };
  const fields = ["actor", "action", "session", "seats", "quota", "live"].map((name) =>
    choice(`fact-${name}`, word(name), name, at, change, anybody[name]));
  redrawn(byId("facts"), fields);
}

/** What happened before, which a journal can't tell once it was changed by hand. */
function drawPast(at, change) {
  const nothing = at.state === null ? [["", word("nothing")]] : [];
  const fields = [choice("fact-state", word("stateFact"), "state", at, change, nothing)];
  const days = (name, label) => choice(`fact-${name}`, label, name, at, change);
  if (at.state !== null) {
    fields.push(days("registered", word("registered")), days("attempts", word("attempts")));
    for (let place = 1; place <= at.attempts; place += 1) {
      const which = word(["", "last", "before"][place] || "earliest", { place });
      fields.push(days(`convoked.${place}`, `${word("convoked")} (${which})`));
      fields.push(days(`entered.${place}`, `… ${word("entered")}`));
    }
  }
  byId("by-hand").hidden = !at.byHand;
  redrawn(byId("past"), fields);
}

/** Fields drawn anew, with the focus where it was. */
function redrawn(place, fields) {
  const focused = document.activeElement && place.contains(document.activeElement) ? document.activeElement.id : null;
  place.replaceChildren(...fields);
  if (focused && byId(focused)) byId(focused).focus();
}

function drawNotices(notes) {
  const told = DATA.untold.map(({ rule, command, looks, tabled }) =>
    word(tabled ? "looksAside" : "looksTooMuch", { rule, command: commandLabel(command), looks: looks.join(", ") }));
  byId("notices").hidden = notes.length + told.length === 0;
  byId("notices").replaceChildren(...[...notes, ...told].map((text) => el("p", { className: "notice" }, text)));
}

/** The journey, step by step, and as a journal. */
function drawJourney(steps) {
  byId("empty").hidden = steps.length > 0;
  byId("undo").disabled = byId("restart").disabled = steps.length === 0;
  byId("steps").replaceChildren(...steps.map(stepItem));
  const { lines, untold } = journal(DATA, steps);
  const own = lines.some((line) => line.step !== null);
  byId("journal").value = own ? lines.map(({ line }) => `${JSON.stringify(line)}\n`).join("") : "";
  byId("copy-journal").disabled = !own;
  byId("copied").textContent = "";
  const why = untold.map((each) => `${word("step", { number: each.index + 1 })} (${word(each.why)})`);
  byId("untold").replaceChildren(
    ...(why.length ? [el("p", { className: "notice" }, `${word("untold")} ${why.join(" ; ")}.`)] : []));
}

function stepItem({ name, answer: given, before }) {
  const refused = given.refusals.length > 0;
  const outcome = refused
    ? given.refusals.map(({ code }) => el("code", {}, code))
    : [before === null ? stateLabel(given.to) : `${stateLabel(before)} → ${stateLabel(given.to)}`];
  return el("li", { className: refused ? "no" : "yes" },
    el("span", { className: "glyph", "aria-hidden": "true" }, refused ? "✗" : "✓"),
    el("span", {},
      el("strong", {}, commandLabel(name)), ` ${word("actedAs", { actor: labelOf("actor", given.at.actor) })}, `,
      `${labelOf("today", given.at.today)} — `, refused ? `${word("refused")} ` : "", ...outcome,
      given.row && !refused ? el("small", {}, ` ${given.row.id}`) : null));
}
