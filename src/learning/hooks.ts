/** What goes on beside a training. */
export interface ShareHooks {
  /** Told the share that is done. */
  readonly onShare?: (share: number) => void;
  /** Ends training by an exception. */
  readonly signal?: AbortSignal;
}
