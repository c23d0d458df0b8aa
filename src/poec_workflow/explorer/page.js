"use strict";
// The page's moves: each change of a fact, each command given. Everything else follows from them, and so does the link.

let moves = [];
let notes = [];

const VERSION = DATA.fingerprint.slice(0, 8);

function fragment() {
  const texts = moves.map(({ run, set, to }) => run || `${set}=${to}`);
  return `#${VERSION}:${texts.join(";")}`;
}

/** The moves that a link says; null where it can't be read. */
function readLink(text) {
  const found = /^#([0-9a-f]{8}):(.*)$/.exec(text);
  if (!found) return null;
  const read = found[2].split(";").filter(Boolean).map((part) => {
    const [set, to] = part.split("=");
    if (to === undefined) return DATA.commands.some(({ name }) => name === set) ? { run: set } : null;
    const place = Number(to);
    const least = set === "actor" ? -1 : 0;
    const options = Object.hasOwn(DATA.dimensions, set) ? DATA.dimensions[set].length : 0;
    return Number.isInteger(place) && place >= least && place < options ? { set, to: place } : null;
  });
  return read.includes(null) ? null : { read, same: found[1] === VERSION };
}

function openLink() {
  if (location.hash.length < 2 || location.hash === fragment()) return;
  const link = readLink(location.hash);
  moves = link ? link.read : [];
  notes = !link ? ["unreadable"] : link.same ? [] : ["otherRules"];
}

/** A fact changed: of several changes of one fact between two commands the last counts. */
function change(set, to) {
  const since = moves.findLastIndex((move) => move.run) + 1;
  const changes = moves.slice(since).filter((move) => move.set !== set);
  moves = [...moves.slice(0, since), ...changes, { set, to }];
  draw();
}

function run(name) {
  moves = [...moves, { run: name }];
  draw();
  byId("answer").focus({ preventScroll: true });
  byId("answer").scrollIntoView({ block: "nearest" });
}

function undo() {
  const last = moves.findLastIndex((move) => move.run);
  moves = moves.filter((_, place) => place !== last);
  draw();
}

function restart() {
  moves = [];
  draw();
}

function draw() {
  const { at, steps } = travel(DATA, moves);
  const last = moves[moves.length - 1];
  drawNotices(notes.map((name) => word(name)));
  drawWhere(at);
  drawPicture(at, steps);
  drawFacts(at, change);
  drawPast(at, change);
  drawCommands(at, change);
  drawAnswer(last && last.run ? steps[steps.length - 1] : null);
  drawJourney(steps);
  history.replaceState(null, "", moves.length ? fragment() : location.pathname + location.search);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    byId("copied").textContent = word("copied");
  } catch {
    byId("journal").select();
    byId("copied").textContent = word("notCopied");
  }
}

function speak(language) {
  lang = language;
  drawWords();
  makeCommands(run);
  draw();
}

byId("fact-today").oninput = (event) => change("today", Number(event.target.value));
const step = (by) => () => {
  const { at } = travel(DATA, moves);
  const to = Math.min(Math.max(at.today + by, 0), DATA.dimensions.today.length - 1);
  if (to !== at.today) change("today", to);
};
byId("earlier").onclick = step(-1);
byId("later").onclick = step(1);
byId("undo").onclick = undo;
byId("restart").onclick = restart;
byId("copy-journal").onclick = () => copy(byId("journal").value);
byId("copy-link").onclick = () => copy(location.href);
for (const each of document.querySelectorAll("[data-lang]")) each.onclick = () => speak(each.lang);
byId("picture").onclick = ({ target: clicked }) => {
  const row = clicked.closest("[data-command]");
  if (row) run(row.dataset.command);
};
window.onhashchange = () => {
  openLink();
  draw();
};
openLink();
speak(lang);
