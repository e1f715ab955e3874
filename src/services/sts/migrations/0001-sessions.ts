import { collectionTable, type Migration } from "../../../store/index.ts";

export const sessions: Migration = { id: "sts/0001-sessions", sql: collectionTable("sts_sessions") };
