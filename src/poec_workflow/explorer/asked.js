"use strict";
// The commands: what each would get now; and the answer to the one that was given, with every rule that it met.

const PAYLOAD_WORDS = { reason: "reasonOf" };

const ITEMS = {};

/** The commands, made once for a language: a button, what it would get, and the payload each. */
function makeCommands(run) {
  for (const { name } of DATA.commands) {
    ITEMS[name] = el("li", { id: `command-${name}` },
      el("div", { className: "ask" },
        el("button", { type: "button", className: "run", "aria-describedby": `verdict-${name}`, onclick: () => run(name) },
          commandLabel(name)),
        el("span", { className: "verdict", id: `verdict-${name}` })),
      el("div", { className: "payload", id: `payload-${name}` }));
  }
}

/** Each command among those that are possible now, those that are refused, or those that have no row in this state. */
function drawCommands(at, change) {
  const groups = { possible: [], refused: [], absent: [] };
  for (const { name, payload } of DATA.commands) {
    const now = answer(DATA, at, name);
    groups[groupOf(now)].push(ITEMS[name]);
    ITEMS[name].querySelector(".verdict").textContent = verdict(now, at);
    const fields = groupOf(now) === "absent" ? [] : payload.map((each) =>
      choice(`${each}-${name}`, word(PAYLOAD_WORDS[each] || each), each, at, change));
    redrawn(ITEMS[name].querySelector(".payload"), fields);
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

function verdict(now, at) {
  if (now.refusals.length === 0) return `→ ${target(now, at.state)}`;
  if (groupOf(now) === "absent") return "";
  const [first, ...others] = now.refusals;
  return `✗ ${first.says[lang]}${others.length ? ` (${word("more", { count: others.length })})` : ""}`;
}

const target = (given, before) =>
  given.to === before ? word("stays", { state: stateLabel(given.to) }) : stateLabel(given.to);

/** The answer to the last command, with its reasons: the row, who asked, and each rule with what it says. */
function drawAnswer(step) {
  byId("answer").hidden = !step;
  if (!step) return;
  const { name, before, answer: given } = step;
  const refused = given.refusals.length > 0;
  byId("answer").className = refused ? "no" : "yes";
  byId("answer-title").replaceChildren(
    el("span", { className: "glyph", "aria-hidden": "true" }, refused ? "✗" : "✓"),
    `${commandLabel(name)} : ${word(refused ? "refused" : "accepted")}`);
  const moved = refused ? "" : ` · ${stateLabel(before)} → ${stateLabel(given.to)}`;
  const by = el("p", {}, `${word("actedAs", { actor: labelOf("actor", given.at.actor) })}${moved}`);
  byId("answer-text").replaceChildren(by, ...(given.row ? explained(given) : [rules(given.refusals)]));
}

function explained({ row, met, advisories }) {
  const conditions = row.given.map(({ labels }) => labels[lang]).join(", ");
  return [
    el("p", { className: "row" }, el("b", {}, row.id), ` ${word(met.length ? "rulesMet" : "noRule")}`,
      conditions ? ` · ${word("conditions")} ${conditions}` : ""),
    rules(met),
    ...advisories.map(({ says, code }) =>
      el("p", { className: "advisory" }, `${word("advisory")} : ${says[lang]} `, el("code", {}, code))),
  ];
}

function rules(met) {
  return el("ul", { className: "rules" }, ...met.map(({ code, says, labels, table }) => {
    const broken = says !== null;
    const standing = broken ? word("failed") : table === null ? word("untabled") : word("met");
    return el("li", { className: broken ? "no" : "yes" },
      el("span", { className: "glyph", "aria-hidden": "true" }, broken ? "✗" : table === null ? "?" : "✓"),
      el("span", {}, broken ? says[lang] : labels[lang], el("span", { className: "aside" }, ` (${standing}) `),
        " ", el("code", {}, code)));
  }));
}
