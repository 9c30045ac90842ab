/**
 * Asks one question at a time, and of those that come up meanwhile only the last: for a slider that moves faster than it is
 * answered.
 */
export function latest<Q, A>(
  ask: (question: Q) => Promise<A>,
  answered: (answer: A) => void,
  failed: (message: string | undefined) => void,
): (question: Q) => void {
  let asking = false;
  /** Whether something has been said to be wrong here, to be taken back once something goes well. */
  let wrong = false;
  let next: { readonly question: Q } | undefined;

  async function work(): Promise<void> {
    asking = true;
    while (next) {
      const { question } = next;
      next = undefined;
      try {
        const answer = await ask(question);
        if (wrong) failed(undefined);
        wrong = false;
        answered(answer);
      } catch (error) {
        wrong = true;
        failed((error as Error).message);
      }
    }
    asking = false;
  }
  return (question) => {
    next = { question };
    if (!asking) void work();
  };
}
