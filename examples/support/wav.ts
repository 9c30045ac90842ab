/** Tracks of one length as a WAV file: 16 bits, samples cut to [-1, 1], track n as channel n. */
export function wav(tracks: readonly ArrayLike<number>[], rate: number): Uint8Array {
  const frames = tracks[0]!.length;
  const bytes = 2 * tracks.length * frames;
  const view = new DataView(new ArrayBuffer(44 + bytes));
  const text = (at: number, letters: string): void =>
    [...letters].forEach((letter, i) => {
      view.setUint8(at + i, letter.charCodeAt(0));
    });
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of the format
  view.setUint16(20, 1, true); // whole numbers
  view.setUint16(22, tracks.length, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * tracks.length * rate, true);
  view.setUint16(32, 2 * tracks.length, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  for (let i = 0; i < frames; i++)
    tracks.forEach((track, c) => {
      const sample = Math.round(32767 * Math.min(1, Math.max(-1, track[i]!)));
      view.setInt16(44 + 2 * (i * tracks.length + c), sample, true);
    });
  return new Uint8Array(view.buffer);
}
