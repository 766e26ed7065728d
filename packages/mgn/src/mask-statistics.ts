/** @file Statistics of masks over many images. They are collected batch by batch, in the memory of one mask. */

export interface MaskStatistics {
  /** Images seen. */
  readonly images: number;
  /** The mean of M_p. It is m if the area term of Eq. 2 is satisfied. */
  readonly meanArea: number;
  /** The mean of |M_avg - m| over images. */
  readonly areaError: number;
  /** The mean over images of the standard deviation of M_p within the image: 0 for uniform masks. */
  readonly spread: number;
  readonly min: number;
  readonly max: number;
  /** The share of values within 0.1 of 0 or 1. Uniform masks of a small m count as saturated too. */
  readonly saturated: number;
  /**
   * Sarle's coefficient (skewness² + 1) / kurtosis of all values: 1 if they take two values only,
   * whatever their shares; 5/9 if they are uniform on an interval; 1/3 if normal. 0 if all values
   * are equal. Pfister et al., "Good things peak in pairs", Frontiers in Psychology 4:700, 2013.
   */
  readonly bimodality: number;
  /**
   * The share of the variance of M_p that the position of a patch explains: 1 if every image gets
   * the same mask, about 1 / images if masks have nothing in common. 0 if all values are equal.
   */
  readonly positionShare: number;
}

export interface MaskStatisticsCollector {
  /** Adds masks [B, N], without those of weight 0 (padding). */
  add(Mp: Float32Array, weights?: Float32Array): void;
  /** The statistics of everything added so far, which must be at least one image. */
  result(): MaskStatistics;
  /** All sums so far, which must be of at least one image: finite numbers, in an order that `resume` knows. */
  sums(): readonly number[];
  /** Goes on from what `sums` of a collector for as many patches and the same m gave. */
  resume(sums: readonly number[]): void;
}

/** The sums that are one number each, as `sums` begins. */
type Scalars = [number, number, number, number, number, number];

/** Below this variance values count as equal: their higher moments would be rounding errors. */
const negligible = 1e-8;

/** A collector of the statistics of masks [B, N], batch by batch, for a mask ratio m. */
export function collectMaskStatistics({
  patches: N,
  m,
}: {
  readonly patches: number;
  readonly m: number;
}): MaskStatisticsCollector {
  const byPosition = new Float64Array(N); // Σ over images of x = M_p - m; the shift keeps digits
  const powers = [0, 0, 0, 0]; //           Σ x, x², x³, x⁴
  let [images, spreads, areaErrors, saturated] = [0, 0, 0, 0];
  let [min, max] = [Infinity, -Infinity];

  const addImage = (Mp: Float32Array) => {
    let [sum, squares] = [0, 0];
    for (const [position, value] of Mp.entries()) {
      const x = value - m;
      sum += x;
      squares += x * x;
      powers[2]! += x ** 3;
      powers[3]! += x ** 4;
      byPosition[position]! += x;
      min = Math.min(min, value);
      max = Math.max(max, value);
      if (value <= 0.1 || value >= 0.9) saturated += 1;
    }
    powers[0]! += sum;
    powers[1]! += squares;
    images += 1;
    areaErrors += Math.abs(sum / N);
    spreads += Math.sqrt(Math.max(0, squares / N - (sum / N) ** 2));
  };

  return {
    sums: () => [images, spreads, areaErrors, saturated, min, max, ...powers, ...byPosition],
    resume(sums) {
      [images, spreads, areaErrors, saturated, min, max] = sums as Scalars;
      for (const i of powers.keys()) powers[i] = sums[6 + i]!;
      byPosition.set(sums.slice(6 + powers.length));
    },
    add(Mp, weights) {
      for (let image = 0; image * N < Mp.length; image += 1) {
        if (weights?.[image] !== 0) addImage(Mp.subarray(image * N, (image + 1) * N));
      }
    },
    result() {
      const [mean, x2, x3, x4] = powers.map((power) => power / (images * N)) as [
        number,
        number,
        number,
        number,
      ];
      // Central moments from moments about m.
      const variance = x2 - mean ** 2;
      const third = x3 - 3 * mean * x2 + 2 * mean ** 3;
      const fourth = x4 - 4 * mean * x3 + 6 * mean ** 2 * x2 - 3 * mean ** 4;
      // (skewness² + 1) / kurtosis with both over powers of the variance.
      const bimodality = (third ** 2 / variance + variance ** 2) / fourth;
      const betweenPositions =
        byPosition.reduce((total, sum) => total + (sum / images - mean) ** 2, 0) / N;
      const varies = variance > negligible;
      return {
        images,
        meanArea: m + mean,
        areaError: areaErrors / images,
        spread: spreads / images,
        min,
        max,
        saturated: saturated / (images * N),
        bimodality: varies ? bimodality : 0,
        positionShare: varies ? betweenPositions / variance : 0,
      };
    },
  };
}
