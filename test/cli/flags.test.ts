import type { CommandDef } from "citty";
import { expect, test } from "vitest";
import { checkFlags } from "../../src/cli/flags.ts";
import { downCommand } from "../../src/cli/commands/down.ts";
import { invoke } from "../../src/cli/commands/invoke.ts";
import { serve } from "../../src/cli/commands/serve.ts";

const commands = { down: downCommand, invoke, serve } as unknown as Readonly<Record<string, CommandDef>>;
const check = (line: string): Promise<void> => {
  const args = line.split(" ");
  const at = args.findIndex((arg) => Object.hasOwn(commands, arg));
  return checkFlags(commands[args[at] ?? ""] ?? {}, args, at);
};

test.each([
  ["serve --prot 99", "Unknown option '--prot'. Flags: --port, --data,"],
  ["serve --port", "Option '--port <value>' argument missing"],
  ["serve --port --lenient", "Option '--port' argument is ambiguous"],
  ["serve here", 'There is nothing to do with "here".'],
  ["down --everything=yes", "Option '--everything' does not take an argument"],
  ["--lenient serve", "--lenient must stand after the command serve."],
  ["invoke one two", 'There is nothing to do with "two".'],
])("%s is refused", async (line, message) => {
  await expect(check(line)).rejects.toThrow(message);
});

test.each(["serve", "serve --port 0 --lenient --root-keys=generated", "invoke dogs --event {}", "invoke", "down --no-everything"])("%s is taken", async (line) => {
  await expect(check(line)).resolves.toBeUndefined();
});
