export { decideAfterLife, secondsLeft, type AfterLife, type JobCourse, type LifeEnd } from "./after-life.ts";
export { parseSpotMarket, secondsToInterruption, SPOT_FORM, type SpotMarket } from "./spot-market.ts";
