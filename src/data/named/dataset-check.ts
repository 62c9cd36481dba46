/** What `maskcon data check` found in the folder of a named dataset, beside what its official files hold. */
export interface DatasetCheck {
  /** Every file looked at. `note`: what was not compared, where nothing is wrong. */
  readonly files: readonly { readonly file: string; readonly problem?: string; readonly note?: string }[];
  readonly facts: readonly {
    readonly what: string;
    readonly expected: number | string;
    readonly found: number | string;
  }[];
}
