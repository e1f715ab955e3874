// expect eslint(no-var)
export var changing = 1;
