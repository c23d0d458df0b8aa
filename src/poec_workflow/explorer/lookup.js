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
  const follows = lookUp(data, row.follows, facts);
  return { facts, row, checks, advisories, refusals, told, follows, to: row.to ?? facts.state };
}

/** The facts after an accepted command; an option that a fact does not have leaves it as it is. */
function after(data, facts, accepted) {
  const { attempts, copies, tables = {} } = accepted.row.effect;
  const known = (fact, option) => (option !== null && option < data.dimensions[fact].length ? option : facts[fact]);
  const copied = Object.entries(copies).map(([fact, source]) => [fact, known(fact, facts[source])]);
  const computed = Object.entries(tables).map(([fact, number]) => [fact, known(fact, lookUp(data, number, facts))]);
  const counted = attempts ? { attempts: attempts[facts.attempts] } : {};
  return { ...facts, ...Object.fromEntries([...copied, ...computed]), ...counted, state: accepted.to };
}

/** The facts with one changed by hand. */
function changed(data, facts, { set, to }) {
  const next = { ...facts, [set]: to };
  if ("attempts" in next && next.state !== null) {
    next.attempts = Math.max(next.attempts, data.states[next.state].leastAttempts);
  }
  return { ...next, ...wholes(data, next) };
}

/** The counts that others are a part of, raised to these where they are less. */
function wholes(data, facts) {
  const number = (fact) => data.dimensions[fact][facts[fact]].number;
  return Object.fromEntries(Object.entries(data.sums).map(([whole, parts]) => {
    const least = parts.reduce((sum, part) => sum + number(part), 0);
    const enough = data.dimensions[whole].findIndex((option) => option.number >= least);
    return [whole, Math.max(facts[whole], enough)];
  }));
}

/** Applies moves, each {set, to} or {run}: the steps, one for each command, and the facts at the end. */
function replay(data, moves) {
  const steps = [];
  let facts = { ...data.initial };
  for (const move of moves) {
    if (move.run) {
      const given = answer(data, facts, move.run);
      steps.push({ name: move.run, answer: given, before: facts.state });
      if (!given.refusals.length) facts = after(data, facts, given);
    } else {
      facts = changed(data, facts, move);
    }
  }
  return { facts, steps };
}
