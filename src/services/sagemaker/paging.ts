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

/** How one List operation sorts. */
export interface Listing<T> {
  readonly sortBy: (record: T) => string | number;
  /** When the request says nothing: Ascending for jobs, Descending for the rest, by their API pages. */
  readonly order: "Ascending" | "Descending";
}

export interface Page<T> {
  readonly page: readonly T[];
  /** Spread into the answer: empty on the last page. */
  readonly next: { readonly NextToken?: string };
}

/** A place in a sorted list: what a page's last item sorted by, and its name. It outlives that item. */
type Position = readonly [sortedBy: string | number, name: string];

const DEFAULT_PAGE = 10; // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpoints.html

/** Filters, sorts and cuts a page. */
export function pageOf<T extends Listable>(records: readonly T[], request: ListRequest, { sortBy, order }: Listing<T>): Page<T> {
  const direction = (request.SortOrder ?? order) === "Ascending" ? 1 : -1;
  const positionOf = (record: T): Position => [sortBy(record), record.name];
  const compare = (a: Position, b: Position): number => direction * (compareValues(a[0], b[0]) || compareValues(a[1], b[1]));
  const after = request.NextToken === undefined ? undefined : readToken(request.NextToken);
  const left = records
    .filter((record) => isWanted(record, request) && (after === undefined || compare(positionOf(record), after) > 0))
    .toSorted((a, b) => compare(positionOf(a), positionOf(b)));
  const page = left.slice(0, request.MaxResults ?? DEFAULT_PAGE);
  const last = page.at(-1);
  return { page, next: last !== undefined && page.length < left.length ? { NextToken: Buffer.from(JSON.stringify(positionOf(last))).toString("base64url") } : {} };
}

function isWanted(record: Listable, request: ListRequest): boolean {
  return (request.NameContains === undefined || record.name.toLowerCase().includes(request.NameContains.toLowerCase()))
    && (request.CreationTimeAfter === undefined || record.createdAt >= request.CreationTimeAfter.getTime())
    && (request.CreationTimeBefore === undefined || record.createdAt < request.CreationTimeBefore.getTime())
    && (request.LastModifiedTimeAfter === undefined || record.modifiedAt > request.LastModifiedTimeAfter.getTime())
    && (request.LastModifiedTimeBefore === undefined || record.modifiedAt < request.LastModifiedTimeBefore.getTime());
}

function readToken(token: string): Position {
  try {
    const [sortedBy, name] = JSON.parse(Buffer.from(token, "base64url").toString()) as readonly unknown[];
    if ((typeof sortedBy === "string" || typeof sortedBy === "number") && typeof name === "string") return [sortedBy, name];
  } catch {
    // Not one of ours: said below.
  }
  throw errors.nextToken();
}

const compareValues = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
