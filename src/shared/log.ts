/** What happened, for the person who runs the server. Never carries secrets. */
export interface Log {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

const line = (level: string, message: string, facts?: Readonly<Record<string, unknown>>): string =>
  `${level} ${message}${facts ? ` ${JSON.stringify(facts)}` : ""}\n`;

/** Writes lines to a stream, by default standard error. */
export const streamLog = (stream: { write(text: string): unknown } = process.stderr): Log => ({
  info: (message, facts) => void stream.write(line("info", message, facts)),
  warn: (message, facts) => void stream.write(line("warn", message, facts)),
  error: (message, facts) => void stream.write(line("error", message, facts)),
});

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
