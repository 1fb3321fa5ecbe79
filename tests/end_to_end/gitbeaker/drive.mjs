// Runs one call of @gitbeaker/rest as its users write it, and prints what came back: bytes as they are, anything else
// as JSON. The server is GITLAB_URL, the token GITLAB_TOKEN, the call and its arguments are on the command line.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Gitlab } from "@gitbeaker/rest";

const api = new Gitlab({ host: process.env.GITLAB_URL, token: process.env.GITLAB_TOKEN });

const calls = {
  publish: async (project, name, version, path) =>
    api.PackageRegistry.publish(project, name, version, {
      content: new Blob([await readFile(path)]),
      filename: basename(path),
    }),
  download: (project, name, version, file) => api.PackageRegistry.download(project, name, version, file),
  list: (project, perPage) => api.Packages.all({ projectId: project, perPage: Number(perPage) }),
  listByKeyset: (project, perPage) =>
    api.Packages.all({ projectId: project, perPage: Number(perPage), pagination: "keyset" }),
  show: (project, number) => api.Packages.show(project, number),
  files: (project, number) => api.Packages.allFiles(project, number),
  remove: (project, number) => api.Packages.remove(project, number),
  removeFile: (project, number, file) => api.Packages.removeFile(project, number, file),
  createDeployToken: (project, name) =>
    api.DeployTokens.create(name, ["read_package_registry"], { projectId: project }),
};

const [call, ...words] = process.argv.slice(2);
const answer = await calls[call](...words);
const printed = answer instanceof Blob ? Buffer.from(await answer.arrayBuffer()) : JSON.stringify(answer ?? null);
process.stdout.write(printed);
