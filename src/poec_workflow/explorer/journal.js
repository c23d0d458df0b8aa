"use strict";
// The journey as a journal for `poec-workflow run`: what the rules met, told with the commands that make it so.

/** A line with its names in braces filled in; the capacity is a number. */
function filled(line, names) {
  const text = JSON.stringify(line).replace('"{capacity}"', names.capacity);
  return JSON.parse(text.replace(/\{(\w+)\}/g, (whole, name) => (name in names ? names[name] : whole)));
}

const numbered = (reference, more) => String(Number(reference) + more).padStart(reference.length, "0");

/** Whether the journal's session must have no seat left when a step is taken. */
function needsFull(data, step) {
  const { row, refusals, at } = step.answer;
  if (commandOf(data, step.name).creates) return is(data, at, "session", "complete");
  if (row === null) return false;
  const seats = looksAt(data, step.name, "seats") && at.seats === 1;
  return seats || (row.command === "refuse-session-full" && refusals.length === 0);
}

const is = (data, at, dimension, name) => data.dimensions[dimension][at[dimension]].name === name;

const MOST_OTHERS = 100; // nobody reads a longer journal

/** An action and a session as a registration met them, and the names that its later lines need. */
function stage(data, number, step, later) {
  const { at } = step.answer;
  const { lines, capacity, coefficient, overbooking, live, withdraws } = data.stage;
  const names = { action: numbered(data.action, number), session: numbered(data.session, number), capacity };
  const out = [];
  const say = (name, more) => out.push(filled(lines[name], { ...names, ...more }));
  const [closed, away] = [!is(data, at, "session", "active"), !is(data, at, "action", "published")];
  const full = needsFull(data, step) || later.some((each) => needsFull(data, each));
  const applied = at.live === 1;
  const retained = full ? capacity - 1 + overbooking : Number(applied && (closed || away));
  const registered = at.quota === 1 ? capacity * coefficient : Math.max(retained, Number(applied));
  const most = capacity * coefficient;
  const tooMany = registered > Math.min(most, MOST_OTHERS) || (at.quota === 0 && registered === most);
  const crowded = at.seats === 1 && capacity + overbooking >= most; // who has a seat fills the quota
  const left = (closed || away) && registered > retained && (live || !withdraws); // who waits must have withdrawn
  if (tooMany || crowded || left || registered < retained) return null;

  say("create-action");
  say("create-session");
  if (registered || !away || !is(data, at, "action", "awaiting-publication")) say("publish-action");
  for (let other = 1; other <= registered; other += 1) {
    const who = { application: `C-${number}9${String(other).padStart(4, "0")}`, candidate: `P-9${other}` };
    if (applied && other === 1) who.candidate = "P-1";
    say("preregister", who);
    if (other <= retained) for (const name of ["convoke", "record-presence", "retain"]) say(name, who);
    else if (closed || away) say("withdraw", who);
  }
  if (is(data, at, "session", "complete")) {
    say("set-capacity", { capacity: capacity - 1 });
    say("declare-session-full");
  }
  if (is(data, at, "session", "cancelled")) say("cancel-session");
  if (is(data, at, "action", "deleted")) say("delete-action");
  else if (away && out.some((line) => line.command.type === "publish-action")) {
    say("archive-action");
    if (is(data, at, "action", "awaiting-publication")) say("restore-action");
  }
  return { at, names, out, seats: 0 };
}

const STAGED = ["action", "session", "quota", "live"];

/** What can't be told of a step: null where it can. */
function obstacle(data, step, world) {
  const { at, row, refusals } = step.answer;
  if (step.byHand) return "by-hand";
  if (row === null || commandOf(data, step.name).creates) return null;
  if (!refusals.length && ["refuse-session-full", "cancel"].includes(row.command)) {
    return at.today > data.landmarks["advice-deadline"] ? "overdue" : null;
  }
  const differs = STAGED.some((name) => looksAt(data, step.name, name) && at[name] !== world.at[name]);
  return differs ? "elsewhere" : null;
}

/** A step's own line. */
function told(data, step, world) {
  const { at, row, refusals } = step.answer;
  const caused = row && !refusals.length && data.stage.causes[step.name];
  const when = data.dimensions.today[at.today].at;
  if (caused) return { ...filled(data.stage.lines[caused], world.names), at: when };
  const command = commandOf(data, step.name);
  const payload = command.payload.map((name) => data.dimensions[name][at[name]].wire);
  const names = world ? world.names : { session: data.session };
  const asked = Object.assign(filled(command.wire, names), ...payload);
  return { at: when, actor: data.dimensions.actor[at.actor].wire, command: asked };
}

/** The lines, each with its step (null: it sets the stage), and the steps that no journal can tell. */
function journal(data, steps) {
  const lines = [];
  const untold = [];
  let world = null;
  let lost = null;
  let registered = false;
  steps.forEach((step, index) => {
    const { at, row, refusals } = step.answer;
    const creates = commandOf(data, step.name).creates;
    let nowhere = false;
    const differs = !world || STAGED.some((name) => at[name] !== world.at[name]);
    if (!lost && creates && !registered && differs && !step.byHand) {
      const next = stage(data, lines.filter((each) => each.line.command.type === "create-action").length, step,
        row && !refusals.length ? steps.slice(index + 1) : []);
      world = next || world;
      if (next) lines.push(...next.out.map((line) => ({ line, step: null })));
      nowhere = !next;
    }
    const why = lost || (nowhere ? "elsewhere" : obstacle(data, step, world));
    if (why) {
      untold.push({ index, why });
      if (!refusals.length) lost = lost || why;
      return null;
    }
    if (world && !creates && row && (looksAt(data, step.name, "seats") || needsFull(data, step))) {
      const seats = needsFull(data, step) ? 1 : 0;
      if (seats !== world.seats) {
        const { capacity } = data.stage;
        const line = filled(data.stage.lines["set-capacity"], { ...world.names, capacity: capacity - seats });
        lines.push({ line, step: null });
        world.seats = seats;
      }
    }
    lines.push({ line: told(data, step, world), step: index });
    if (creates && row && !refusals.length) registered = true;
    return null;
  });
  return { lines, untold };
}

