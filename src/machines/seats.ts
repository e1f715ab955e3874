import type { Milliseconds } from "../base/instant.ts";
import type { Clock } from "../shared/clock.ts";
import { endGroup } from "./cgroups/end-group.ts";
import type { GroupHierarchy, GroupLimits, MachineGroup } from "./cgroups/group.ts";
import { endSeat, startSeat, type Seat } from "./seat.ts";
import type { Separation } from "./separation.ts";
import type { MachineNetwork } from "./types.ts";

/** Groups with a seat in them, made ahead: starting a program then waits for neither. */
export interface Seats {
  /** A limited group (where the host has groups) and a seat in it. */
  take(limits: GroupLimits, network?: MachineNetwork): Place;
  /** Ends one that was taken for a machine that did not come to be. False when its groups cannot be removed now. */
  discard(place: Place): Promise<boolean>;
  /** Group folders of seats that nobody has taken. */
  waiting(): readonly string[];
  close(): Promise<void>;
}

export interface Place {
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
  const make = (network?: MachineNetwork): Place => {
    // Numbered from the pid on, lest a group that an earlier server could not remove is taken for ours.
    const group = hierarchy?.create(`${prefix}${process.pid}-${++made}`);
    try {
      return { group, seat: startSeat(separation, group, network) };
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
  const discard = async ({ group, seat }: Place): Promise<boolean> => {
    await endSeat(seat);
    return endGroup(group, clock);
  };
  refill();
  return {
    discard,
    take: (limits, network) => {
      // A spare one is in the host's network.
      const place = network === undefined ? spares.shift() ?? make() : make(network);
      clock.after(REFILL_AFTER, refill);
      try {
        place.group?.limit(limits);
      } catch (error) {
        void discard(place);
        throw error;
      }
      return place;
    },
    waiting: () => spares.flatMap(({ group }) => group?.folders ?? []),
    close: async () => {
      closed = true;
      for (const place of spares.splice(0)) await discard(place);
    },
  };
}
