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
      choice(`${each}-${name}`, word(PAYLOAD_LABELS[each] || each), each, facts, change));
    replaceFields(ITEMS[name].querySelector(".payload"), fields);
  }
  const focused = document.activeElement;
  for (const [group, items] of Object.entries(groups)) {
    byId(group).replaceChildren(...items);
    byId(group).hidden = byId(group).previousElementSibling.hidden = items.length === 0;
  }
  if (focused && focused !== document.body && focused.isConnected) focused.focus({ preventScroll: true });
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

const target = (given, before) =>
  given.to === before ? word("stays", { state: stateLabel(given.to) }) : stateLabel(given.to);

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
  const moved = refused ? "" : ` · ${stateLabel(before)} → ${stateLabel(given.to)}`;
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
    ...toldText(given),
    ...advisories.map(({ says, code }) =>
      el("p", { className: "advisory" }, `${word("advisory", { text: says[lang] })} `, el("code", {}, code))),
  ];
}

function policyList(policies) {
  return el("ul", { className: "rules" }, ...policies.map(({ code, says, labels, table }) => {
    const broken = says !== null;
    const standing = broken ? word("failed") : table === null ? word("untabled") : word("met");
    return el("li", { className: broken ? "no" : "yes" },
      el("span", { className: "glyph", "aria-hidden": "true" }, broken ? "✗" : table === null ? "?" : "✓"),
      el("span", {}, broken ? says[lang] : labels[lang], el("span", { className: "visually-hidden" }, ` (${standing}) `),
        " ", el("code", {}, code)));
  }));
}
