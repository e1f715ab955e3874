export { filtersOf, matches, sortValue, type Expression, type Filter } from "./matches.ts";
