import { collectionTable, type Migration } from "../../../store/index.ts";

export const queries: Migration = { id: "example/0001-queries", sql: collectionTable("example_queries") };
