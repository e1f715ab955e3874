import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import fc from "fast-check";
import { argumentText, decodeHyperparameter, variableText } from "../../../src/runtimes/training/python-value.ts";
import { PYTHON } from "../../machines/support.ts";

/** What the toolkit does with a hyperparameter, in Python itself. */
const REFERENCE = `
import json, sys
def arg(v):
    if v is None: return ""
    if hasattr(v, "items"): return ",".join("%s=%s" % (k, x) for k, x in sorted(v.items()))
    return str(v)
def env(v):
    if v is None: return ""
    return v if isinstance(v, str) else json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
out = []
for text in json.load(sys.stdin):
    try: value = json.loads(text)
    except ValueError: value = text
    out.append([arg(value), env(value)])
json.dump(out, sys.stdout)
`;
const reference = (texts: readonly string[]): unknown => JSON.parse(execFileSync(PYTHON, ["-c", REFERENCE], { input: JSON.stringify(texts) }).toString());
const ours = (texts: readonly string[]) => texts.map(decodeHyperparameter).map((value) => [argumentText(value), variableText(value)]);

test("hyperparameters reach a script as Python's own json and str make them", () => {
  const texts = [
    "1", "-3", "0", "1.0", "0.1", "1e-3", "1e-4", "0.00001", "1E5", "1e16", "1e22", "123456789012345678901234567890", "1.5e300", "-0.0", "2.5e-7", "100000.0", "true", "null",
    '"text"', "plain text", "", '""', "a b", '["a", 1, 2.0, true, null]', `["it's", "\\"q\\"", "both ' and \\""]`, '{"b": 1, "a": {"x": [1.0]}}', '"über"', '["über", "\\u2603"]', "[]", "{}", "01", "1.", "s3://bucket/x",
    "NaN", "-Infinity", '{"a": [Infinity, "NaN"]}', "1e400", "NaNa", '["Infinity", NaN',
  ];
  expect(ours(texts)).toEqual(reference(texts));
});

test("any number is written as Python writes it", () => {
  const numbers = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 3000, seed: 7 }).map((value) => JSON.stringify(value));
  expect(ours(numbers)).toEqual(reference(numbers));
});
