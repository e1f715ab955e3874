import type { Collection, Store } from "../../store/index.ts";
import { operations, type ServiceContext } from "../../wire/service.ts";
import type { GroupRecord } from "./group/group.ts";
import type { LogFiles } from "./storage/log-files.ts";
import type { StreamRecord } from "./stream/stream.ts";

export interface LogsState {
  /** By `account/region/group`. */
  readonly groups: Collection<GroupRecord>;
  /** By `account/region/group:stream`; neither name can hold a colon. */
  readonly streams: Collection<StreamRecord>;
  readonly files: LogFiles;
  readonly transaction: Store["transaction"];
}

export type LogsContext = ServiceContext<LogsState>;

export const operation = operations<typeof import("@aws-sdk/client-cloudwatch-logs"), LogsState>();
