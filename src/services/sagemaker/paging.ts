import { errors } from "./errors.ts";

/** What every List operation of SageMaker takes beside its own filters. */
export interface ListRequest {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly SortOrder?: string | undefined;
  readonly NameContains?: string | undefined;
  readonly CreationTimeAfter?: Date | undefined;
  readonly CreationTimeBefore?: Date | undefined;
  readonly LastModifiedTimeAfter?: Date | undefined;
  readonly LastModifiedTimeBefore?: Date | undefined;
}

interface Listable {
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

const DEFAULT_PAGE = 10; // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html

/** Filters, sorts and cuts a page. Tokens name the last item seen, so a page survives insertions. */
export function pageOf<T extends Listable>(records: readonly T[], request: ListRequest, sortBy: (record: T) => string | number): { readonly page: readonly T[]; readonly nextToken: string | undefined } {
  const wanted = records.filter((record) =>
    (request.NameContains === undefined || record.name.toLowerCase().includes(request.NameContains.toLowerCase()))
    && (request.CreationTimeAfter === undefined || record.createdAt > request.CreationTimeAfter.getTime())
    && (request.CreationTimeBefore === undefined || record.createdAt < request.CreationTimeBefore.getTime())
    && (request.LastModifiedTimeAfter === undefined || record.modifiedAt > request.LastModifiedTimeAfter.getTime())
    && (request.LastModifiedTimeBefore === undefined || record.modifiedAt < request.LastModifiedTimeBefore.getTime()));
  const direction = request.SortOrder === "Ascending" ? 1 : -1;
  const sorted = wanted.toSorted((a, b) => direction * (compare(sortBy(a), sortBy(b)) || compare(a.name, b.name)));
  const start = request.NextToken === undefined ? 0 : positionAfter(sorted, request.NextToken);
  const page = sorted.slice(start, start + (request.MaxResults ?? DEFAULT_PAGE));
  const last = page.at(-1);
  const nextToken = last && start + page.length < sorted.length ? Buffer.from(last.name).toString("base64url") : undefined;
  return { page, nextToken };
}

function positionAfter(sorted: readonly Listable[], token: string): number {
  const name = Buffer.from(token, "base64url").toString();
  const at = sorted.findIndex((record) => record.name === name);
  if (at < 0) throw errors.nextToken();
  return at + 1;
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
