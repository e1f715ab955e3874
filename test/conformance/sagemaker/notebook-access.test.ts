import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreatePresignedNotebookInstanceUrlCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { allPids, read } from "../../../src/machines/proc.ts";
import { startCloud } from "../../support/cloud.ts";
import { jupyterPython, notebooks, runCell } from "./support/notebook.ts";

test.skipIf(jupyterPython() === undefined)("a link opens a notebook once and within five minutes, for a session of the asked length; foreign pages are refused, and Jupyter's token is told to nobody", { timeout: 240_000 }, async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  await all.create();
  await all.until("InService");
  const link = async (seconds?: number): Promise<string> => (await all.sagemaker.send(new CreatePresignedNotebookInstanceUrlCommand({ NotebookInstanceName: "nb", ...(seconds !== undefined && { SessionExpirationDurationInSeconds: seconds }) }))).AuthorizedUrl ?? "";
  const open = (url: string, headers: Record<string, string> = {}): Promise<Response> => fetch(url, { redirect: "manual", headers });

  const url = await link(1800);
  const first = await open(url);
  expect(first.status).toBe(302);
  expect(first.headers.get("location")).toBe("/lab");
  const [cookie = ""] = first.headers.getSetCookie();
  expect(cookie).toMatch(/^sagebrush-notebook-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=1800$/);
  expect((await open(url)).status).toBe(403);
  const session = { base: new URL(url).origin, cookie: cookie.split(";")[0] ?? "" };
  const status = async (headers: Record<string, string>): Promise<number> => (await open(`${session.base}/api/kernels`, headers)).status;
  expect(await status({ cookie: session.cookie })).toBe(200);
  expect(await status({})).toBe(403);
  expect(await status({ cookie: session.cookie.replace(/.$/, "") })).toBe(403);
  expect(await status({ cookie: session.cookie, origin: "http://evil.example" })).toBe(403);
  expect(await status({ cookie: session.cookie, origin: cloud.endpoint })).toBe(403);
  expect(await status({ cookie: session.cookie, "sec-fetch-site": "same-site" })).toBe(403);
  expect(await status({ cookie: session.cookie, origin: session.base, "sec-fetch-site": "same-origin" })).toBe(200);
  await expect(runCell({ ...session, cookie: "" }, "print(1)")).rejects.toThrow();
  await expect(link(1799)).rejects.toThrow("sessionExpirationDurationInSeconds");

  // The machine alone knows Jupyter's token: Jupyter keeps it there.
  const runtime = join(cloud.folder, "machines/run/notebook-us-east-1-nb/tmp/jupyter-runtime");
  const { token } = JSON.parse(readFileSync(join(runtime, readdirSync(runtime).find((name) => /^jpserver-\d+\.json$/.test(name)) ?? ""), "utf8")) as { readonly token: string };
  expect(token).toMatch(/^[\w-]{43}$/);
  const lines = await all.lines("nb/jupyter.log");
  expect(lines.some((line) => line.includes("Jupyter Server"))).toBe(true);
  expect(lines.filter((line) => line.includes(token))).toEqual([]);
  expect(allPids().filter((pid) => read(`/proc/${pid}/cmdline`)?.includes(token))).toEqual([]);
  expect(JSON.stringify(await all.describe())).not.toContain(token);

  const late = await link();
  cloud.clock.advance(301_000);
  expect((await open(late)).status).toBe(403);
  expect(await runCell(session, "print('still')")).toBe("still\n");
  cloud.clock.advance(1_500_000);
  expect(await status({ cookie: session.cookie })).toBe(403);
});
