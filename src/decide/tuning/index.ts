export { decideEarlyStop, type EarlyStopQuestion } from "./early-stop.ts";
export { decideNextTrial } from "./decide-next-trial.ts";
export type { Direction, NextTrial, Parameter, Scaling, Trial, TuningQuestion } from "./question.ts";
export { gridSize } from "./space.ts";
