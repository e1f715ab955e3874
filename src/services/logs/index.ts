import { join } from "node:path";
import type { ServiceDefinition } from "../../wire/service.ts";
import type { LogsState } from "./context.ts";
import { filterLogEvents } from "./event/filter.ts";
import { getLogEvents } from "./event/get.ts";
import { putLogEvents } from "./event/put.ts";
import { createLogGroup } from "./group/create.ts";
import { deleteLogGroup } from "./group/delete.ts";
import { describeLogGroups } from "./group/describe.ts";
import type { GroupRecord } from "./group/group.ts";
import { putLogGroupDeletionProtection } from "./group/protect.ts";
import { groupsAndStreams } from "./migrations/0001-groups-and-streams.ts";
import { deleteRetentionPolicy } from "./retention/delete.ts";
import { putRetentionPolicy } from "./retention/put.ts";
import { sweepExpired, SWEEP_PERIOD } from "./retention/retention.ts";
import { openLogFiles } from "./storage/log-files.ts";
import { createLogStream } from "./stream/create.ts";
import { deleteLogStream } from "./stream/delete.ts";
import { describeLogStreams } from "./stream/describe.ts";
import type { StreamRecord } from "./stream/stream.ts";
import { listTagsForResource, listTagsLogGroup, tagLogGroup, tagResource, untagLogGroup, untagResource } from "./tag/tag.ts";

/** The folders of living streams by group, for sweeping away all others. */
function knownFolders({ groups, streams }: LogsState): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map(groups.values().map(({ id }) => [id, new Set<string>()]));
  for (const { groupId, id } of streams.values()) known.get(groupId)?.add(id);
  return known;
}

export const logs: ServiceDefinition<LogsState> = {
  id: "logs",
  loadSdk: () => import("@aws-sdk/client-cloudwatch-logs"),
  migrations: [groupsAndStreams],
  start({ store, clock, log }) {
    const state: LogsState = {
      groups: store.collection<GroupRecord>("logs_groups"),
      streams: store.collection<StreamRecord>("logs_streams"),
      files: openLogFiles(join(store.folder, "logs"), store.durability),
      transaction: store.transaction,
    };
    const stopping = new AbortController();
    let sweeping = Promise.resolve();
    const sweep = clock.every(SWEEP_PERIOD, () => {
      sweeping = sweeping.then(() => sweepExpired(state, clock.now(), stopping.signal))
        .catch((error: unknown) => log.error("expired log events could not be deleted", { cause: String(error) }));
    });
    return {
      state,
      operations: [
        createLogGroup, deleteLogGroup, describeLogGroups, putLogGroupDeletionProtection,
        createLogStream, deleteLogStream, describeLogStreams,
        putLogEvents, getLogEvents, filterLogEvents,
        putRetentionPolicy, deleteRetentionPolicy,
        tagResource, untagResource, listTagsForResource, tagLogGroup, untagLogGroup, listTagsLogGroup,
      ],
      ready: () => state.files.sweep(knownFolders(state)),
      stop: async () => {
        sweep.cancel();
        stopping.abort();
        await sweeping;
        state.files.close();
      },
    };
  },
};
