/** What a quota counts: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html, "<type> for training job usage" and its kin. */
export type QuotaUse = "training job" | "spot training job" | "endpoint" | "notebook instance";

/** Instances of a type that may be in use at once, by use. */
export interface Quotas {
  limit(type: string, use: QuotaUse): number;
}

/**
 * Instances of each type. AWS's defaults differ by type, account and age of the account (new accounts have less, of GPU types none), and no
 * document lists them all: these are ours, for all types alike.
 */
const DEFAULTS: Readonly<Record<QuotaUse, number>> = { "training job": 20, "spot training job": 20, endpoint: 20, "notebook instance": 20 };

const SHORT: Readonly<Record<string, QuotaUse>> = { training: "training job", spot: "spot training job", endpoint: "endpoint", notebook: "notebook instance" };
const NAMED = /^(ml\.[a-z0-9-]+\.[a-z0-9]+) for ((?:spot )?training job|endpoint|notebook instance) usage$/;

/** What `parseQuotas` reads, for messages. */
export const QUOTAS_FORM = 'training=200, spot=10, endpoint=2, notebook=2 or a quota\'s name with a number, such as "ml.m5.large for training job usage=200", separated by commas';

/** Reads `training=200,ml.p3.2xlarge for training job usage=0`: for all types of a use, or for one type. Undefined for anything else. */
export function parseQuotas(text: string): Quotas | undefined {
  const given = new Map<string, number>();
  for (const entry of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const [, name = "", number = ""] = /^(.*?)\s*=\s*(\d{1,6})$/.exec(entry) ?? [];
    const [, type, use] = NAMED.exec(name) ?? [];
    const key = type !== undefined && use !== undefined ? `${type} ${use}` : SHORT[name];
    if (key === undefined) return undefined;
    given.set(key, Number(number));
  }
  return { limit: (type, use) => given.get(`${type} ${use}`) ?? given.get(use) ?? DEFAULTS[use] };
}
