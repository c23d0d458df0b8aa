// Runs the page's own script, as far as it draws nothing, on the page's own data: jobs come in on standard input.
"use strict";
const { readFileSync } = require("node:fs");
const vm = require("node:vm");

const { script, data, cells, journeys } = JSON.parse(readFileSync(0, "utf8"));
const page = vm.createContext({});
vm.runInContext(`${script}\nthis.page = { answer, after, replay };`, page);

/** An answer as Python's test compares it. */
function brief({ facts, row, refusals, advisories, to }) {
  return {
    actor: facts.actor,
    row: row && row.id,
    refusals: refusals.map(({ code, says }) => [code, says.fr, says.en]).sort(),
    advisories: advisories.map(({ code, says }) => [code, says.fr, says.en]).sort(),
    to: to === undefined ? null : to,
  };
}

const judged = cells.map(({ command, base, names, places }) =>
  places.map((each) => {
    const at = { ...base };
    names.forEach((name, index) => { at[name] = each[index]; });
    return brief(page.page.answer(data, at, command));
  }));
const replayed = journeys.map((moves) => {
  const { facts, steps } = page.page.replay(data, moves);
  return {
    facts,
    steps: steps.map(({ name, answer }) => ({
      name,
      facts: answer.facts,
      answer: brief(answer),
      told: answer.told ?? null,
      follows: answer.follows ?? null,
      after: answer.refusals.length ? null : page.page.after(data, answer.facts, answer),
    })),
  };
});
process.stdout.write(JSON.stringify({ judged, replayed }));
