import { loadScenario, type Scenario } from "dios-lab";

/** Face recognition on a phone: each frame is searched for faces, a face becomes a vector, which is looked up; thumbnails go back. */
export function faceRecognition(): Scenario {
  return loadScenario("paper", {
    name: "face-recognition",
    description: "Detect, describe, look up; beside it a thumbnail of each face.",
    application: {
      topology: "graph",
      subTasks: 4,
      // From sub-task to sub-task; numbers go up along each dependency.
      dependencies: [
        [0, 1],
        [1, 2],
        [0, 3],
      ],
      measured: {
        names: ["detect", "describe", "look up", "thumbnail"],
        dataBytes: [50_000, 2_000, 50_000], // on the dependencies, in their order
        inputBytes: [600_000, 0, 0, 0], // from the device: the frame
        outputBytes: [0, 0, 1_000, 8_000], // to the device: names, thumbnails
        cycles: [1.2e9, 2.5e9, 6e9, 0.1e9], // on these data
        scale: [0.5, 1.5], // a state has 0.5 to 1.5 times these data, and the work grows with them
      },
    },
    sources: { "application.measured": "profiled on the phone" },
  });
}
