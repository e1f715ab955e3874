import { collectionTable, type Migration } from "../../../store/index.ts";

export const groupsAndStreams: Migration = {
  id: "logs/0001-groups-and-streams",
  sql: `${collectionTable("logs_groups")}; ${collectionTable("logs_streams")}`,
};
