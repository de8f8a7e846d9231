import { callsTo } from '../callControl.ts';
import type { BehaviourChange, IdentityStatus } from './controlContract.ts';

/** Controls an identity endpoint from the same or another process. Every method throws when it is refused. */
export class IdentityControl {
  readonly #call: ReturnType<typeof callsTo>;

  /** @param endpoint - the control listener's, such as `http://127.0.0.1:12345` */
  constructor(endpoint: string) {
    this.#call = callsTo('identity endpoint', endpoint);
  }

  async status(): Promise<IdentityStatus> {
    return (await this.#call('GET', '/status')) as IdentityStatus;
  }

  /** Changes what is said, and leaves the rest as it is. */
  async behave(change: BehaviourChange): Promise<void> {
    await this.#call('PUT', '/behaviour', change);
  }

  /** Behaves well again, counts from 0, and forgets the tokens that it kept. */
  async reset(): Promise<void> {
    await this.#call('POST', '/reset');
  }
}
