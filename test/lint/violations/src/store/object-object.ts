// expect typescript(no-base-to-string)
export const text = String({ a: 1 });
