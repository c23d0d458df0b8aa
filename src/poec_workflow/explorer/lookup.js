"use strict";
// Looks up what Python answered. `facts` holds the index of an option for each dimension; `state` is null where there is
// no application, `actor` is -1 for anybody who may.

/** A table's result for some facts; null where the function has nothing to say, or no table. */
function lookUp(data, number, facts) {
  if (number === null) return null; // the page names this limitation
  const { inputs, width, cells, results } = data.tables[number];
  const index = inputs.reduce((sum, name) => sum * data.dimensions[name].length + facts[name], 0);
  const digits = cells.slice(index * width, (index + 1) * width);
  if (digits.startsWith("-")) throw new RangeError(`impossible facts: ${inputs} in ${JSON.stringify(facts)}`);
  return results[parseInt(digits, 36) - 1] ?? null;
}

const commandOf = (data, name) => data.commands.find((each) => each.name === name);

/** The facts with an actor: of those who may give the command, the first. */
function withActor(data, facts, name) {
  if (facts.actor >= 0) return facts;
  const { creates, absent, existing } = commandOf(data, name);
  const refused = (actor) => lookUp(data, creates ? absent : existing, { ...facts, actor }).code === "not-permitted";
  const actor = data.dimensions.actor.findIndex((_, index) => !refused(index));
  return { ...facts, actor: Math.max(actor, 0) };
}

/** The answer to a command: the row with what each of its policies says, the refusals, or the next state. */
function answer(data, given, name) {
  const facts = withActor(data, given, name);
  const { absent, existing } = commandOf(data, name);
  const selected = lookUp(data, facts.state === null ? absent : existing, facts);
  if (selected.code) return { facts, row: null, checks: [], advisories: [], refusals: [selected] };
  const row = data.rows[selected.row];
  const evaluated = (policies) => policies.map((each) => ({ ...each, says: lookUp(data, each.table, facts) }));
  const checks = evaluated(row.checks);
  const refusals = checks.filter(({ says }) => says);
  if (refusals.length) return { facts, row, checks, advisories: [], refusals };
  const advisories = evaluated(row.advises).filter(({ says }) => says);
  const told = lookUp(data, row.told, facts);
  return { facts, row, checks, advisories, refusals, told, to: row.to ?? facts.state };
}

/** The facts after an accepted command. */
function after(facts, accepted) {
  const { attempts, copies } = accepted.row.effect;
  const copied = Object.entries(copies).map(([fact, source]) => [fact, facts[source]]);
  return { ...facts, ...Object.fromEntries(copied), attempts: attempts[facts.attempts], state: accepted.to };
}

/** The facts with one changed by hand. */
function changed(data, facts, { set, to }) {
  const next = { ...facts, [set]: to };
  const least = next.state === null ? 0 : data.states[next.state].leastAttempts;
  return { ...next, attempts: Math.max(next.attempts, least) };
}

/** Applies moves, each {set, to} or {run}: the steps, one for each command, and the facts at the end. */
function replay(data, moves) {
  const steps = [];
  let facts = { ...data.initial };
  for (const move of moves) {
    if (move.run) {
      const given = answer(data, facts, move.run);
      steps.push({ name: move.run, answer: given, before: facts.state });
      if (!given.refusals.length) facts = after(facts, given);
    } else {
      facts = changed(data, facts, move);
    }
  }
  return { facts, steps };
}
