// expect house(no-clock)
export const now = new Date();
