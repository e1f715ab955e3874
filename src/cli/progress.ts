import { systemClock } from "../shared/clock.ts";
import type { Progress, StepReport } from "../project/progress.ts";
import { tell, tellOver } from "./output.ts";

const BAR_CELLS = 16;
const REDRAW_MS = 100;

/** Steps as lines: on a terminal the running one is redrawn with its bar and seconds, elsewhere each is one line when it ends. */
export function createProgress(terminal: boolean): Progress {
  return {
    async step(title, work) {
      const began = systemClock.monotonic();
      const shown = { detail: "", fraction: undefined as number | undefined, skipped: false };
      const seconds = (): string => `${((systemClock.monotonic() - began) / 1000).toFixed(1)} s`;
      const draw = (): void => tellOver(`  … ${title}  ${bar(shown.fraction)}${shown.detail}  ${seconds()}`);
      const timer = terminal ? systemClock.every(REDRAW_MS, draw) : undefined;
      const report: StepReport = {
        detail: (text) => {
          shown.detail = text;
        },
        fraction: (value) => {
          shown.fraction = value;
        },
        skip: (text) => {
          shown.detail = text;
          shown.skipped = true;
        },
      };
      try {
        const result = await work(report);
        timer?.cancel();
        if (terminal) tellOver("");
        tell(`  ${shown.skipped ? "=" : "✓"} ${title}  ${shown.detail === "" ? "" : `(${shown.detail})  `}${seconds()}`);
        return result;
      } catch (error) {
        timer?.cancel();
        if (terminal) tellOver("");
        tell(`  ✗ ${title}  ${seconds()}`);
        throw error;
      }
    },
  };
}

function bar(fraction: number | undefined): string {
  if (fraction === undefined) return "";
  const full = Math.round(fraction * BAR_CELLS);
  return `${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)} `;
}
