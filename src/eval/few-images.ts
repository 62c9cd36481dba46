/** Fewer images make figures that differ by chance more than most methods do. */
const FEW_IMAGES = 100;
/** Standard errors to either side that hold 95% of a normal distribution. */
const WIDTH_95 = 1.96;

/**
 * Says how little a figure of so few images says; undefined where there are enough. The standard error is that of a binomial
 * share, at most sqrt(0.25 / n).
 */
export function fewImagesLine(images: number): string | undefined {
  if (images >= FEW_IMAGES || images === 0) return undefined;
  const point = (100 / images).toFixed(1);
  const error = Math.round(100 * WIDTH_95 * Math.sqrt(0.25 / images));
  const few = `${images} image${images === 1 ? " says" : "s say"} little`;
  return `${few}: one is ${point} points, and a figure has an error of up to ±${error} points (95%); smaller differences may be chance`;
}
