/** How a step tells what it is doing. The CLI draws it; tests listen. */
export interface StepReport {
  /** A few words: "345 of 569 pictures". */
  detail(text: string): void;
  /** 0 to 1, where it can be known. */
  fraction(value: number): void;
  /** Found done from before: nothing was to do. */
  skip(text: string): void;
}

/** Runs steps one after another and knows how long each took. */
export interface Progress {
  step<T>(title: string, work: (report: StepReport) => Promise<T>): Promise<T>;
}
