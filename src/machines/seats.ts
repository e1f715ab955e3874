import type { Milliseconds } from "../base/instant.ts";
import type { Clock } from "../shared/clock.ts";
import type { GroupHierarchy, GroupLimits, MachineGroup } from "./cgroups/group.ts";
import { signalPid } from "./proc.ts";
import { keepServerFor, startSeat, type Seat } from "./seat.ts";
import type { Separation } from "./separation.ts";

/** Groups with a seat in them, made ahead: starting a program then waits for neither. */
export interface Seats {
  /** A limited group (where the host has groups) and a seat in it. */
  take(limits: GroupLimits): { readonly group: MachineGroup | undefined; readonly seat: Seat };
  /** Group folders of seats that nobody has taken. */
  waiting(): readonly string[];
  close(): Promise<void>;
}

interface Place {
  readonly group: MachineGroup | undefined;
  readonly seat: Seat;
}

/** One for the machine that comes next; making the second waits until the first program has got going. */
const SPARES = 1;
const REFILL_AFTER: Milliseconds = 150;

export function openSeats({ hierarchy, separation, prefix, clock }: { readonly hierarchy: GroupHierarchy | undefined; readonly separation: Separation; readonly prefix: string; readonly clock: Clock }): Seats {
  const spares: Place[] = [];
  let made = 0;
  let closed = false;
  const make = (): Place => {
    // Numbered from the pid on, lest a group that an earlier server could not remove is taken for ours.
    const group = hierarchy?.create(`${prefix}${process.pid}-${++made}`);
    try {
      return { group, seat: startSeat(separation, group) };
    } catch (error) {
      group?.remove();
      throw error;
    }
  };
  /** Undefined where the system gives no more files or processes: whoever needs a seat then is told. */
  const makeAhead = (): Place | undefined => {
    try {
      return make();
    } catch {
      return undefined;
    }
  };
  const refill = (): void => {
    if (closed || separation.mode === "plain") return;
    while (spares.length < SPARES) {
      const place = makeAhead();
      if (place === undefined) return;
      spares.push(place);
      void place.seat.gone.then(() => {
        // Killed by somebody while it waited: not used, not counted on.
        const index = spares.indexOf(place);
        if (index !== -1) spares.splice(index, 1);
      });
    }
  };
  refill();
  return {
    take: (limits) => {
      const place = spares.shift() ?? make();
      place.group?.limit(limits);
      clock.after(REFILL_AFTER, refill);
      return place;
    },
    waiting: () => spares.flatMap(({ group }) => group?.folders ?? []),
    close: async () => {
      closed = true;
      for (const { group, seat } of spares.splice(0)) {
        keepServerFor(seat);
        signalPid(seat.pid, "SIGKILL");
        await seat.gone;
        for (let tries = 0; group !== undefined && !group.remove() && tries < 500; tries++) {
          group.pids().forEach((pid) => void signalPid(pid, "SIGKILL"));
          await clock.sleep(2);
        }
      }
    },
  };
}
