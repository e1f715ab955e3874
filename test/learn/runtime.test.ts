import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("runs models without the runtime's telemetry", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sagebrush-telemetry-"));
  const root = join(import.meta.dirname, "..", "..", "src", "learn");
  const code = `
    const { createGraph } = await import(${JSON.stringify(join(root, "graph.ts"))});
    const { createSession } = await import(${JSON.stringify(join(root, "session.ts"))});
    const graph = createGraph("g");
    graph.output("y", graph.input("x", [1]));
    await createSession(graph.encode(), { threads: 1 });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { env: { HOME: folder, TMPDIR: folder }, stdio: "inherit" });
  expect(await once(child, "exit")).toEqual([0, null]);
  // The telemetry client would leave its log, a device identifier and a database of events here.
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
