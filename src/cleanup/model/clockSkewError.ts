/** Another clock differs by more than allowed, so the app cannot decide what is stale. It has the fields of a failed call. */
export class ClockSkewError extends Error {
  override readonly name = 'ClockSkewError';
  readonly kind = 'clockSkew';
  readonly retryable = false;
  readonly code = undefined;
  readonly httpStatus = undefined;
  readonly retryAfterMs = undefined;
  /** How far the other clock is ahead of the app's, in milliseconds; negative if it is behind. */
  readonly skewMs: number;

  constructor(whose: 'cluster' | 'image store' | 'storage service', skewMs: number, allowedMs: number) {
    super(
      `The clock of the ${whose} is ${clockSkewInWords(skewMs)}. With a difference of more than ${Math.round(allowedMs / 1000)} s ` +
        '(MAX_CLOCK_SKEW) a stale upload session cannot be distinguished from an active one. Correct the clocks.',
    );
    this.skewMs = skewMs;
  }
}

/** How far another clock is ahead of the app's, such as `7 s behind the app's`. */
export function clockSkewInWords(skewMs: number): string {
  return `${Math.abs(Math.round(skewMs / 1000))} s ${skewMs > 0 ? 'ahead of' : 'behind'} the app's`;
}
