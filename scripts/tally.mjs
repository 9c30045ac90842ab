// Adds up the results of several runs (Vitest's JSON reports, or { passed, failed }) and prints the closing line of CI.
import { existsSync, readFileSync } from "node:fs";

const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.log(`${file} is missing: its run did not finish`);
    total.failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(file, "utf8"));
  total.passed += report.numPassedTests ?? report.passed;
  total.failed += report.numFailedTests ?? report.failed;
  total.skipped += report.numPendingTests ?? 0;
  // A file that cannot even be loaded has no test that could fail.
  if (report.success === false && report.numFailedTests === 0) total.failed++;
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
