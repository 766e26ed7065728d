/** @file Learning rate schedules: pure functions from progress to a factor or a rate. */

/** The learning rate at a (fractional) epoch, counted from 0. */
export type Schedule = (epoch: number) => number;

/** η γ^⌊epoch⌋: torch.optim.lr_scheduler.ExponentialLR, stepped once per epoch. */
export function exponential(rate: number, gamma: number): Schedule {
  return (epoch) => rate * gamma ** Math.floor(epoch);
}

/** Half a cosine from `rate` at epoch 0 to `lowest` at epoch `epochs`. Loshchilov, arXiv:1608.03983. */
export function cosine(rate: number, epochs: number, lowest = 0): Schedule {
  return (epoch) => {
    const progress = Math.min(Math.max(epoch / epochs, 0), 1);
    return lowest + ((rate - lowest) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

/** Rises linearly to the schedule's own rate over the first `epochs`. */
export function withWarmup(schedule: Schedule, epochs: number): Schedule {
  return (epoch) => schedule(epoch) * (epochs > 0 ? Math.min(epoch / epochs, 1) : 1);
}
