"use strict";
// The least HTTP/1.1 client that the Runtime API needs, on a bare socket: one connection kept alive, one request at a
// time, answers with Content-Length. node:http costs several milliseconds of every cold start.

const net = require("node:net");

const ROOT = "/2018-06-01/runtime";
const HEAD_END = Buffer.from("\r\n\r\n");

function parseHead(text) {
  const [status, ...lines] = text.split("\r\n");
  const headers = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(status.split(" ")[1]), headers };
}

function connectRuntimeApi(authority, token) {
  const [host, port] = authority.split(":");
  const socket = net.connect({ host, port: Number(port), noDelay: true });
  let buffered = [];
  let size = 0;
  let head;
  let waiting;
  let lost;

  const fail = (error) => {
    lost = error;
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on("data", (chunk) => {
    buffered.push(chunk);
    size += chunk.length;
    if (head === undefined) {
      const data = Buffer.concat(buffered);
      const end = data.indexOf(HEAD_END);
      if (end < 0) return;
      head = parseHead(data.latin1Slice(0, end));
      buffered = [data.subarray(end + HEAD_END.length)];
      size = buffered[0].length;
    }
    if (size < Number(head.headers["content-length"] ?? 0)) return;
    const { resolve } = waiting;
    const answer = { ...head, body: Buffer.concat(buffered).toString("utf8") };
    [waiting, head, buffered, size] = [undefined, undefined, [], 0];
    resolve(answer);
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the Runtime API has closed the connection")));

  const request = (method, path, body = "", headers = "") =>
    new Promise((resolve, reject) => {
      if (lost) return reject(lost);
      // Between requests the connection does not keep Node alive: "nothing left to do" is how a lost promise is noticed.
      const released = (then) => (value) => {
        socket.unref();
        then(value);
      };
      waiting = { resolve: released(resolve), reject: released(reject) };
      socket.ref();
      const length = method === "GET" ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
      socket.write(`${method} ${ROOT}${path} HTTP/1.1\r\nHost: ${authority}\r\nSagebrush-Runtime-Token: ${token}\r\n${headers}${length}\r\n${body}`);
    });

  const postError = (path, document) =>
    request("POST", path, JSON.stringify(document), `Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: ${document.errorType.replace(/[^\x20-\x7e]/g, "?")}\r\n`);
  return {
    async next() {
      const answer = await request("GET", "/invocation/next");
      if (answer.status !== 200) throw new Error(`the Runtime API answered ${answer.status}: ${answer.body}`);
      return answer;
    },
    response: (requestId, body) => request("POST", `/invocation/${requestId}/response`, body, "Content-Type: application/json\r\n"),
    error: (requestId, document) => postError(`/invocation/${requestId}/error`, document),
    initError: (document) => postError("/init/error", document),
  };
}

module.exports = { connectRuntimeApi };
