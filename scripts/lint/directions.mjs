import { posix } from "node:path";
import { LAYERS, PURE, WITHOUT_AWS } from "./layers.mjs";
import { layer, place } from "./place.mjs";

/** Calls back with every module a file names: imports, re-exports, import() and import types. */
const onImports = (check) => ({
  create(context) {
    const here = place(context);
    if (here.layer === undefined) return {};
    const visit = (node) => {
      const name = node.source?.value ?? node.argument?.literal?.value ?? node.argument?.value;
      if (typeof name === "string") check(context, node, name, here);
    };
    return {
      ImportDeclaration: visit, ExportNamedDeclaration: visit, ExportAllDeclaration: visit,
      ImportExpression: visit, TSImportType: visit,
    };
  },
});

export const directionsRule = onImports((context, node, name, here) => {
  if (!name.startsWith(".")) return;
  const target = posix.join(posix.dirname(here.path), name);
  const there = layer(target);
  if (there.layer === undefined) {
    if (!target.startsWith("src/")) context.report({ node, message: `src/ may not import ${target}: it is not shipped.` });
    return;
  }
  const problem = refusal(here, there);
  if (problem !== undefined) context.report({ node, message: problem });
});

function refusal(here, there) {
  const allowed = LAYERS[here.layer];
  if (allowed === undefined) return `src/${here.layer} is not in scripts/lint/layers.mjs: say there what it may import.`;
  if (here.layer !== there.layer) {
    if (allowed === "everything" ? there.layer !== "cli" : allowed.includes(there.layer)) return undefined;
    return `src/${here.layer} may not import src/${there.layer} (docs/architecture.md, import directions).`;
  }
  const [from, to] = [here.rest, there.rest];
  // services/registry.ts lists every service; the services themselves stand in folders of their own.
  if (here.layer === "services" && from.length > 1 && from[0] !== to[0]) {
    return `Services never import one another: use context.call(${JSON.stringify(to[0])}, …).`;
  }
  return undefined;
}

export const pureRule = onImports((context, node, name, here) => {
  if (PURE.includes(here.layer) && name.startsWith("node:")) {
    context.report({ node, message: `src/${here.layer} is pure: no Node in it.` });
  }
});

export const awsRule = onImports((context, node, name, here) => {
  if (WITHOUT_AWS.includes(here.layer) && /^@(aws-sdk|smithy)\//.test(name)) {
    context.report({ node, message: `src/${here.layer} knows nothing of AWS's clients.` });
  }
});
