// expect house(no-chance)
export const chance = Math.random();
