import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Header } from "tar";
import { expect, test } from "vitest";
import { unpackArchive } from "../../src/runtimes/archive.ts";

const entry = (path: string, text?: string): Buffer => {
  const header = new Header({ path, type: text === undefined ? "Directory" : "File", mode: 0o755, size: text?.length ?? 0 });
  const block = Buffer.alloc(512);
  header.encode(block);
  const body = Buffer.alloc(Math.ceil((text?.length ?? 0) / 512) * 512);
  body.write(text ?? "");
  return Buffer.concat([block, body]);
};

async function unpacked(...entries: readonly Buffer[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "unpack-"));
  try {
    writeFileSync(join(folder, "a.tar"), Buffer.concat([...entries, Buffer.alloc(1024)]));
    await unpackArchive(join(folder, "a.tar"), join(folder, "out"));
    return readdirSync(join(folder, "out"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("an archive may begin with its root, as the Python SDK packs models again", async () => {
  expect(await unpacked(entry("/"), entry("model.pth", "weights"))).toEqual(["model.pth"]);
  expect(await unpacked(entry("./"), entry("./model.pth", "weights"))).toEqual(["model.pth"]);
});

test("an archive may not lead out of its folder", async () => {
  await expect(unpacked(entry("/etc/passwd", "x"))).rejects.toThrow("/etc/passwd leads out of its folder");
  await expect(unpacked(entry("a/../../b", "x"))).rejects.toThrow("leads out of its folder");
});
