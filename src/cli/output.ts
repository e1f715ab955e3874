/* The only place that writes to the terminal. */

/** A line of what the user asked for. */
export const print = (text = ""): void => void process.stdout.write(`${text}\n`);

/** A line for the user's eye that is not the answer (progress, errors): standard error. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

/** Redraws the terminal's present line; an empty text clears it. */
export const tellOver = (text: string): void => {
  const width = process.stderr.columns || 80;
  process.stderr.write(`\r\u001b[2K${text.length >= width ? `${text.slice(0, width - 1)}…` : text}`);
};

/** Whether the progress can be redrawn. */
export const isTerminal = (): boolean => process.stderr.isTTY;
