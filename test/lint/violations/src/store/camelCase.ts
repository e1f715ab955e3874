// expect house(kebab-case)
export const name = "camel";
