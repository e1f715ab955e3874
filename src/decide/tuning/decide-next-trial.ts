import { decideBayesian } from "./bayesian.ts";
import type { NextTrial, TuningQuestion } from "./question.ts";
import { gridSize } from "./space.ts";
import { anyUntried, exhausted, firstUntried, triedIn } from "./untried.ts";

/**
 * What to try next: the same question has the same answer. No combination is tried twice, also where AWS might; so a
 * search over few combinations is exhausted before its number of training jobs is reached. A failed trial is not repeated.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
 */
export function decideNextTrial(question: TuningQuestion): NextTrial {
  const { strategy, parameters } = question;
  switch (strategy) {
    case "Random": {
      const values = anyUntried(question, triedIn(question));
      return values === undefined ? exhausted(parameters) : { kind: "try", values, reason: "drawn at random" };
    }
    case "Grid":
      return decideGrid(question);
    case "Bayesian":
      return decideBayesian(question);
  }
}

function decideGrid(question: TuningQuestion): NextTrial {
  const { parameters } = question;
  const size = gridSize(parameters);
  const endless = parameters.find(({ kind }) => kind === "continuous");
  if (endless !== undefined) throw new RangeError(`${endless.name} is continuous: a grid has no end`);
  const next = firstUntried(parameters, triedIn(question));
  return next === undefined ? exhausted(parameters) : { kind: "try", values: next.values, reason: `combination ${next.number + 1} of ${size}` };
}
