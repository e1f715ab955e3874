// expect house(no-clock)
export const started = performance.now();
