import type { Migration } from "../store/index.ts";
import type { ServiceId } from "../wire/service.ts";
import { iam } from "./iam/index.ts";
import { lambda } from "./lambda/index.ts";
import { logs } from "./logs/index.ts";
import { s3 } from "./s3/index.ts";
import { sagemaker } from "./sagemaker/index.ts";
import { sagemakerRuntime } from "./sagemaker-runtime/index.ts";
import { sts } from "./sts/index.ts";

/** The only list of services. `cloud/compose.ts` starts them; coverage and migrations are read from here. */
export const SERVICES = [iam, sts, logs, s3, sagemaker, sagemakerRuntime, lambda] as const;

/** Every change of the data folder's layout, in order. */
export const MIGRATIONS: readonly Migration[] = SERVICES.flatMap((service): readonly Migration[] => service.migrations);

export const SERVICE_IDS: readonly ServiceId[] = SERVICES.map((service) => service.id);
