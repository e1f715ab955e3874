#!/usr/bin/env node
// Plain JavaScript: runs on the Node that the machine has, and hands over to Node 24 (see docs/decisions/0001).
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runOnNode24 } from "./node24.mjs";

const source = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const built = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
// A clone runs its source as it is; the published package carries only `dist`.
runOnNode24(existsSync(source) ? source : built, process.argv.slice(2));
