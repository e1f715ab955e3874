// expect eslint(prefer-const)
let still = 1;
export const value = still;
