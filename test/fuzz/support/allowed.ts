import { compilePattern } from "../../../src/wire/constraints/pattern.ts";
import type { Node, TableShape } from "../../../src/wire/constraints/table.ts";
import type { Chance } from "./damage.ts";

/** Few names, so that requests meet what others made. */
const TEXTS = [
  "dogs", "cats", "dogs-1", "a", "$LATEST", "1", "128", "/", "/team/", "ml.m5.large", "application/json", "image-classification:1", "python3.12", "nodejs22.x", "index.handler",
  "arn:aws:iam::000000000000:role/dogs", "arn:aws:iam::000000000000:user/dogs", "arn:aws:iam::000000000000:policy/dogs", "arn:aws:iam::aws:policy/AdministratorAccess",
  "arn:aws:lambda:us-east-1:000000000000:function:dogs", "arn:aws:sagemaker:us-east-1:000000000000:training-job/dogs", "arn:aws:sagemaker:us-east-1:000000000000:endpoint/dogs", "arn:aws:logs:us-east-1:000000000000:log-group:dogs",
  "s3://dogs/key", "https://example.com/a/b", "{\"Version\":\"2012-10-17\",\"Statement\":[]}", "lambda:InvokeFunction", "sagemaker.amazonaws.com", "000000000000", "us-east-1", "0123456789abcdef0123456789abcdef", "AKIA0123456789ABCDEF", "2026-01-01T00:00:00Z", "vpc-0123456789abcdef0", "sg-0123456789abcdef0", "subnet-0123456789abcdef0",
];
const MAX_DEPTH = 6;

/** A value that the service's constraints allow, as far as a text from the list does; so requests reach the handlers. */
export function makeAllowed(node: Node, chance: Chance, depth = 0): unknown {
  const { shape } = node;
  switch (node.kind) {
    case "structure": return makeStructure(node, chance, depth);
    case "list": {
      const element = node.element();
      return element ? Array.from({ length: sizeIn(shape, chance, 3) }, () => makeAllowed(element, chance, depth + 1)) : [];
    }
    case "map": {
      const [key, element] = [node.key(), node.element()];
      return key && element ? Object.fromEntries(Array.from({ length: sizeIn(shape, chance, 3) }, () => [makeText(key.shape, chance), makeAllowed(element, chance, depth + 1)])) : {};
    }
    case "string": return makeText(shape, chance);
    case "integer": case "long": case "float": case "double": return sizeIn(shape, chance, 1000);
    case "boolean": return chance.below(2) === 0;
    case "timestamp": return new Date(1_790_000_000_000 + chance.below(1_000_000) * 1000);
    case "blob": return Uint8Array.from(chance.random.bytes(1 + chance.below(60)));
    default: return {};
  }
}

function makeStructure(node: Node, chance: Chance, depth: number): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const name of Object.keys(node.shape.members ?? {})) {
    const member = node.member(name);
    if (!member || (!node.required.includes(name) && (depth >= MAX_DEPTH || chance.below(10) < 7))) continue;
    value[name] = makeAllowed(member, chance, depth + 1);
  }
  return value;
}

/** A length or number within what is allowed, and not much more than the least. */
function sizeIn({ min = 0, max = Number.MAX_SAFE_INTEGER }: TableShape, chance: Chance, room: number): number {
  const lowest = Math.max(min, 0);
  return lowest + chance.below(Math.min(max - lowest, room) + 1);
}

function makeText(shape: TableShape, chance: Chance): string {
  if (shape.enum && shape.enum.length > 0) return chance.pick(shape.enum);
  const expression = shape.pattern === undefined ? undefined : compilePattern(shape.pattern);
  const fits = (text: string): boolean => text.length >= (shape.min ?? 0) && text.length <= (shape.max ?? Infinity) && (!expression || expression.test(text));
  const start = chance.below(TEXTS.length);
  for (let at = 0; at < TEXTS.length; at++) {
    const text = TEXTS[(start + at) % TEXTS.length] ?? "";
    if (fits(text)) return text;
  }
  return "a".repeat(Math.max(1, shape.min ?? 1));
}
