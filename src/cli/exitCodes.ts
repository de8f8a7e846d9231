/** The exit code of a command. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  notFound: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The same for people, as in docs/command-line.md. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    something failed: a session, a whole sweep, the storage, the cluster,
       a check of doctor
  2    invalid usage or invalid settings; nothing was done
  3    not found, or left alone because it is active
  130  interrupted by Ctrl-C, or the answer to a question was not yes`;

/** The command was called wrongly, and nothing was done. Each line of the message is one error. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
