import { describe, expect, it } from "vitest";
import { classNames, parseList } from "../../src/algorithms/image-classification/list-file.ts";

const parse = (text: string): unknown => parseList(text, { file: "train.lst", numClasses: 3 });

describe("a .lst file", () => {
  it("gives pictures and classes", () => {
    expect(parse("5\t1\tdog/a b.jpg\r\n1000\t0\tcat.png\n\n22\t2.0\tx/../y.jpg\n")).toEqual([
      { path: "dog/a b.jpg", label: 1 }, { path: "cat.png", label: 0 }, { path: "y.jpg", label: 2 },
    ]);
  });
  it("takes a name that begins with two dots for a name", () => {
    expect(parse("0\t1\t..a/b.jpg\n1\t0\t...\n")).toEqual([{ path: "..a/b.jpg", label: 1 }, { path: "...", label: 0 }]);
  });
  it.each([
    ["0\t1\ta/../..", "train.lst, line 1: the path 'a/../..' must stay inside its channel."],
    ["0\t3\ta.jpg", "train.lst, line 1: the class 3 does not fit num_classes=3; classes are numbered from 0 to 2."],
    ["0\t-1\ta.jpg", "train.lst, line 1: the class '-1' is not a whole number from 0."],
    ["0\tdog\ta.jpg", "train.lst, line 1: the class 'dog' is not a whole number from 0."],
    ["0\t1\ta.jpg\n0\t1\tb.jpg", "train.lst, line 2: the image index 0 is already used in line 1; it must be unique."],
    ["0 1 a.jpg", "train.lst, line 1: expected index, class and path separated by tabs."],
    ["0\t1\t../../etc/passwd", "train.lst, line 1: the path '../../etc/passwd' must stay inside its channel."],
    ["0\t1\t/etc/passwd", "train.lst, line 1: the path '/etc/passwd' must stay inside its channel."],
    ["0\t1\t0\ta.jpg", "train.lst, line 1: more than one label for a picture is not supported"],
    ["\n", "train.lst lists no pictures."],
  ])("refuses %j with its place", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
  it("names classes by their folders", () => {
    expect(classNames([{ path: "pets/pug/1.jpg", label: 1 }, { path: "pets/boxer/1.jpg", label: 0 }, { path: "pets/pug/2.jpg", label: 1 }], 2)).toEqual(["boxer", "pug"]);
  });
  it("numbers classes whose folders do not tell them apart", () => {
    expect(classNames([{ path: "all/1.jpg", label: 1 }, { path: "all/2.jpg", label: 0 }], 2)).toEqual(["0", "1"]);
    expect(classNames([{ path: "1.jpg", label: 1 }, { path: "2.jpg", label: 0 }], 2)).toEqual(["0", "1"]);
    expect(classNames([{ path: "a/1.jpg", label: 1 }, { path: "b/1.jpg", label: 1 }, { path: "c/2.jpg", label: 0 }], 2)).toEqual(["0", "1"]);
  });
});
