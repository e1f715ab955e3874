import type { DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { Clock } from "../shared/clock.ts";
import type { LogLine } from "./follow-log.ts";

/** Where progress is drawn: `process.stderr`, or what a test looks at. */
export interface ProgressTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A job's live lines with a bar below them. */
export interface FitProgress {
  line(line: LogLine): void;
  job(job: DescribeTrainingJobCommandOutput): void;
  /** Leaves the lines and takes the bar away. */
  end(): void;
}

const CELLS = 24;
const CLEAR = "\r\u001b[2K";
/** What stands before a state is done when it begins; a job that goes through others (Pending, Interrupted) stays where it was. */
const STATES: Readonly<Record<string, number>> = { Starting: 0, Downloading: 0.1, Training: 0.2, Uploading: 0.9, Completed: 1 };
/** `Epoch[3]`, `epoch 3/10`, `Train Epoch: 3`, `epoch=3 of 10` */
const EPOCH = /\bepoch\b\s*[:=[#]?\s*(\d{1,6})(?:\]?\s*(?:\/|of)\s*(\d{1,6}))?/i;
const EPOCH_HYPERPARAMETERS = ["epochs", "num_epochs", "num-epochs", "n_epochs", "n-epochs", "max_epochs"];

/** How far a job is: by the epochs that its log shows, where it is known how many there are, else by its states. */
export function createFractionReader(): { readonly line: (text: string) => void; readonly job: (job: DescribeTrainingJobCommandOutput) => number } {
  let [epoch, total, first]: (number | undefined)[] = [];
  let state = 0;
  return {
    line(text) {
      const [, now, all] = EPOCH.exec(text) ?? [];
      if (now === undefined) return;
      epoch = Number(now);
      first ??= epoch;
      if (all !== undefined) total = Number(all);
    },
    job({ SecondaryStatus, HyperParameters = {}, TrainingJobStatus }) {
      state = STATES[String(SecondaryStatus)] ?? state;
      if (TrainingJobStatus === "Completed") return 1;
      const asked = EPOCH_HYPERPARAMETERS.map((name) => Number((HyperParameters[name] ?? "").replaceAll('"', ""))).find((value) => value > 0);
      const all = total ?? asked;
      if (SecondaryStatus !== "Training" || epoch === undefined || all === undefined) return state;
      // Counted from 0 or from 1, as the first one seen says. Whether an epoch's line comes at its beginning or its end is not known.
      const done = first === 0 ? epoch + 1 : epoch;
      const [from = 0, to = 1] = [STATES["Training"], STATES["Uploading"]];
      return from + Math.min(1, done / all) * (to - from);
    },
  };
}

/** Programs write what they like: nothing but text reaches the terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, (control) => (control === "\t" ? control : ""));

/** Draws on a terminal; nothing elsewhere: then `onLine` and `onStatus` are the way to hear of a job. */
export function createFitProgress(terminal: ProgressTerminal, clock: Clock): FitProgress | undefined {
  if (terminal.isTTY !== true) return undefined;
  const began = clock.monotonic();
  const fraction = createFractionReader();
  let bar = "";
  const draw = (): void => void terminal.write(CLEAR + bar);
  return {
    line({ host, text }) {
      fraction.line(text);
      terminal.write(`${CLEAR}${host} ${plain(text)}\n`);
      draw();
    },
    job(job) {
      const share = fraction.job(job);
      const full = Math.round(share * CELLS);
      const said = job.SecondaryStatusTransitions?.at(-1)?.StatusMessage ?? String(job.SecondaryStatus);
      const text = `${"█".repeat(full)}${"░".repeat(CELLS - full)} ${Math.round(share * 100)} %  ${((clock.monotonic() - began) / 1000).toFixed(0)} s  ${plain(said)}`;
      const width = terminal.columns ?? 80;
      bar = text.length >= width ? `${text.slice(0, width - 2)}…` : text;
      draw();
    },
    end: () => void terminal.write(CLEAR),
  };
}
