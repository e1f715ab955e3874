"use strict";
// The console of AWS's Node runtimes: time, request id and level in front, one event a call. Line ends inside a message
// travel as carriage returns, as AWS's own runtime does where it writes to stdout; the server turns them back.

const { formatWithOptions } = require("node:util");
const { writeSync } = require("node:fs");

const STDOUT = 1;

/** Synchronous, so that nothing is lost when the handler ends the process; a full pipe is waited for. */
function writeAll(text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STDOUT, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

const withHiddenMembers = (_key, value) =>
  value instanceof Error
    ? { errorType: value.name, errorMessage: value.message, code: value.code, ...value, stack: typeof value.stack === "string" ? value.stack.split("\n") : undefined }
    : value;

function describe(error) {
  try {
    return JSON.stringify(error instanceof Error ? error : new Error(String(error)), withHiddenMembers);
  } catch {
    return JSON.stringify({ errorType: error?.name, errorMessage: error?.message });
  }
}

function patchConsole(current) {
  const at = (level) => (...values) => {
    const line = `${new Date().toISOString()}\t${current.requestId}\t${level}\t${formatWithOptions({}, ...values)}`;
    writeAll(`${line.replaceAll("\n", "\r")}\n`);
  };
  console.trace = at("TRACE");
  console.debug = at("DEBUG");
  console.info = at("INFO");
  console.log = console.info;
  console.warn = at("WARN");
  console.error = at("ERROR");
  console.fatal = at("FATAL");
  return { logError: (title, error) => console.error(title, `\t${describe(error)}`) };
}

module.exports = { patchConsole };
