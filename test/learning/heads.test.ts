import assert from "node:assert/strict";
import test from "node:test";
import { HEADS, type HeadName } from "../../src/learning/heads";

const decisions = Uint8Array.of(0, 1, 2);

test("the literal head has one target a sub-task, 1 where it is offloaded", () => {
  assert.deepEqual([...HEADS.literal.targets(decisions)], [0, 1, 1]);
  assert.equal(HEADS.literal.units(6), 6);
});

test("the literal head reads below 0.5 as local, else as the edge", () => {
  assert.deepEqual([...HEADS.literal.decide(Float32Array.of(-0.01, 0, 4))], [0, 1, 1]);
});

for (const name of ["sigmoid", "softmax"] as const) {
  test(`the ${name} head has three targets a sub-task, 1 at its site`, () => {
    assert.deepEqual([...HEADS[name].targets(decisions)], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    assert.equal(HEADS[name].units(6), 18);
  });

  test(`the ${name} head takes the site with the largest output, the lowest of equal ones`, () => {
    const outputs = Float32Array.of(0.1, 0.2, 0.3, 0.3, 0.2, 0.3, 0.1, 0.4, 0.4, 0.5, 0.5, 0.5);
    assert.deepEqual([...HEADS[name].decide(outputs)], [2, 0, 1, 0]);
  });
}

test("sigmoids are each of its sum, a softmax is over the three sites of a sub-task, and large sums do not overflow", () => {
  const sums = Float32Array.of(0, Math.log(2), Math.log(5), 900, 900, 0);
  const close = (name: HeadName, expected: number[]) => {
    for (const [i, output] of HEADS[name].outputs(sums).entries()) {
      assert.ok(Math.abs(output - (expected[i] as number)) < 1e-6, `${name} ${i}: ${output}`);
    }
  };
  for (const name of ["literal", "sigmoid"] as const) close(name, [1 / 2, 2 / 3, 5 / 6, 1, 1, 1 / 2]);
  close("softmax", [1 / 8, 2 / 8, 5 / 8, 0.5, 0.5, 0]);
});
