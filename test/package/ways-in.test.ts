import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { it } from "node:test";
import { ROOT } from "../../src/version";

const read = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");

const WAYS_IN = ["Dockerfile", ".devcontainer/devcontainer.json", ".github/workflows/test.yml", "CONTRIBUTING.md"];

for (const file of WAYS_IN) {
  it(`${file} calls only commands and files that there are`, () => {
    const { scripts } = JSON.parse(read("package.json"));
    const text = read(file);
    const ours = [...text.matchAll(/\bnpm (?:run (\w+)|(test|start)\b)/g)].map(([, named, short]) => named ?? short);
    const files = [...text.matchAll(/\b(?:scripts|src|test|docs)\/[\w./-]+\.(?:mjs|ts|py|md)\b/g)].map(
      ([name]) => name,
    );
    assert.ok(ours.length + files.length > 0);
    for (const name of ours) assert.ok(name && name in scripts, `npm run ${name}`);
    for (const name of files) assert.ok(fs.existsSync(path.join(ROOT, name)), name);
  });
}

it("the development container is made from the first stage of the Dockerfile and sets up what the Dockerfile sets up", () => {
  const { build, remoteUser, postCreateCommand } = JSON.parse(read(".devcontainer/devcontainer.json"));
  const dockerfile = fs.readFileSync(path.join(ROOT, ".devcontainer", build.dockerfile), "utf8");
  assert.match(dockerfile, new RegExp(`^FROM \\S+ AS ${build.target}$`, "m"));
  assert.ok(dockerfile.includes(`--owner=${remoteUser}`));
  assert.ok(dockerfile.includes(postCreateCommand));
});

it("the image keeps JupyterLab's token, and every address is meant inside the container alone", () => {
  const dockerfile = read("Dockerfile");
  assert.match(dockerfile, /^CMD .*scripts\/lab\.mjs.*--ip=0\.0\.0\.0/m);
  assert.match(dockerfile, /-p 127\.0\.0\.1:8888:8888/);
  assert.doesNotMatch(dockerfile + read("scripts/lab.mjs"), /token=/i);
});

it("the version is the same in package.json, CITATION.cff and the changelog", () => {
  const { version } = JSON.parse(read("package.json"));
  assert.match(read("CITATION.cff"), new RegExp(`^version: ${version}$`, "m"));
  assert.ok(read("CHANGELOG.md").includes(version));
});
