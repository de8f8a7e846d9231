/** One or more app settings are wrong. The message names each with what it holds wrong and what is right. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`The app settings are wrong: ${faults.map((fault, n) => `(${n + 1}) ${fault}`).join(' ')}`);
    this.faults = faults;
  }
}
