import fc from "fast-check";
import type { NextTrial, Parameter } from "../../../src/decide/tuning/index.ts";

const scaling = fc.constantFrom("Auto" as const, "Linear" as const, "Logarithmic" as const);
const ends = (least: number, most: number) => fc.tuple(fc.double({ min: least, max: most, noNaN: true }), fc.double({ min: least, max: most, noNaN: true })).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

const ranges: fc.Arbitrary<Parameter> = fc.oneof(
  fc.record({ ends: ends(1e-6, 1e6), scaling }).map(({ ends: both, scaling: how }) => ({ kind: "continuous" as const, name: "", ...both, scaling: how })),
  ends(0, 0.9999).map((both) => ({ kind: "continuous" as const, name: "", ...both, scaling: "ReverseLogarithmic" as const })),
  ends(-1e3, 1e3).map((both) => ({ kind: "continuous" as const, name: "", ...both, scaling: "Linear" as const })),
  fc.record({ min: fc.integer({ min: 1, max: 50 }), more: fc.integer({ min: 0, max: 5_000 }), scaling }).map(({ min, more, scaling: how }) => ({ kind: "integer" as const, name: "", min, max: min + more, scaling: how })),
);
const choices: fc.Arbitrary<Parameter> = fc.uniqueArray(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 5 }).map((values) => ({ kind: "categorical" as const, name: "", values }));

const named = (parameters: readonly Parameter[]): readonly Parameter[] => parameters.map((parameter, index) => ({ ...parameter, name: `p${index}` }));

export const anyParameters = fc.array(fc.oneof(ranges, choices), { minLength: 1, maxLength: 5 }).map(named);
export const anyChoices = fc.array(choices, { minLength: 1, maxLength: 3 }).map(named);

export function isWithin(parameters: readonly Parameter[], values: Extract<NextTrial, { kind: "try" }>["values"]): boolean {
  return Object.keys(values).length === parameters.length && parameters.every((parameter) => {
    const text = values[parameter.name] ?? "";
    if (parameter.kind === "categorical") return parameter.values.includes(text);
    const value = Number(text);
    return text !== "" && value >= parameter.min && value <= parameter.max && (parameter.kind === "continuous" || Number.isInteger(value));
  });
}
