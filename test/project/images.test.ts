import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listFile, readDataSet } from "../../src/project/images.ts";

function pictures(classes: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(join(tmpdir(), "pictures-"));
  for (const [name, count] of Object.entries(classes)) {
    mkdirSync(join(folder, name));
    for (let index = 0; index < count; index += 1) writeFileSync(join(folder, name, `${name}-${index}.jpg`), `${name}${index}`);
  }
  return folder;
}

test("the same pictures fall into the same splits wherever they lie", async () => {
  const folder = pictures({ pug: 20, boxer: 10 });
  const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
  cpSync(folder, elsewhere, { recursive: true });
  const [one, other] = [await readDataSet(folder), await readDataSet(elsewhere)];
  expect(other.fingerprint).toBe(one.fingerprint);
  expect(one.classes).toEqual(["boxer", "pug"]);
  const count = (className: string, split: string): number => one.pictures.filter((picture) => picture.className === className && picture.split === split).length;
  expect([count("pug", "train"), count("pug", "validation"), count("pug", "test")]).toEqual([14, 3, 3]);
});

test("a changed picture changes the data set's fingerprint", async () => {
  const folder = pictures({ pug: 5, boxer: 5 });
  const before = await readDataSet(folder);
  writeFileSync(join(folder, "pug", "pug-0.jpg"), "another");
  expect((await readDataSet(folder)).fingerprint).not.toBe(before.fingerprint);
});

test("lists number the classes by name and leave other splits out", async () => {
  const data = await readDataSet(pictures({ pug: 5, boxer: 5 }));
  const lines = listFile(data, "train").trimEnd().split("\n").map((line) => line.split("\t"));
  expect(lines).toHaveLength(data.pictures.filter(({ split }) => split === "train").length);
  for (const [, number, path] of lines) expect(path).toMatch(number === "0" ? /^boxer\// : /^pug\//);
});

test.each([
  ["a folder that is not there", "/nowhere/at/all", "is not there"],
  ["one class only", pictures({ pug: 5 }), "holds only one class (pug)"],
  ["no pictures", pictures({}), "holds no pictures"],
  ["too few of a class", pictures({ pug: 5, boxer: 2 }), "class boxer has 2 pictures; three are the least"],
])("%s is said", async (_what, folder, sentence) => {
  await expect(readDataSet(folder)).rejects.toThrow(sentence);
});
