// expect house(no-clock)
export const deadline = AbortSignal.timeout(10);
