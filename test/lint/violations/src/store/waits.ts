// expect house(no-clock)
export const later = (work: () => void): unknown => setTimeout(work, 10);
