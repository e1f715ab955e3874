/** More than FailureReason can carry is not kept. */
const MAX_KEPT = 2_000;
/** The last lines of stderr that stand for an error that has no name. */
const LAST_LINES = 5;
/** Names of errors as Python (and Node) write them at the start of a message or in a raise. */
const ERROR_NAME = /\b(?:[A-Z]\w*)?(?:Error|Exception)\b|\bKeyboardInterrupt\b|\bSystemExit\b/;

export interface ErrorLines {
  add(line: string, stream: "stdout" | "stderr"): void;
  text(): string;
}

/**
 * What stands as ErrorMessage in a failure: from the first line on that names an error, each line once, without the
 * spaces and colons around it. As process.py (`watch`) of aws/sagemaker-training-toolkit collects it.
 * Where no line names an error AWS's message is empty; here it is the last lines of stderr.
 */
export function collectErrorLines(): ErrorLines {
  const kept: string[] = [];
  const last: string[] = [];
  let length = 0;
  return {
    add: (line, stream) => {
      if (kept.length === 0 && !ERROR_NAME.test(line)) {
        if (stream === "stderr" && line.trim() !== "") last.push(line.trim().slice(0, MAX_KEPT));
        if (last.length > LAST_LINES) last.shift();
        return;
      }
      const text = line.replaceAll(/^[ :]+|[ :]+$/g, "");
      if (length > MAX_KEPT || kept.includes(text)) return;
      kept.push(text);
      length += text.length + 1;
    },
    text: () => (kept.length > 0 ? kept : last).join("\n").trim(),
  };
}
