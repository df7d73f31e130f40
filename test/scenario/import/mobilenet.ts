import type * as tensorflow from "@tensorflow/tfjs";

/** Stages of MobileNetV2 (Sandler et al., CVPR 2018, table 2): expansion, channels, repetitions, stride of the first. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The layers-model JSON of MobileNetV2 with width 1 for pictures of 224 x 224 and 1000 classes; weights are zero. */
export function mobileNetV2(tf: typeof tensorflow): string {
  const zero = { kernelInitializer: "zeros", depthwiseInitializer: "zeros" } as const;
  type Tensor = tensorflow.SymbolicTensor;
  const after = (x: Tensor, name: string, activate = true): Tensor => {
    const normal = tf.layers.batchNormalization({ name: `${name}_bn` }).apply(x) as Tensor;
    return activate ? (tf.layers.reLU({ maxValue: 6, name: `${name}_relu` }).apply(normal) as Tensor) : normal;
  };
  const convolution = (x: Tensor, name: string, filters: number, kernelSize: number, strides = 1, activate = true) =>
    after(
      tf.layers
        .conv2d({ ...zero, name, filters, kernelSize, strides, padding: "same", useBias: false })
        .apply(x) as Tensor,
      name,
      activate,
    );

  const input = tf.input({ shape: [224, 224, 3], name: "picture" });
  let x = convolution(input, "first", 32, 3, 2);
  let block = 0;
  for (const [expansion, channels, repetitions, stride] of STAGES) {
    for (let k = 0; k < repetitions; k++) {
      block++;
      const strides = k === 0 ? stride : 1;
      const before = x;
      const inside = before.shape[3] as number;
      if (expansion > 1) x = convolution(x, `expand${block}`, expansion * inside, 1);
      const name = `depthwise${block}`;
      x = after(
        tf.layers
          .depthwiseConv2d({ ...zero, name, kernelSize: 3, strides, padding: "same", useBias: false })
          .apply(x) as Tensor,
        name,
      );
      x = convolution(x, `project${block}`, channels, 1, 1, false);
      if (strides === 1 && inside === channels) {
        x = tf.layers.add({ name: `add${block}` }).apply([before, x]) as Tensor;
      }
    }
  }
  x = convolution(x, "last", 1280, 1);
  x = tf.layers.globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" }).apply(x) as Tensor;
  x = tf.layers.dense({ ...zero, name: "classes", units: 1000, activation: "softmax" }).apply(x) as Tensor;
  const model = tf.model({ inputs: input, outputs: x, name: "mobilenet_v2" });
  const json = JSON.stringify({ modelTopology: model.toJSON(undefined, false) });
  model.dispose();
  return json;
}
