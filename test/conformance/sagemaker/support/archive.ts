import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as tar from "tar";

/** A tar.gz of these files. */
export async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, "in", name)), { recursive: true });
      writeFileSync(join(folder, "in", name), text);
    }
    await tar.create({ gzip: true, file: join(folder, "out.tar.gz"), cwd: join(folder, "in") }, ["."]);
    return readFileSync(join(folder, "out.tar.gz"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
