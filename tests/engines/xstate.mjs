// XState runs what it is given: {documents, traces, events} on standard input, {ways, paths} on standard output.
// A trace is a list of [command, verdicts]; the one guard compares verdicts with a row's conditions.
import { readFileSync } from "node:fs";
import { createActor, createMachine } from "xstate";
import { getShortestPaths } from "xstate/graph";

const { documents, traces, events } = JSON.parse(readFileSync(0, "utf8"));

const holds = ({ event }, given) =>
  Object.entries(given).every(([name, expected]) => event.verdicts[name] === expected);

function machineOf(document) {
  const rows = Object.values(document.states).flatMap((state) => Object.values(state.on ?? {}).flat());
  const names = rows.filter((row) => row.guard).map((row) => row.guard.type);
  return createMachine(document, { guards: Object.fromEntries(names.map((name) => [name, holds])) });
}

function wayOf(machine, trace) {
  const actor = createActor(machine).start();
  return trace.map(([command, verdicts]) => {
    const event = { type: command, verdicts };
    const rows = machine.getTransitionData(actor.getSnapshot(), event) ?? [];
    actor.send(event);
    return [actor.getSnapshot().value, rows[0]?.meta.rule ?? null];
  });
}

const pathsOf = (machine) =>
  Object.fromEntries(
    getShortestPaths(machine, { events: events.map(([command, verdicts]) => ({ type: command, verdicts })) }).map(
      (path) => [path.state.value, path.steps.filter((step) => step.event.type !== "xstate.init").length],
    ),
  );

const machines = documents.map(machineOf);
const answer = {
  ways: machines.map((machine) => traces.map((trace) => wayOf(machine, trace))),
  paths: machines.map(pathsOf),
};
process.stdout.write(JSON.stringify(answer));
