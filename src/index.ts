export { defineProject, type ProjectDefinition } from "./project/define.ts";
