import { groupBy } from "../src/core/index.ts";
import type { LabelledFeatures } from "./labelled-features.ts";

/** Each image's nearest labelled one of its coarse class, as images are labelled one after the other. */
function nearestLabelled({ features, dim, coarse }: LabelledFeatures) {
  const nearest = new Int32Array(coarse.length).fill(-1);
  const similarity = new Float64Array(coarse.length).fill(Number.NEGATIVE_INFINITY);
  const membersOf = groupBy(coarse.keys(), (image) => coarse[image]!);
  const add = (labelled: number) => {
    const own = features.subarray(labelled * dim, (labelled + 1) * dim);
    for (const image of membersOf.get(coarse[labelled]!)!) {
      let product = 0;
      for (let d = 0, at = image * dim; d < dim; d++, at++) product += own[d]! * features[at]!;
      // A labelled image has its own label for good.
      if (image === labelled) product = Number.POSITIVE_INFINITY;
      if (product <= similarity[image]!) continue;
      similarity[image] = product;
      nearest[image] = labelled;
    }
  };
  return { nearest, similarity, add };
}

/**
 * Images that are right after each label: labelled ones, and others whose nearest labelled one of the coarse class is of their
 * fine class. Rows have length 1.
 */
export function labelOneByOne(data: LabelledFeatures, order: Iterable<number>): number[] {
  const { fine } = data;
  const { nearest, add } = nearestLabelled(data);
  const right = [0];
  for (const image of order) {
    add(image);
    right.push(fine.reduce((sum, name, i) => sum + Number(nearest[i]! >= 0 && fine[nearest[i]!] === name), 0));
  }
  return right;
}

/** Next is always the image that is least like every labelled one of its coarse class. */
export function* farthestFirst(data: LabelledFeatures): Generator<number> {
  const { similarity, add } = nearestLabelled(data);
  for (let count = 0; count < data.fine.length; count++) {
    let next = 0;
    similarity.forEach((value, image) => {
      if (value < similarity[next]!) next = image;
    });
    add(next);
    yield next;
  }
}
