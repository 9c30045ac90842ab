/** Something the user can mend: reported as one line on stderr, without a stack trace. */
export class UserError extends Error {
  override name = "UserError";
}
