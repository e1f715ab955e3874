/**
 * What every figure stands beside: node:http that reads the body and answers a few bytes, and nothing else. Prints its port;
 * ends with its standard input.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const ANSWER = JSON.stringify({ TrainingJobSummaries: [] });
const server = createServer((request, response) => {
  request.on("data", () => undefined).on("end", () => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": ANSWER.length });
    response.end(ANSWER);
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on("end", () => process.exit(0)).resume();
