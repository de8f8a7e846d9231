/** What a command ends with. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  notFound: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For people, in the help and in the README. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    something failed: a session, a sweep that was stopped, the storage, the
       cluster, a check of doctor
  2    wrong usage or wrong settings; nothing was done
  3    not found, or left alone because it is active
  130  interrupted by Ctrl-C, or a question was answered with no`;

/** The command was called wrongly: nothing was done. Each line of the message is one fault. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
