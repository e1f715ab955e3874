export { bestOf, countNotImproving, decideStep, type StepQuestion, type TrialFacts, type TuningStep } from "./decide-step.ts";
export { decideEarlyStop, type EarlyStopQuestion } from "./early-stop.ts";
export { decideNextTrial } from "./decide-next-trial.ts";
export { bracketOf, decideRung, type Resources, type RungQuestion } from "./hyperband.ts";
export type { Direction, NextTrial, Parameter, Prior, Scaling, Trial, TuningQuestion } from "./question.ts";
export { gridSize } from "./space.ts";
