// Multiplies two matrices with the native TensorFlow and prints its version. Run in a process of its own, since a library
// that does not fit the processor ends the process.
const util = require("node:util");
util.isNullOrUndefined = (value) => value === null || value === undefined; // removed from Node 23, used by tfjs-node 4.22
util.isArray = Array.isArray;
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

const tf = require("@tensorflow/tfjs-node");
const product = tf
  .matMul(
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  )
  .arraySync()
  .join();
if (product !== "19,22,43,50") throw new Error(`TensorFlow multiplied wrongly: ${product}`);
console.log(tf.backend().binding.TF_Version);
