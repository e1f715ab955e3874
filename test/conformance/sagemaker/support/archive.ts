import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as tar from "tar";

/** A tar.gz of these files. */
export async function archiveOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> {
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

/** The plain files in a tar.gz, by their paths. */
export async function filesOf(archive: Uint8Array): Promise<Readonly<Record<string, string>>> {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  const files: Record<string, string> = {};
  try {
    writeFileSync(join(folder, "in.tar.gz"), archive);
    await tar.list({
      file: join(folder, "in.tar.gz"),
      onReadEntry: (entry) => {
        if (entry.type !== "File") return;
        const path = entry.path.replace(/^\.\//, "");
        files[path] = "";
        entry.on("data", (piece) => (files[path] += String(piece)));
      },
    });
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
