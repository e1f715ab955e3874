/** Values as Python's json module reads them: whole numbers and floats stay apart, as `str()` and `json.dumps` tell them apart. */
export type PythonValue = null | boolean | string | PythonNumber | readonly PythonValue[] | { readonly [key: string]: PythonValue };

export class PythonNumber {
  readonly value: number;
  /** As Python's `str()` writes it. */
  readonly text: string;
  /** As `json.dumps` writes it: differently only where it is no number of JSON's. */
  readonly json: string;
  constructor(source: string) {
    this.value = Number(source);
    const whole = /^-?\d+$/.test(source);
    this.text = whole ? source.replace(/^-0+$/, "0") : floatText(this.value);
    this.json = whole || Number.isFinite(this.value) ? this.text : String(this.value);
  }
}

/** The shortest digits that give the number back, as in JavaScript; with an exponent below 1e-4 and from 1e16 on, of two digits at least. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [digits = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  const plain = exponent < 0 ? value.toFixed(Math.max(0, digits.replace(/[-.]/g, "").length - 1 - exponent)) : String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** Reads a hyperparameter as SageMaker's toolkit does: JSON, and what is no JSON is the string itself. */
export function decodeHyperparameter(text: string): PythonValue {
  for (const source of [text, withMarks(text)]) {
    try {
      return JSON.parse(source, revive as Parameters<typeof JSON.parse>[1]) as PythonValue;
    } catch {
      // Tried with what Python's json reads beside JSON, then taken for a string.
    }
  }
  return text;
}

/** A key that stands for a number which JSON cannot say. */
const MARK = "\u0000number";

const revive: Reviver = (_, value, context) => {
  if (typeof value === "number") return new PythonNumber(context?.source ?? String(value));
  const marked = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[MARK] : undefined;
  return typeof marked === "string" ? new PythonNumber(marked) : value;
};

/** Python's json knows NaN and Infinity; outside of strings they become marks. */
const withMarks = (text: string): string =>
  text.replaceAll(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) => (token.startsWith('"') ? token : JSON.stringify({ [MARK]: token })));

const isObject = (value: PythonValue): value is { readonly [key: string]: PythonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof PythonNumber);

/** Python's `str()`. */
export function pythonText(value: PythonValue): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

function pythonRepr(value: PythonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof PythonNumber) return value.text;
  if (typeof value === "string") return stringRepr(value);
  if (isObject(value)) return `{${Object.entries(value).map(([key, item]) => `${stringRepr(key)}: ${pythonRepr(item)}`).join(", ")}}`;
  return `[${value.map(pythonRepr).join(", ")}]`;
}

function stringRepr(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

/** Python's `json.dumps` with sorted keys, no spaces and ASCII only: how the toolkit writes what is no string into `SM_*`. */
export function pythonJson(value: PythonValue): string {
  if (value instanceof PythonNumber) return value.json;
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (isObject(value)) return `{${Object.keys(value).toSorted().map((key) => `${pythonJson(key)}:${pythonJson(value[key] ?? null)}`).join(",")}}`;
  return `[${value.map(pythonJson).join(",")}]`;
}

/** A value as an argument of the script: `k=v,k=v` for objects, nothing for null, else `str()`. */
export function argumentText(value: PythonValue): string {
  if (value === null) return "";
  if (isObject(value)) return Object.keys(value).toSorted().map((key) => `${key}=${pythonText(value[key] ?? null)}`).join(",");
  return pythonText(value);
}

/** A value as an environment variable: strings as they are, nothing for null, else JSON. */
export const variableText = (value: PythonValue): string => (value === null ? "" : typeof value === "string" ? value : pythonJson(value));
