import { formatShape, sameShape, valueError } from "../core/check.ts";
import { extras } from "../core/extras.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, Tensor } from "../core/tensor.ts";
import { checkIndices, type Indices } from "./rows.ts";

/** Rows and columns of a tensor seen as rows along its last axis. */
function asRows(where: string, name: string, x: Tensor): [rows: number, columns: number] {
  checkTensor(where, name, x);
  const columns = x.shape.at(-1);
  if (columns === undefined) throw valueError(where, "a tensor with an axis", "a scalar");
  return [x.size / columns, columns];
}

/** e^x / Σ e^x along the last axis. */
export function softmax(x: Tensor): Tensor {
  const [rows, columns] = asRows("softmax", "x", x);
  return inFrame([x], (frame) => {
    const k = extras(frame.runtime);
    const from = frame.at(x);
    const y = frame.tensor(x.shape);
    k.softmax_forward(frame.at(y), from, rows, columns);
    frame.record([y], [x], () => {
      k.softmax_backward(frame.gradient(x), frame.flowed(y), frame.at(y), rows, columns);
    });
    return y;
  });
}

/** x - log Σ e^x along the last axis: the logarithm of `softmax`, without its underflow. */
export function logSoftmax(x: Tensor): Tensor {
  const [rows, columns] = asRows("logSoftmax", "x", x);
  return inFrame([x], (frame) => {
    const k = extras(frame.runtime);
    const from = frame.at(x);
    const y = frame.tensor(x.shape);
    k.log_softmax_forward(frame.at(y), from, rows, columns);
    frame.record([y], [x], () => {
      k.log_softmax_backward(frame.gradient(x), frame.flowed(y), frame.at(y), rows, columns);
    });
    return y;
  });
}

/**
 * Softmax cross-entropy, the mean over the rows: a scalar.
 *
 * logits [..., classes]; target: class numbers, one a row, or a tensor of the logits' shape with one probability a class
 * (a constant). Throws a RangeError for a class that is not there.
 */
export function crossEntropy(logits: Tensor, target: Indices | Tensor): Tensor {
  const where = "crossEntropy";
  const [rows, columns] = asRows(where, "logits", logits);
  return target instanceof Tensor
    ? softCrossEntropy(where, logits, target, rows, columns)
    : classCrossEntropy(where, logits, target, rows, columns);
}

function classCrossEntropy(
  where: string,
  logits: Tensor,
  target: Indices,
  rows: number,
  columns: number,
): Tensor {
  const { values, shape } = checkIndices(where, "classes", target, columns);
  const flat = shape.length === 1 && values.length === rows;
  if (!flat && !sameShape(shape, logits.shape.slice(0, -1)))
    throw valueError(where, `${rows} classes, one a row`, `shape ${formatShape(shape)}`);
  return inFrame([logits], (frame) => {
    const k = extras(frame.runtime);
    const [from, classes] = [frame.at(logits), frame.words(values)];
    const loss = frame.tensor([]);
    const p = frame.floats(logits.size);
    k.cross_entropy_forward(frame.at(loss), p, from, classes, rows, columns);
    frame.record([loss], [logits], () => {
      const dx = frame.gradient(logits);
      k.cross_entropy_backward(dx, frame.flowed(loss), p, classes, rows, columns);
    });
    return loss;
  });
}

function softCrossEntropy(
  where: string,
  logits: Tensor,
  target: Tensor,
  rows: number,
  columns: number,
): Tensor {
  if (!sameShape(target.shape, logits.shape))
    throw valueError(
      where,
      `class numbers in an array, or a target of shape ${formatShape(logits.shape)}`,
      `a tensor of shape ${formatShape(target.shape)}`,
    );
  if (target.home)
    throw new TypeError(`${where}: expected a constant target, got a parameter; detach it`);
  return inFrame([logits, target], (frame) => {
    const k = extras(frame.runtime);
    const [from, goal] = [frame.at(logits), frame.at(target)];
    const loss = frame.tensor([]);
    const p = frame.floats(logits.size);
    k.soft_cross_entropy_forward(frame.at(loss), p, from, goal, rows, columns);
    frame.record([loss], [logits, target], () => {
      if (frame.gradient(target))
        throw new Error(`${where}: the target has no gradient; detach it`);
      const dx = frame.gradient(logits);
      k.soft_cross_entropy_backward(dx, frame.flowed(loss), p, goal, rows, columns);
    });
    return loss;
  });
}

/** The mean of (prediction - target)² over all elements: a scalar. Both of one shape. */
export function mse(prediction: Tensor, target: Tensor): Tensor {
  const where = "mse";
  checkTensor(where, "prediction", prediction);
  checkTensor(where, "target", target);
  if (!sameShape(prediction.shape, target.shape))
    throw valueError(
      where,
      `a target of the prediction's shape ${formatShape(prediction.shape)}`,
      formatShape(target.shape),
    );
  return inFrame([prediction, target], (frame) => {
    const k = extras(frame.runtime);
    const [a, b] = [frame.at(prediction), frame.at(target)];
    const n = prediction.size;
    const loss = frame.tensor([]);
    k.mse_forward(frame.at(loss), a, b, n);
    frame.record([loss], [prediction, target], () => {
      const [da, db] = [frame.gradient(prediction), frame.gradient(target)];
      if (da) k.mse_backward(da, frame.flowed(loss), a, b, n);
      if (db) k.mse_backward(db, frame.flowed(loss), b, a, n);
    });
    return loss;
  });
}
