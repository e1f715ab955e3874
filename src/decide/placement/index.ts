export { decidePlacement, DEFAULT_PLACEMENT, type PlacementOptions } from "./decide-placement.ts";
