/** The learning rate at a share of the training, from 0 (start) to 1 (end). */
export type Schedule = (progress: number) => number;

/** Rises in a straight line over the warm-up's share and falls in a straight line to zero. */
export const linearSchedule = ({ peak, warmUp }: { readonly peak: number; readonly warmUp: number }): Schedule =>
  (progress) => peak * (progress < warmUp ? progress / warmUp : (1 - progress) / (1 - warmUp));

/** Falls to zero along half a cosine after the warm-up (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983). */
export const cosineSchedule = ({ peak, warmUp }: { readonly peak: number; readonly warmUp: number }): Schedule =>
  (progress) => peak * (progress < warmUp ? progress / warmUp : (1 + Math.cos((Math.PI * (progress - warmUp)) / (1 - warmUp))) / 2);

/** AWS's `lr_scheduler_step` and `lr_scheduler_factor`: multiplied by the factor from each of the epochs on. */
export const steppedRate = (epoch: number, { rate, epochs, factor }: { readonly rate: number; readonly epochs: readonly number[]; readonly factor: number }): number =>
  rate * factor ** epochs.filter((step) => epoch >= step).length;
