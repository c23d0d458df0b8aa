"use strict";
// Looks up what Python's own rules answered. All that is done here is to ask in the right order: does it exist, who
// may, which row, and what each policy of that row says.

/** What a table holds for a situation: 0, or 1 + the place of its sentence. */
function look(data, number, at) {
  if (number === null) return 0; // the page says that this one is not tabled
  const table = data.tables[number];
  const cell = table.looks.reduce((sum, name) => sum * data.dimensions[name].length + at[name], 0);
  const digits = table.cells.slice(cell * table.width, (cell + 1) * table.width);
  if (digits.startsWith("-")) throw new RangeError(`no such situation: ${table.looks} in ${JSON.stringify(at)}`);
  return parseInt(digits, 36);
}

/** The same, as a sentence by language; null where the rule has nothing to say. */
function sentence(data, rule, at) {
  const found = look(data, rule.table, at);
  return found ? data.tables[rule.table].says[found - 1] : null;
}

function commandOf(data, name) {
  return data.commands.find((each) => each.name === name);
}

/** The situation with somebody acting: where anybody may (-1), the first who may. */
function acting(data, at, name) {
  if (at.actor >= 0) return at;
  const { permission } = commandOf(data, name);
  const actor = data.dimensions.actor.findIndex((_, who) => !look(data, permission, { ...at, actor: who }));
  return { ...at, actor: Math.max(actor, 0) };
}

/** What the rules answer to a command: the row with what each of its rules says, the refusals, or the next state. */
function answer(data, situation, name) {
  const at = acting(data, situation, name);
  const command = commandOf(data, name);
  const refused = (code, says) => ({ at, row: null, met: [], advisories: [], refusals: [{ code, says }] });
  if (!command.creates && at.state === null) return refused("unknown-application", data.unknown);
  if (look(data, command.permission, at)) return refused("not-permitted", command.forbidden);
  if (command.creates && at.state !== null) return refused("duplicate-reference", data.duplicate);
  const row = data.rows.find((each) => each.command === name && each.from.includes(at.state) && chosen(data, each, at));
  if (!row) return refused("no-transition", data.states[at.state].refuses);
  const ask = (rules) => rules.map((rule) => ({ ...rule, says: sentence(data, rule, at) }));
  const met = ask(row.checks);
  const refusals = met.filter((rule) => rule.says);
  if (refusals.length) return { at, row, met, advisories: [], refusals };
  const advisories = ask(row.advises).filter((rule) => rule.says);
  return { at, row, met, advisories, refusals, to: row.to === null ? at.state : row.to };
}

function chosen(data, row, at) {
  return row.given.every((condition) => Boolean(look(data, condition.table, at)) === condition.expected);
}

/** The situation after an accepted command. */
function after(data, situation, name, accepted) {
  const next = { ...situation, state: accepted.to };
  const { effect } = commandOf(data, name);
  const most = data.dimensions.attempts.length - 1;
  if (effect === "registers") Object.assign(next, { registered: situation.today, attempts: 0 });
  if (effect === "adds") {
    for (let place = most; place > 1; place -= 1) {
      for (const of of ["convoked", "entered"]) next[`${of}.${place}`] = situation[`${of}.${place - 1}`];
    }
    next.attempts = Math.min(situation.attempts + 1, most);
  }
  if (effect === "adds" || effect === "replaces") {
    Object.assign(next, { "convoked.1": situation.on, "entered.1": situation.today });
  }
  return next;
}

/** Whether a command's rules look at a dimension. */
function looksAt(data, name, dimension) {
  const rows = data.rows.filter((row) => row.command === name);
  const rules = rows.flatMap((row) => [...row.given, ...row.checks, ...row.advises]);
  const tables = [commandOf(data, name).permission, ...rules.map((rule) => rule.table)];
  return tables.some((table) => table !== null && data.tables[table].looks.includes(dimension));
}

/** The journey that a list of moves makes: each is {set, to} or {run}; its steps, and where it leads. */
function travel(data, moves) {
  const steps = [];
  let at = { ...data.initial };
  for (const move of moves) {
    if (move.run) {
      const given = answer(data, at, move.run);
      steps.push({ name: move.run, answer: given, before: at.state, byHand: at.byHand });
      if (!given.refusals.length) at = after(data, at, move.run, given);
    } else {
      at = changed(data, at, move);
    }
  }
  return { at, steps };
}

const HISTORY = /^(state|attempts|registered|origin|convoked\.|entered\.)/;

/** The situation with one fact changed; what is history is then marked as set by hand. */
function changed(data, at, { set, to }) {
  const next = { ...at, [set]: to };
  if (at.state !== null || set === "state") next.byHand = at.byHand || HISTORY.test(set);
  if (next.state !== null && data.states[next.state].convoked) next.attempts = Math.max(next.attempts, 1);
  return next;
}

