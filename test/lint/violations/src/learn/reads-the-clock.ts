// expect house(no-clock)
export const now = Date.now();
