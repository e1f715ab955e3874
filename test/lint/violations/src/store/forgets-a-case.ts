// expect typescript(switch-exhaustiveness-check)
export const price = (colour: "red" | "green"): number => {
  let price = 0;
  switch (colour) {
    case "red": price = 1;
  }
  return price;
};
