"use strict";
// Renders the commands, each with the answer that it would get now, and the answer to the last one with every policy.

const PAYLOAD_LABELS = { reason: "reasonOf" };

const ITEMS = {};

/** Creates the commands in the current language: for each a button, its verdict and its payload. */
function createCommands(run) {
  for (const { name } of DATA.commands) {
    ITEMS[name] = el("li", { id: `command-${name}` },
      el("div", { className: "command" },
        el("button", { type: "button", className: "run", "aria-describedby": `verdict-${name}`, onclick: () => run(name) },
          commandLabel(name)),
        el("span", { className: "verdict", id: `verdict-${name}` })),
      el("div", { className: "payload", id: `payload-${name}` }));
  }
}

/** Puts each command among those that are possible now, refused now, or without a row in this state. */
function renderCommands(facts, change) {
  const groups = { possible: [], refused: [], absent: [] };
  for (const { name, payload } of DATA.commands) {
    const now = answer(DATA, facts, name);
    groups[groupOf(now)].push(ITEMS[name]);
    ITEMS[name].querySelector(".verdict").textContent = verdict(now, facts);
    const fields = groupOf(now) === "absent" ? [] : payload.map((each) =>
      choice(`${each}-${name}`, word(PAYLOAD_LABELS[each] || each.replace(/^(new|other)-/, "")), each, facts, change));
    replaceFields(ITEMS[name].querySelector(".payload"), fields);
  }
  announce(groups.possible);
  const focused = document.activeElement;
  for (const [group, items] of Object.entries(groups)) {
    byId(group).replaceChildren(...items);
    byId(group).hidden = byId(group).previousElementSibling.hidden = items.length === 0;
  }
  if (focused && focused !== document.body && focused.isConnected) focused.focus({ preventScroll: true });
}

/** Tells who can't see the lists what is possible now, when that has changed. */
function announce(possible) {
  const commands = possible.map((item) => item.querySelector(".run").textContent).join(", ");
  const text = commands ? word("now", { commands }) : word("nowNone");
  if (byId("now").textContent !== text) byId("now").textContent = text;
}

function groupOf(now) {
  if (now.refusals.length === 0) return "possible";
  const here = now.row !== null || now.refusals[0].code === "not-permitted";
  return here ? "refused" : "absent";
}

function verdict(now, facts) {
  if (now.refusals.length === 0) return `→ ${target(now, facts.state)}`;
  if (groupOf(now) === "absent") return "";
  const [first, ...others] = now.refusals;
  return `✗ ${first.says[lang]}${others.length ? ` (${word("more", { count: others.length })})` : ""}`;
}

/** The way from one state to another, or that it stays. */
const passage = (before, given) =>
  given.to === before ? target(given, before) : `${stateLabel(before)} → ${reached(given.to)}`;

const target = (given, before) =>
  given.to === before ? word("stays", { state: stateLabel(given.to) }) : reached(given.to);

/** Renders the answer to the last command: the row, the actor, and each policy with what it says. */
function renderAnswer(step) {
  byId("answer").hidden = !step;
  if (!step) return;
  const { name, before, answer: given } = step;
  const refused = given.refusals.length > 0;
  byId("answer").className = refused ? "no" : "yes";
  byId("answer-title").replaceChildren(
    el("span", { className: "glyph", "aria-hidden": "true" }, refused ? "✗" : "✓"),
    word("outcome", { command: commandLabel(name), outcome: word(refused ? "refused" : "accepted") }));
  const moved = refused ? "" : ` · ${passage(before, given)}`;
  const by = el("p", {}, `${word("actedAs", { actor: labelOf("actor", given.facts.actor) })}${moved}`);
  byId("answer-text").replaceChildren(by, ...(given.row ? rowDetails(given) : [policyList(given.refusals)]));
}

/** Who is told of what was accepted; nothing where the page can't say, which it names as a limitation. */
function toldText({ row, refusals, told }) {
  if (refusals.length || (row.tells && told === null)) return [];
  return [el("p", { className: "told" }, (told ?? DATA.nobody)[lang])];
}

function rowDetails(given) {
  const { row, checks, advisories } = given;
  const conditions = row.conditions[lang];
  return [
    el("p", { className: "row" }, el("b", {}, row.id), ` ${word(checks.length ? "rulesMet" : "noRule")}`,
      conditions ? ` · ${word("conditions")} ${conditions}` : ""),
    policyList(checks),
    ...(given.follows ? [el("p", { className: "told follows" }, given.follows[lang])] : []),
    ...toldText(given),
    ...advisories.map(({ says, code }) =>
      el("p", { className: "advisory" }, `${word("advisory", { text: says[lang] })} `, el("code", {}, code))),
  ];
}

// A code names what went wrong: it stands beside a broken rule alone. A kept one is told by the sentence that holds, and
// one without such a sentence, as a service's own, has no tick either.
const STANDINGS = {
  broken: { glyph: "✗", standing: "failed", kind: "no" },
  untabled: { glyph: "?", standing: "untabled", kind: "unknown" },
  kept: { glyph: "✓", standing: "met", kind: "yes" },
  unopposed: { glyph: "·", standing: "met", kind: "yes" },
};

function standingOf({ says, labels, table }) {
  if (says !== null) return "broken";
  if (table === null) return "untabled";
  return labels ? "kept" : "unopposed";
}

function policyList(policies) {
  return el("ul", { className: "rules" }, ...policies.map((policy) => {
    const { code, says, labels } = policy;
    const { glyph, standing, kind } = STANDINGS[standingOf(policy)];
    const unbroken = labels ? labels[lang] : kind === "unknown" ? code : word("unopposed", { rule: code });
    return el("li", { className: kind, "data-code": code },
      el("span", { className: "glyph", "aria-hidden": "true" }, glyph),
      el("span", {}, says === null ? unbroken : says[lang], el("span", { className: "visually-hidden" }, ` (${word(standing)})`),
        ...(kind === "no" ? [" ", el("code", {}, code)] : [])));
  }));
}
