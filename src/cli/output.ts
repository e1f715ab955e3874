/* The only place that writes to the terminal. */

/** A line of what the user asked for. */
export const print = (text = ""): void => void process.stdout.write(`${text}\n`);

/** A line for the user's eye that is not the answer (progress, errors): standard error. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);
