// expect house(no-export-all)
export * from "./new-date.ts";
