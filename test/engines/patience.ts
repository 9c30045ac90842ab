/** What a promise brings, or an error that says what took longer than so many milliseconds. */
export async function within<T>(what: string, milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`${what}: no answer in ${milliseconds / 1000} seconds`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tries twice, with `between` in between, and fails with what the second failed with. */
export async function twice<T>(work: () => Promise<T>, between: () => Promise<void>): Promise<T> {
  try {
    return await work();
  } catch {
    await between();
    return work();
  }
}
