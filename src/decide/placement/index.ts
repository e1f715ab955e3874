export { decidePlacement, DEFAULT_PLACEMENT, type Placement, type PlacementOptions, type PlacementQuestion } from "./decide-placement.ts";
