// A layer of one's own in a model: sizes, parameters for the input that it meets, a call.
import assert from "node:assert/strict";
import {
  type BatchShape,
  type Flow,
  Layer,
  layers,
  mul,
  ones,
  type Parameter,
  parameter,
  sequential,
} from "gatewise";

class Scale extends Layer {
  factor?: Parameter;

  constructor() {
    super("Scale");
  }

  shapeAfter(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  protected override create(inputShape: BatchShape): void {
    this.factor = parameter([inputShape.at(-1) ?? 1]);
    this.factor.assign(new Float32Array(this.factor.size).fill(3));
  }

  call({ x, mask }: Flow): Flow {
    return { x: mul(x, this.factor ?? 1), mask };
  }
}

const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [4] }), new Scale()] });
assert.deepEqual(model.outputShape, [null, 2]);
assert.equal(Object.keys(model.parameters()).length, 3);
const before = model.layers[0]?.apply(ones([1, 4])).output;
assert.deepEqual(model.predict(ones([1, 4])).data, before && mul(before, 3).data);

model.compile({ optimizer: "adam", loss: "mse" });
const { loss } = await model.fit(ones([8, 4]), ones([8, 2]), { epochs: 3 });
assert.equal(loss.length, 3);
