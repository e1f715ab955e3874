import { startCloud } from "../../../src/cloud/start.ts";

// A server for crash.test.ts, to be killed. `node crash-program.ts <folder>`; prints its address.
const cloud = await startCloud({ port: 0, data: process.argv[2] ?? "" });
process.stdout.write(`${cloud.endpoint}\n`);
