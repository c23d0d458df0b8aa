"use strict";
// Keeps the moves: each changed fact and each command. What the page shows, and its link, are computed from them.

let moves = [];
let notes = [];

const VERSION = DATA.fingerprint.slice(0, 8);

function fragment() {
  const texts = moves.map(({ run, set, to }) => run || `${set}=${to}`);
  return `#${VERSION}:${texts.join(";")}`;
}

/** The moves of a link; null where it can't be read. */
function readLink(text) {
  const found = /^#([0-9a-f]{8}):(.*)$/.exec(text);
  if (!found) return null;
  const read = found[2].split(";").filter(Boolean).map((part) => {
    const [set, to] = part.split("=");
    if (to === undefined) return DATA.commands.some(({ name }) => name === set) ? { run: set } : null;
    const index = Number(to);
    const least = set === "actor" ? -1 : 0;
    const options = Object.hasOwn(DATA.dimensions, set) ? DATA.dimensions[set].length : 0;
    return Number.isInteger(index) && index >= least && index < options ? { set, to: index } : null;
  });
  return read.includes(null) ? null : { read, same: found[1] === VERSION };
}

function openLink() {
  if (location.hash.length < 2 || location.hash === fragment()) return;
  const link = readLink(location.hash);
  moves = link ? link.read : [];
  notes = !link ? ["unreadable"] : link.same ? [] : ["otherRules"];
}

/** Changes a fact; of several changes of one fact between two commands the last is kept. */
function change(set, to) {
  const since = moves.findLastIndex((move) => move.run) + 1;
  const changes = moves.slice(since).filter((move) => move.set !== set);
  moves = [...moves.slice(0, since), ...changes, { set, to }];
  render();
}

function run(name) {
  moves = [...moves, { run: name }];
  render();
  byId("answer").focus({ preventScroll: true });
  byId("answer").scrollIntoView({ block: "nearest" });
}

function undo() {
  const last = moves.findLastIndex((move) => move.run);
  moves = moves.filter((_, index) => index !== last);
  render();
}

function restart() {
  moves = [];
  render();
}

function render() {
  const { facts, steps } = replay(DATA, moves);
  const last = moves[moves.length - 1];
  renderNotices(notes.map((name) => word(name)));
  renderState(facts);
  renderPicture(facts, steps);
  renderFacts(facts, change);
  renderHistory(facts, change);
  renderCommands(facts, change);
  renderAnswer(last && last.run ? steps[steps.length - 1] : null);
  renderJourney(steps);
  history.replaceState(null, "", moves.length ? fragment() : location.pathname + location.search);
}

// Over plain http a page has no clipboard; what is selected can be copied all the same.
async function copyLink() {
  const link = byId("link");
  link.value = location.href;
  const copied = await writeToClipboard(link.value).then(() => true, () => copySelection(link));
  link.parentElement.hidden = copied;
  if (!copied) link.select();
  byId("copied").textContent = word(copied ? "copied" : "notCopied");
}

const writeToClipboard = async (text) => navigator.clipboard.writeText(text);

/** Copies a field's text as a person would, and gives the focus back. */
function copySelection(field) {
  const focused = document.activeElement;
  field.parentElement.hidden = false;
  field.select();
  const copied = document.execCommand("copy");
  focused.focus();
  return copied;
}

function setLanguage(language) {
  lang = language;
  renderTexts();
  createCommands(run);
  render();
}

byId("fact-today").oninput = (event) => change("today", Number(event.target.value));
const moveDay = (by) => () => {
  const { today } = replay(DATA, moves).facts;
  const to = Math.min(Math.max(today + by, 0), DATA.dimensions.today.length - 1);
  if (to !== today) change("today", to);
};
byId("earlier").onclick = moveDay(-1);
byId("later").onclick = moveDay(1);
byId("undo").onclick = undo;
byId("restart").onclick = restart;
byId("copy-link").onclick = copyLink;
for (const each of document.querySelectorAll("[data-lang]")) each.onclick = () => setLanguage(each.lang);
byId("picture").onclick = ({ target: clicked }) => {
  const row = clicked.closest("[data-command]");
  if (row) run(row.dataset.command);
};
window.onhashchange = () => {
  openLink();
  render();
};
openLink();
setLanguage(lang);
