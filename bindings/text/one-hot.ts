import { valueError } from "../core/check.ts";
import { createParameters, initializeIdentity } from "../core/parameter.ts";
import { Embedding } from "../nn/embedding.ts";

/** The most tokens that go in as rows of zeros with a one: the table of these rows grows with the square of it. */
const mostOneHot = 4096;

/** An embedding that is no parameter of anything: each token's row has a one at its number. */
export function oneHot(where: string, size: number): Embedding {
  if (size > mostOneHot)
    throw valueError(where, `embeddingSize for a vocabulary of more than ${mostOneHot} tokens`, 0);
  const { weight } = createParameters(where, { weight: [size, size] });
  initializeIdentity(weight);
  return new Embedding(size, size, { weight });
}
