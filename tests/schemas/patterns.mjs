// Says of each pattern on standard input whether it is found in each probe, as ECMA 262 reads it with the flag `u`.
import { readFileSync } from "node:fs";

const { patterns, probes } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(patterns.map((each) => probes.map((probe) => new RegExp(each, "u").test(probe)))));
