// Appends events to the stream in argv[2] and prints each one's number once it is acknowledged, until it is killed.
import { instant } from "../../../../src/base/instant.ts";
import { openStreamLog } from "../../../../src/services/logs/storage/stream-log.ts";

const log = openStreamLog(process.argv[2] ?? "", "process");
for (let number = 0; ; number += 1) {
  log.append([{ timestamp: instant(number), message: `${number} ${"z".repeat(number % 5000)}` }], instant(number));
  process.stdout.write(`${number}\n`);
  // Lets what was printed out before the next one.
  await new Promise((resolve) => setImmediate(resolve));
}
