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

/** The plain files in a tar.gz as text, by their paths. */
export const filesOf = async (archive: Uint8Array): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(Object.entries(await bytesOf(archive)).map(([path, content]) => [path, content.toString()]));

/** The plain files in a tar.gz, by their paths. */
export async function bytesOf(archive: Uint8Array): Promise<Readonly<Record<string, Buffer>>> {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  const files: Record<string, Buffer> = {};
  try {
    writeFileSync(join(folder, "in.tar.gz"), archive);
    await tar.list({
      file: join(folder, "in.tar.gz"),
      onReadEntry: (entry) => {
        if (entry.type !== "File") return;
        const path = entry.path.replace(/^\.\//, "");
        const pieces: Uint8Array[] = [];
        entry.on("data", (piece: Uint8Array) => void pieces.push(piece));
        entry.on("end", () => (files[path] = Buffer.concat(pieces)));
      },
    });
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
