import { join } from "node:path";
import { promisify } from "node:util";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";

/** Makes dist/bundle.js of a folder's main.js as for production, configured no further than a bundler needs. Returns warnings. */
type Bundle = (folder: string) => Promise<readonly string[]>;

export const bundlers: Readonly<Record<string, Bundle>> = {
  "Vite 8": async (root) => {
    const warnings: string[] = [];
    await vite.build({
      root,
      logLevel: "silent",
      build: {
        rolldownOptions: {
          input: join(root, "main.js"),
          output: { entryFileNames: "bundle.js" },
          onwarn: ({ message }) => warnings.push(message),
        },
      },
    });
    return warnings;
  },
  "webpack 5": async (context) => {
    const compiler = webpack({
      context,
      mode: "production",
      entry: "./main.js",
      output: { path: join(context, "dist"), filename: "bundle.js" },
      performance: false,
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    await promisify(compiler.close.bind(compiler))();
    const { errors = [], warnings = [] } =
      stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
    return [...errors, ...warnings].map(({ message }) => message);
  },
  esbuild: async (absWorkingDir) => {
    const { warnings } = await esbuild.build({
      absWorkingDir,
      entryPoints: ["main.js"],
      outfile: "dist/bundle.js",
      bundle: true,
      minify: true,
      format: "esm",
      logLevel: "silent",
    });
    return warnings.map(({ text }) => text);
  },
  "Rollup 4": async (folder) => {
    const warnings: string[] = [];
    const bundle = await rollup({
      input: join(folder, "main.js"),
      plugins: [nodeResolve()],
      onwarn: ({ message }) => warnings.push(message),
    });
    await bundle.write({ file: join(folder, "dist/bundle.js"), inlineDynamicImports: true });
    await bundle.close();
    return warnings;
  },
};
