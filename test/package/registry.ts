import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/** What npm asks a registry about a package, by version. */
type Versions = Record<string, { folder: string; manifest: Record<string, unknown> }>;

/**
 * A registry for npm on 127.0.0.1 that has the packages of a folder node_modules, nested ones too, and no others. So npm resolves and
 * installs as ever, and needs neither a network nor what its cache happens to hold.
 */
export async function serveRegistry(nodeModules: string): Promise<{ url: string; close(): void }> {
  const packages = packagesIn(nodeModules);
  const server = http.createServer((request, response) => {
    const [name, version] = decodeURIComponent((request.url as string).slice(1)).split("/-/");
    const versions = packages.get(name as string);
    if (!versions) {
      response.writeHead(404).end("{}");
    } else if (version) {
      tarball(versions[version]?.folder as string).pipe(response);
    } else {
      response.end(JSON.stringify(packument(name as string, versions, `http://${request.headers.host}`)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function packument(name: string, versions: Versions, url: string): object {
  const described = Object.entries(versions).map(([version, { manifest }]) => [
    version,
    { ...manifest, dist: { tarball: `${url}/${name}/-/${version}` } },
  ]);
  return { name, "dist-tags": { latest: described[0]?.[0] }, versions: Object.fromEntries(described) };
}

function packagesIn(nodeModules: string, found = new Map<string, Versions>()): Map<string, Versions> {
  for (const folder of packageFolders(nodeModules)) {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    found.set(manifest.name, { [manifest.version]: { folder, manifest }, ...found.get(manifest.name) });
    packagesIn(path.join(folder, "node_modules"), found);
  }
  return found;
}

/** The folders of the packages right in a folder node_modules; the link by which notebooks find the lab is none. */
export function packageFolders(nodeModules: string): string[] {
  if (!fs.existsSync(nodeModules)) return [];
  return fs
    .readdirSync(nodeModules)
    .filter((name) => !name.startsWith(".") && name !== "dios-lab")
    .map((name) => path.join(nodeModules, name))
    .flatMap((folder) =>
      path.basename(folder).startsWith("@") ? fs.readdirSync(folder).map((name) => path.join(folder, name)) : [folder],
    )
    .filter((folder) => fs.existsSync(path.join(folder, "package.json")));
}

/** npm takes off the first part of every path, whatever its name. */
function tarball(folder: string): NodeJS.ReadableStream {
  const options = ["--exclude=node_modules", "-czhf", "-", "-C", path.dirname(folder), path.basename(folder)];
  return spawn("tar", options, { stdio: ["ignore", "pipe", "inherit"] }).stdout;
}
