// Emits the package: bindings/ -> dist/ by tsc, and the kernels' module beside it for those who load it themselves.
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", "tsconfig.json"], {
  cwd: root,
  stdio: "inherit",
});
copyFileSync(`${root}build/kernels.wasm`, `${root}dist/kernels.wasm`);
