// expect eslint(no-unused-vars)
const nobody = 1;
export const somebody = 2;
