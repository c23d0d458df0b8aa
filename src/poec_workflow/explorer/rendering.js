"use strict";
// Renders the page from the facts and the steps; its only state is the language.

const DATA = JSON.parse(document.getElementById("data").textContent);
let lang = document.documentElement.lang;

const LEAST_WIDTH = 680; // pixels: a wide picture is scrolled rather than made too small to read, a narrow one fits

const byId = (id) => document.getElementById(id);
const word = (name, values = {}) =>
  DATA.words[lang][name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
const labelOf = (dimension, index) => DATA.dimensions[dimension][index].labels[lang];
const stateLabel = (state) => (state === null ? word("nothing") : DATA.states[state].labels[lang]);
/** Where a command leads: a final state says that all is closed then. */
const reached = (state) => `${stateLabel(state)}${DATA.states[state].final ? ` (${word("closed")})` : ""}`;
const commandLabel = (name) => commandOf(DATA, name).labels[lang];

/** Creates an element with properties, and with children that are elements or texts. */
function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Creates a labelled select of a dimension's options; those of `more` come first. */
function choice(id, label, dimension, facts, change, more = []) {
  const select = el("select", { id, onchange: () => change(dimension, Number(select.value)) });
  for (const [value, text] of more) select.append(el("option", { value }, text));
  DATA.dimensions[dimension].forEach((option, index) => {
    select.append(el("option", { value: index }, option.labels[lang]));
  });
  select.value = facts[dimension];
  return el("div", { className: "field" }, el("label", { htmlFor: id }, label), select);
}

/** Renders every fixed text in the current language. */
function renderTexts() {
  document.documentElement.lang = lang;
  document.title = `${word("title")} · ${DATA.titles[lang]}`;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = word(each.dataset.word);
  for (const each of document.querySelectorAll("[data-label]")) each.setAttribute("aria-label", word(each.dataset.label));
  for (const each of document.querySelectorAll("[data-lang]")) each.setAttribute("aria-pressed", each.lang === lang);
  document.querySelector(".subject").textContent = DATA.titles[lang];
  byId("foot").textContent = word("foot", DATA.example);
  byId("picture").replaceChildren(byId(`picture-${lang}`).content.cloneNode(true));
  const drawn = byId("picture").querySelector("svg");
  drawn.style.minWidth = `${Math.min(LEAST_WIDTH, drawn.viewBox.baseVal.width)}px`;
}

function renderState({ state }) {
  byId("state").textContent = stateLabel(state);
  byId("final").textContent = state !== null && DATA.states[state].final ? word("closed") : "";
}

/** Marks the current state, the former ones and the arcs taken in the picture. */
function renderPicture(facts, steps) {
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
  if (facts.state === null) return;
  const here = box(facts.state);
  here.classList.add("current");
  const [inner, outer] = [here.getBoundingClientRect(), picture.getBoundingClientRect()];
  picture.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

/** Renders the facts that can be changed at any time. */
function renderFacts(facts, change) {
  byId("fact-today").max = DATA.dimensions.today.length - 1;
  byId("fact-today").value = facts.today;
  byId("fact-today").setAttribute("aria-valuetext", labelOf("today", facts.today));
  byId("day").textContent = labelOf("today", facts.today);
  replaceFields(byId("landmarks"), Object.entries(DATA.landmarks).map(([name, day]) =>
    el("button", { type: "button", id: `day-${name}`, "aria-pressed": facts.today === day, onclick: () => change("today", day) },
      DATA.landmarkLabels[lang][name])));
  const anybody = { actor: [[-1, word("anybody")]] };
  const { general, counts } = DATA.fields;
  byId("landmarks").hidden = Object.keys(DATA.landmarks).length === 0;
  const fields = [...general, ...(facts.state === null ? [] : counts)].map((name) =>
    choice(`fact-${name}`, word(name), name, facts, change, anybody[name]));
  replaceFields(byId("facts"), fields);
}

/** Renders the subject's own facts: its state, and of an application its registration and its convocations. */
function renderHistory(facts, change) {
  const nothing = facts.state === null ? [["", word("nothing")]] : [];
  const fields = [choice("fact-state", word("stateFact"), "state", facts, change, nothing)];
  const days = (name, label) => choice(`fact-${name}`, label, name, facts, change);
  if (facts.state !== null) {
    fields.push(...DATA.fields.own.map((name) => days(name, word(name))));
    for (let place = 1; place <= facts.attempts; place += 1) {
      const which = word(["", "last", "before"][place] || "earliest", { place });
      fields.push(days(`convoked.${place}`, `${word("convoked")} (${which})`));
      fields.push(days(`entered.${place}`, `… ${word("entered")}`));
    }
  }
  replaceFields(byId("past"), fields);
}

/** Replaces fields and keeps the focus. */
function replaceFields(parent, fields) {
  const focused = document.activeElement && parent.contains(document.activeElement) ? document.activeElement.id : null;
  parent.replaceChildren(...fields);
  if (focused && byId(focused)) byId(focused).focus();
}

/** Renders the notices: of the link, and the limitations of the tables. */
function renderNotices(notes) {
  const limitations = DATA.limitations.map(({ rule, command, reads, tabulated }) => {
    const limitation = tabulated ? "constantReads" : reads.length ? "notTabulated" : "notTraced";
    return word(limitation, { rule, command: commandLabel(command), reads: reads.join(", ") });
  });
  const texts = [...notes, ...limitations];
  byId("notices").hidden = texts.length === 0;
  byId("notices").replaceChildren(...texts.map((text) => el("p", { className: "notice" }, text)));
}

/** Renders the journey, a step for each command. */
function renderJourney(steps) {
  byId("empty").hidden = steps.length > 0;
  byId("undo").disabled = byId("restart").disabled = steps.length === 0;
  byId("steps").replaceChildren(...steps.map(stepItem));
  byId("copied").textContent = "";
  byId("link").parentElement.hidden = true;
}

function stepItem({ name, answer: given, before }) {
  const refused = given.refusals.length > 0;
  const outcome = refused
    ? given.refusals.map(({ code }) => el("code", {}, code))
    : [before === null ? reached(given.to) : passage(before, given)];
  return el("li", { className: refused ? "no" : "yes" },
    el("span", { className: "glyph", "aria-hidden": "true" }, refused ? "✗" : "✓"),
    el("span", {},
      el("strong", {}, commandLabel(name)), ` ${word("actedAs", { actor: labelOf("actor", given.facts.actor) })}, `,
      `${labelOf("today", given.facts.today)} — `, refused ? `${word("refused")} ` : "", ...outcome,
      given.row && !refused ? el("small", {}, ` ${given.row.id}`) : null));
}
