import { CLOCK_AND_CHANCE, INSIDE_MACHINES } from "./layers.mjs";
import { place } from "./place.mjs";

const TIMERS = new Set(["setTimeout", "setInterval"]);
const CLOCK_MEMBERS = new Set(["Date.now", "performance.now", "process.hrtime", "process.uptime", "AbortSignal.timeout"]);
const CHANCE_MEMBERS = new Set(["Math.random", "crypto.randomUUID", "crypto.randomBytes", "crypto.getRandomValues", "crypto.randomInt"]);
const CHANCE_IMPORTS = new Set(["randomUUID", "randomBytes", "randomInt", "randomFill", "randomFillSync", "getRandomValues", "webcrypto"]);

const exempt = (context) => {
  const { path } = place(context);
  return !path.startsWith("src/") || CLOCK_AND_CHANCE.includes(path) || path in INSIDE_MACHINES;
};
const memberName = (node) =>
  node.object.type === "Identifier" && node.property.type === "Identifier" && !node.computed ? `${node.object.name}.${node.property.name}` : "";
const importedName = (specifier) => (specifier.type === "ImportSpecifier" ? specifier.imported.name ?? specifier.imported.value : "");

/** Time is an argument: a test and a simulation must be able to give their own. */
export const clockRule = {
  create(context) {
    if (exempt(context)) return {};
    const report = (node, what) => context.report({ node, message: `${what} reads the clock: take a Clock (src/shared/clock.ts).` });
    return {
      MemberExpression(node) {
        const name = memberName(node);
        if (CLOCK_MEMBERS.has(name)) report(node, name);
        if (["globalThis.setTimeout", "globalThis.setInterval"].includes(name)) report(node, name);
      },
      NewExpression(node) {
        if (node.callee.name === "Date" && node.arguments.length === 0) report(node, "new Date()");
      },
      CallExpression(node) {
        if (node.callee.name === "Date") report(node, "Date()");
        if (TIMERS.has(node.callee.name)) report(node, node.callee.name);
        for (const argument of node.arguments) if (argument.type === "Identifier" && TIMERS.has(argument.name)) report(argument, argument.name);
      },
      ImportDeclaration(node) {
        if (/^(node:)?timers/.test(node.source.value) && node.specifiers.some((each) => importedName(each) !== "setImmediate")) report(node, node.source.value);
      },
    };
  },
};

/** Chance is an argument: a test must be able to seed it. */
export const chanceRule = {
  create(context) {
    if (exempt(context)) return {};
    const report = (node, what) => context.report({ node, message: `${what} takes chance: take a Random (src/shared/random.ts, ids.ts).` });
    return {
      MemberExpression(node) {
        const name = memberName(node);
        if (CHANCE_MEMBERS.has(name)) report(node, name);
      },
      ImportDeclaration(node) {
        if (!/^(node:)?crypto$/.test(node.source.value)) return;
        for (const specifier of node.specifiers) if (CHANCE_IMPORTS.has(importedName(specifier))) report(specifier, importedName(specifier));
      },
    };
  },
};
