"use strict";
// Finds the handler as AWS's Node runtimes do: `folder/file.export.path`, tried as the extensions come.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html

const { existsSync, readFileSync, statSync } = require("node:fs");
const { createRequire, registerHooks } = require("node:module");
const { basename, dirname, join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");

/** Who requires the handler, as "Require stack" shows it: AWS's own runtime stands there. */
const RUNTIME = "/var/runtime/index.mjs";

const named = (name, message) => {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  return error;
};

/**
 * AWS's runtimes carry the SDK: `@aws-sdk/*` and `@smithy/*` that the package lacks are found beside this program, so
 * that handlers bundled without them work. The package's own copy comes first.
 */
function provideSdk() {
  registerHooks({
    resolve(specifier, context, next) {
      if (!/^@(aws-sdk|smithy)\//.test(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch (error) {
        if (error.code !== "MODULE_NOT_FOUND" && error.code !== "ERR_MODULE_NOT_FOUND") throw error;
        try {
          return next(specifier, { ...context, parentURL: pathToFileURL(__filename).href });
        } catch {
          throw error;
        }
      }
    },
  });
}

/** What the nearest package.json says of `.js` files: true for ES modules. */
function isModuleFolder(folder) {
  if (basename(folder) === "node_modules") return false;
  const file = join(folder, "package.json");
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, "utf8")).type === "module";
    } catch {
      return false;
    }
  }
  return dirname(folder) === folder ? false : isModuleFolder(dirname(folder));
}

const importFile = (file) => import(pathToFileURL(file).href);

async function loadModule(root, folder, name) {
  const base = resolve(root, folder, name);
  const load = createRequire(RUNTIME);
  if (statSync(base, { throwIfNoEntry: false })?.isFile()) return load(base);
  const asModule = isModuleFolder(dirname(base));
  for (const [extension, esm] of [[".js", asModule], [".mjs", true], [".cjs", false], [".ts", asModule], [".mts", true], [".cts", false]]) {
    const file = base + extension;
    if (existsSync(file)) return esm ? importFile(file) : load(file);
  }
  return load(load.resolve(name, { paths: [root, join(root, folder)] }));
}

async function loadUserCode(root, folder, name) {
  try {
    return await loadModule(root, folder, name);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const wrapped = named("UserCodeSyntaxError", `SyntaxError: ${error.message}`);
      wrapped.stack = error.stack;
      throw wrapped;
    }
    // Only require()'s: what import() does not find keeps Node's own words, as on AWS.
    if (error.code === "MODULE_NOT_FOUND") {
      const wrapped = named("ImportModuleError", `Error: ${error.message}`);
      wrapped.stack = `Runtime.ImportModuleError: Error: ${error.message}\n${String(error.stack).split("\n").filter((line) => line.startsWith("    at ")).join("\n")}`;
      throw wrapped;
    }
    throw error;
  }
}

/** Node 24 is where AWS ended callback handlers: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
function refuseCallbacks(handler) {
  if (process.env.AWS_EXECUTION_ENV === "AWS_Lambda_nodejs24.x" && handler.length >= 3) {
    throw named("CallbackHandlerDeprecated", "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You will need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.");
  }
}

/** AWS's global for streaming handlers. Without InvokeWithResponseStream there is nothing to stream to: said by name. */
function refuseStreaming() {
  globalThis.awslambda = {
    streamifyResponse() {
      throw named("MalformedStreamingHandler", "awslambda.streamifyResponse: sagebrush does not run response streaming; return the response instead.");
    },
  };
}

/** Loads `LAMBDA_TASK_ROOT`'s handler; rejects with AWS's `Runtime.*` errors. */
async function loadHandler(root, name) {
  if (name.includes("..")) throw named("MalformedHandlerName", `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  const last = basename(name);
  const dot = last.indexOf(".");
  if (dot < 0) throw named("MalformedHandlerName", "Bad handler");
  provideSdk();
  refuseStreaming();
  const code = await loadUserCode(root, name.slice(0, name.length - last.length), last.slice(0, dot));
  const handler = last.slice(dot + 1).split(".").reduce((object, key) => object?.[key], code);
  if (!handler) throw named("HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw named("HandlerNotFound", `${name} is not a function`);
  refuseCallbacks(handler);
  return handler;
}

module.exports = { loadHandler };
