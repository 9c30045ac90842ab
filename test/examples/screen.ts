const tokens = new RegExp(`${"\x1b"}\\[(\\d*)([A-Za-z])|[^]`, "gu");

/** What a terminal shows after `text`: the sequences that readline and colours use, no more; others throw. */
export function screen(text: string): string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  for (const [token, count, command] of text.matchAll(tokens)) {
    const n = Number(count || 0);
    if (command === "G") column = n - 1;
    else if (command === "D") column = Math.max(0, column - n);
    else if (command === "A") row -= n;
    else if (command === "m") continue;
    else if (command === "J" && n === 0) {
      lines.splice(row + 1);
      lines[row]!.length = Math.min(lines[row]!.length, column);
    } else if (command === "K" && n === 2) lines[row] = [];
    else if (command === "K" && n === 0) lines[row]!.length = Math.min(lines[row]!.length, column);
    else if (token === "\r") column = 0;
    else if (token === "\n") [row, column] = [row + 1, 0];
    else if (command !== undefined || token < " ") {
      throw new Error(`screen: unknown sequence ${JSON.stringify(token)}`);
    } else {
      while (lines[row]!.length < column) lines[row]!.push(" ");
      lines[row]![column++] = token;
    }
    while (lines.length <= row) lines.push([]);
  }
  return lines.map((line) => line.join(""));
}
