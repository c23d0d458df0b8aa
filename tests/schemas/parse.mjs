// @asyncapi/parser reads the documents of a JSON list on standard input, and says on standard output what is wrong with each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Parser } = createRequire(import.meta.url)("@asyncapi/parser");
const ERROR = 0;

const parser = new Parser();
const found = [];
for (const each of JSON.parse(readFileSync(0, "utf8"))) {
  const { document, diagnostics } = await parser.parse(JSON.stringify(each));
  const errors = diagnostics.filter((one) => one.severity === ERROR).map((one) => `${one.path.join(".")}: ${one.message}`);
  found.push(document || errors.length ? errors : ["no document"]);
}
process.stdout.write(JSON.stringify(found));
