import { startCloud } from "../../src/cloud/start.ts";

// The server of the S3 measurements: `node bench/s3/server.ts <folder>`. Prints its address; ends with its standard input.
const [folder = ""] = process.argv.slice(2);
const cloud = await startCloud({ port: 0, data: folder });
process.stdout.write(`${cloud.endpoint}\n`);
process.stdin.on("end", () => void cloud.stop().then(() => process.exit(0))).resume();
