"use strict";
// The console of AWS's Node runtimes: time, request id and level in front, one event a call. Line ends inside a message
// travel as carriage returns, as AWS's own runtime does where it writes to stdout; the server turns them back.

const { formatWithOptions } = require("node:util");
const { writeSync } = require("node:fs");

const STDOUT = 1;
const STDERR = 2;

/** Synchronous, so that a line is out before the answer is, and before the process ends; a full pipe is waited for. */
function writeAll(bytes, descriptor = STDOUT) {
  let rest = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** `process.stdout.write` becomes synchronous as well. Done when it is first asked for: making the stream takes time. */
function makeSynchronous(name, descriptor) {
  const { get } = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      const stream = get.call(process);
      stream.write = (chunk, encoding, done) => {
        writeAll(typeof chunk === "string" ? Buffer.from(chunk, typeof encoding === "string" ? encoding : "utf8") : chunk, descriptor);
        const callback = typeof encoding === "function" ? encoding : done;
        if (callback) process.nextTick(callback);
        return true;
      };
      Object.defineProperty(process, name, { value: stream, configurable: true, enumerable: true, writable: true });
      return stream;
    },
  });
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
  makeSynchronous("stdout", STDOUT);
  makeSynchronous("stderr", STDERR);
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
