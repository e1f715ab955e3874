/** More than FailureReason can carry is not kept. */
const MAX_KEPT = 2_000;
/** Names of errors as Python (and Node) write them at the start of a message or in a raise. */
const ERROR_NAME = /\b(?:[A-Z]\w*)?(?:Error|Exception)\b|\bKeyboardInterrupt\b|\bSystemExit\b/;

export interface ErrorLines {
  add(line: string): void;
  text(): string;
}

/**
 * What stands as ErrorMessage in a failure: from the first line on that names an error, each line once, without the
 * spaces and colons around it. As process.py (`watch`) of aws/sagemaker-training-toolkit collects it.
 */
export function collectErrorLines(): ErrorLines {
  const kept: string[] = [];
  let length = 0;
  return {
    add: (line) => {
      if (kept.length === 0 && !ERROR_NAME.test(line)) return;
      const text = line.replaceAll(/^[ :]+|[ :]+$/g, "");
      if (length > MAX_KEPT || kept.includes(text)) return;
      kept.push(text);
      length += text.length + 1;
    },
    text: () => kept.join("\n").trim(),
  };
}
