// Runs dist/edge.js of a folder in workerd and prints what it answers to a request. Miniflare wants Node 22 or newer.
import { Miniflare } from "miniflare";

const [folder] = process.argv.slice(2);
const worker = new Miniflare({
  rootPath: folder,
  scriptPath: "dist/edge.js",
  modules: true,
  modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
  compatibilityDate: "2026-07-01",
});
try {
  const response = await worker.dispatchFetch("http://localhost/");
  console.log(await response.text());
} finally {
  await worker.dispose();
}
